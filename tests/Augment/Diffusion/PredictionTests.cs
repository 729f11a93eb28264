using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Tests;

public sealed class PredictionTests
{
    private static readonly NoiseSchedule Schedule = NoiseSchedule.Linear();

    [Theory]
    [InlineData(PredictionKind.Eps)]
    [InlineData(PredictionKind.V)]
    [InlineData(PredictionKind.X0)]
    public void A_perfect_output_implies_the_noise_and_the_clean_image_it_was_made_of(PredictionKind kind)
    {
        using var scope = NewDisposeScope();
        var (clean, noise, t) = (rand(3, 2, 4, 4) * 2 - 1, randn(3, 2, 4, 4), tensor(new long[] { 10, 300, 700 }));
        var noisy = Schedule.Diffuse(clean, noise, t);
        var eps = Prediction.Eps(kind, Schedule, Prediction.Target(kind, Schedule, clean, noise, t), noisy, t);
        Goldens.Difference(eps, noise).ShouldBeLessThan(1e-4);
        Goldens.Difference(Prediction.Clean(Schedule, eps, noisy, t), clean).ShouldBeLessThan(1e-3);
    }

    [Fact]
    public void V_by_hand()
    {
        using var scope = NewDisposeScope();
        var t = tensor(new long[] { 400 });
        var (a, s) = (Math.Sqrt(Schedule.AlphaBar(400)), Math.Sqrt(1 - Schedule.AlphaBar(400)));
        Prediction.Target(PredictionKind.V, Schedule, full(1, 1, 1, 1, 0.5f), full(1, 1, 1, 1, 2f), t).Values()[0].ShouldBe((float)(a * 2 - s * 0.5), 1e-6f);
    }

    [Theory]
    [InlineData(PredictionKind.Eps, 10, 0.5)]
    [InlineData(PredictionKind.Eps, 2, 1)]
    [InlineData(PredictionKind.X0, 10, 5)]
    [InlineData(PredictionKind.X0, 2, 2)]
    [InlineData(PredictionKind.V, 9, 0.5)]
    [InlineData(PredictionKind.V, 1, 0.5)]
    public void Min_snr_weights_are_those_of_the_paper(PredictionKind kind, double snr, double weight)
    {
        Prediction.MinSnrWeight(kind, snr, 5).ShouldBe(weight, 1e-12);
        Prediction.MinSnrWeight(kind, snr, 0).ShouldBe(1);
    }

    [Fact]
    public void Min_snr_weights_all_kinds_alike_once_measured_on_the_clean_image()
    {
        // errors of one network output: ε's is the clean image's times SNR, v's times SNR + 1
        foreach (var snr in new[] { 0.01, 0.7, 3, 40 })
        {
            var clean = Prediction.MinSnrWeight(PredictionKind.X0, snr, 5);
            (Prediction.MinSnrWeight(PredictionKind.Eps, snr, 5) * snr).ShouldBe(clean, 1e-12);
            (Prediction.MinSnrWeight(PredictionKind.V, snr, 5) * (snr + 1)).ShouldBe(clean, 1e-12);
        }
    }
}
