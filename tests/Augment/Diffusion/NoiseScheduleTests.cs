using Odm.Augment.Diffusion.Process;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Tests;

public sealed class NoiseScheduleTests
{
    private static readonly NoiseSchedule Linear = NoiseSchedule.Linear();

    [Theory]
    [InlineData("linear")]
    [InlineData("cosine")]
    public void Agrees_with_NumPy(string kind)
    {
        var schedule = kind == "linear" ? Linear : NoiseSchedule.Cosine();
        var golden = Goldens.Json("samplers.json")[kind]!;
        int[] times = [0, 1, 500, 999];
        times.Select(schedule.Beta).Zip(golden["beta"].Doubles(), (a, b) => Math.Abs(a / b - 1)).Max().ShouldBeLessThan(1e-11);
        times.Select(schedule.AlphaBar).Zip(golden["alpha_bar"].Doubles(), (a, b) => Math.Abs(a / b - 1)).Max().ShouldBeLessThan(1e-9);
    }

    [Fact]
    public void The_clean_image_comes_before_the_first_step()
    {
        Linear.AlphaBar(-1).ShouldBe(1);
        Linear.PosteriorVariance(0).ShouldBe(0);
        Linear.PosteriorMean(0).Clean.ShouldBe(1, 1e-12);
        Linear.PosteriorMean(0).Noisy.ShouldBe(0, 1e-12);
    }

    [Fact]
    public void Diffused_images_keep_the_share_of_signal_and_noise_of_their_own_time()
    {
        using var scope = NewDisposeScope();
        var x = Linear.Diffuse(full(2, 1, 1, 1, 1f), full(2, 1, 1, 1, 10f), tensor(new long[] { 0, 999 })).Values();
        x[0].ShouldBe((float)(Math.Sqrt(1 - 1e-4) + 10 * Math.Sqrt(1e-4)), 1e-5f);
        x[1].ShouldBe((float)(Math.Sqrt(Linear.AlphaBar(999)) + 10 * Math.Sqrt(1 - Linear.AlphaBar(999))), 1e-5f);
    }

    [Fact]
    public void The_nearest_time_of_a_noise_level_is_the_nearest_of_all()
    {
        foreach (var level in new[] { -9.0, -4.4, -1.23, 0, .7, 3, 5.05, 9 })
        {
            Linear.Nearest(level).ShouldBe(Enumerable.Range(0, Linear.Steps).MinBy(t => Math.Abs(Linear.LogSigma(t) - level)));
        }
    }
}
