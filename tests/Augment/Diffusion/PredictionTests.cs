using Odm.Augment.Diffusion.Process;
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
    [InlineData(PredictionKind.Edm)]
    [InlineData(PredictionKind.Flow)]
    public void A_perfect_output_implies_the_noise_and_the_clean_image_it_was_made_of(PredictionKind kind)
    {
        using var scope = NewDisposeScope();
        var (clean, noise, t) = (rand(3, 2, 4, 4) * 2 - 1, randn(3, 2, 4, 4), tensor(new long[] { 10, 300, 700 }));
        var noisy = Schedule.Diffuse(clean, noise, t);
        var target = Parameterization.Target(kind, Schedule, clean, noise, t);
        Goldens.Difference(Parameterization.Clean(kind, Schedule, target, noisy, t), clean).ShouldBeLessThan(1e-3);
        var eps = Parameterization.Eps(kind, Schedule, target, noisy, t);
        Goldens.Difference(eps, noise).ShouldBeLessThan(1e-4);
        Goldens.Difference(Parameterization.Clean(Schedule, eps, noisy, t), clean).ShouldBeLessThan(1e-3);
    }

    [Fact]
    public void V_by_hand()
    {
        using var scope = NewDisposeScope();
        var t = tensor(new long[] { 400 });
        var (a, s) = (Math.Sqrt(Schedule.AlphaBar(400)), Math.Sqrt(1 - Schedule.AlphaBar(400)));
        Parameterization.Target(PredictionKind.V, Schedule, full(1, 1, 1, 1, 0.5f), full(1, 1, 1, 1, 2f), t).Values()[0].ShouldBe((float)(a * 2 - s * 0.5), 1e-6f);
    }

    [Fact]
    public void The_preconditioned_denoiser_is_that_of_Karras_et_al()
    {
        // table 1 at σ = σ_data = 0.5: c_skip = 1/2, c_out = 0.25 / sqrt(0.5); F of x_0 = 1, n = σ ε = 1 is (1 - 2 / 2) / c_out = 0
        var (a, s) = (1 / Math.Sqrt(1.25), .5 / Math.Sqrt(1.25));
        var (noisy, output) = Parameterization.CleanWeights(PredictionKind.Edm, a, s);
        noisy.ShouldBe(.5 / a, 1e-12);
        output.ShouldBe(.25 / Math.Sqrt(.5), 1e-12);
        var (clean, noise) = Parameterization.TargetWeights(PredictionKind.Edm, a, s);
        (clean * 1 + noise * 2).ShouldBe(0, 1e-12);
    }

    [Fact]
    public void The_velocity_is_that_of_the_straight_path()
    {
        // σ = 1: half way on the straight path; x_t / (a + s) = (x_0 + ε) / 2, so x_0 = that - u / 2
        var a = Math.Sqrt(.5);
        var (noisy, output) = Parameterization.CleanWeights(PredictionKind.Flow, a, a);
        (noisy * 2 * a).ShouldBe(1, 1e-12);
        output.ShouldBe(-.5, 1e-12);
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
        Parameterization.LossWeight(kind, null, snr, 5).ShouldBe(weight, 1e-12);
        Parameterization.LossWeight(kind, null, snr, 0).ShouldBe(1);
    }

    [Fact]
    public void Min_snr_weights_all_kinds_alike_once_measured_on_the_clean_image()
    {
        foreach (var kind in Enum.GetValues<PredictionKind>())
        {
            foreach (var snr in new[] { 0.01, 0.7, 3, 40 })
            {
                var cleanFactor = Parameterization.NoiseErrorFactor(kind, snr) / snr;
                (Parameterization.LossWeight(kind, null, snr, 5) / cleanFactor).ShouldBe(Math.Min(snr, 5), 1e-9, kind.ToString());
            }
        }
    }

    [Theory]
    [InlineData(PredictionKind.V, 3, 4)]          // SNR + 1 (Salimans and Ho 2022, section 4)
    [InlineData(PredictionKind.Eps, 3, 3)]        // SNR
    [InlineData(PredictionKind.Flow, 4, 9)]       // 1 / t² at t = σ / (1 + σ) = 1/3
    [InlineData(PredictionKind.Edm, 1, 5)]        // (σ² + σ_data²) / (σ σ_data)² at σ = 1
    [InlineData(PredictionKind.V, 1e6, 401)]      // as at σ = 0.05, SNR 400
    public void The_error_of_another_quantity_weights_the_clean_images_as_its_paper_does(PredictionKind loss, double snr, double weight) =>
        Parameterization.LossWeight(PredictionKind.X0, loss, snr, 0).ShouldBe(weight, 1e-9 * weight);

    [Theory]
    [InlineData(PredictionKind.Eps)]
    [InlineData(PredictionKind.V)]
    [InlineData(PredictionKind.X0)]
    [InlineData(PredictionKind.Edm)]
    [InlineData(PredictionKind.Flow)]
    public void The_factor_of_the_noise_error_is_what_a_wrong_output_shows(PredictionKind kind)
    {
        using var scope = NewDisposeScope();
        var (clean, noise, t) = (rand(1, 1, 4, 4) * 2 - 1, randn(1, 1, 4, 4), tensor(new long[] { 250 }));
        var noisy = Schedule.Diffuse(clean, noise, t);
        var wrong = Parameterization.Target(kind, Schedule, clean, noise, t) + .5;
        var error = (Parameterization.Eps(kind, Schedule, wrong, noisy, t) - noise).square().mean().item<float>();
        ((double)error).ShouldBe(.25 * Parameterization.NoiseErrorFactor(kind, Schedule.Snr(250)), .25 * 1e-3 * Parameterization.NoiseErrorFactor(kind, Schedule.Snr(250)));
    }
}
