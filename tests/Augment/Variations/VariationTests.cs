using System.Text.Json.Nodes;
using Odm.Augment.Diffusion.Process;
using Odm.Augment.Diffusion.Samplers;
using Odm.Augment.Variations;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Tests;

/// <summary>The equations of variations, with denoisers in closed form.</summary>
public sealed class VariationTests
{
    private const double Mean = .2, Deviation = .4;
    private static readonly NoiseSchedule Schedule = NoiseSchedule.Linear();

    public static TheoryData<int> Cases() => [0, 1, 2, 3];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Start_steps_and_inversion_agree_with_NumPy(int number)
    {
        using var scope = NewDisposeScope();
        var golden = Goldens.Json("variations.json");
        var c = golden["cases"]![number]!;
        var sampler = new SamplerConfig { Steps = (int)c["steps"]!, Clip = false, Guidance = 1 };
        var from = Variation.Time((double)c["strength"]!, 1000);
        var times = SamplerFactory.Times(sampler, Schedule, from);
        times.Select(t => (double)t).ShouldBe(c["times"].Doubles());
        var (image, noise) = (golden["image"].Tensor(2, 1, 2, 3), golden["noise"].Tensor(2, 1, 2, 3));

        var start = Variation.Noised(Schedule, image, noise, from);
        Goldens.Difference(start, c["start"].Tensor(2, 1, 2, 3)).ShouldBeLessThan(1e-5);
        var drawn = SamplerFactory.Of(sampler, Schedule, from).Sample(Closed, null!, new ImageNoise([1, 2], 1, 2, 3, CPU, start), default);
        Goldens.Difference(drawn, c["image"].Tensor(2, 1, 2, 3)).ShouldBeLessThan(1e-4);
        Goldens.Difference(Variation.Inverted(Closed, Schedule, image, times, default), c["inverted"].Tensor(2, 1, 2, 3)).ShouldBeLessThan(1e-4);
        Goldens.Difference(Again(image, sampler, from), c["again"].Tensor(2, 1, 2, 3)).ShouldBeLessThan(1e-4);
    }

    [Fact]
    public void The_smallest_strength_gives_the_source_back_but_for_the_noise_of_the_first_time()
    {
        using var scope = NewDisposeScope();
        var (source, noise) = (Pixels(1), Pixels(2));
        var from = Variation.Time(1e-6, 1000);
        from.ShouldBe(0);
        var sampler = SamplerFactory.Of(new() { Steps = 50, Clip = false, Guidance = 1 }, Schedule, from);
        sampler.Evaluated.Count.ShouldBe(1);
        var made = sampler.Sample(Normal, null!, new ImageNoise([1], 1, 16, 16, CPU, Variation.Noised(Schedule, source, noise, from)), default);
        // the denoiser's mean moves by at most σ of the noise that was added, and by σ² / d² of the way to the mean
        var sigma = Schedule.Sigma(0);
        var bound = sigma * noise.abs().max().item<float>() + sigma * sigma / (Deviation * Deviation) * (source - Mean).abs().max().item<float>();
        (made - source).abs().max().item<float>().ShouldBeInRange(1e-4f, (float)bound);
    }

    [Theory]
    [InlineData(.05)]
    [InlineData(.1)]
    [InlineData(.3)]
    [InlineData(.6)]
    [InlineData(1)]
    public void The_distance_to_the_source_is_what_the_strength_leaves_of_it(double strength)
    {
        using var scope = NewDisposeScope();
        var (source, noise) = (Mean + Deviation * Pixels(3), Pixels(4));
        var from = Variation.Time(strength, 1000);
        var start = Variation.Noised(Schedule, source, noise, from);
        var made = SamplerFactory.Of(new() { Steps = 200, Clip = false, Guidance = 1 }, Schedule, from).Sample(Normal, null!, new ImageNoise([1], 1, 16, 16, CPU, start), default);
        // the flow maps x_t to mean + d (x_t - √ᾱ mean) / √(ᾱ d² + 1 - ᾱ), whose correlation with the source is c
        var a = Schedule.AlphaBar(from);
        var c = Deviation * Math.Sqrt(a) / Math.Sqrt(a * Deviation * Deviation + 1 - a);
        var expected = Math.Sqrt(strength == 1 ? 2 : 2 - 2 * c); // 256 pixels: known to some 6 %
        ((made - source).square().mean().sqrt().item<float>() / Deviation).ShouldBe(expected, .15 * expected);
    }

    [Fact]
    public void At_full_strength_nothing_depends_on_the_source()
    {
        using var scope = NewDisposeScope();
        var noise = Pixels(5);
        Variation.Time(1, 1000).ShouldBe(999);
        Variation.Noised(Schedule, Pixels(6), noise, 999).Values().ShouldBe(noise.Values());
        // the start, and so the image, is that of the sampler by itself
        SamplerFactory.Times(new() { Steps = 20 }, Schedule, 999).ShouldBe(SamplingTimes.Uniform(1000, 20));
    }

    [Theory]
    [InlineData(15, .5, .08)]
    [InlineData(50, .5, .01)]
    [InlineData(50, 1, .01)]
    [InlineData(200, 1, .001)]
    public void Ddim_backwards_and_forwards_reproduces_the_image(int steps, double strength, double tolerance)
    {
        using var scope = NewDisposeScope();
        var source = Mean + Deviation * Pixels(7);
        var again = Again(source, new() { Steps = steps, Clip = false, Guidance = 1 }, Variation.Time(strength, 1000));
        ((again - source).square().mean().sqrt().item<float>() / Deviation).ShouldBeLessThan((float)tolerance);
    }

    [Fact]
    public void Ddim_backwards_leads_to_the_noise_of_the_source()
    {
        using var scope = NewDisposeScope();
        // of normal pixels the flow maps deviation to deviation: x_T = (x_0 - mean) / d · √(ᾱ d² + 1 - ᾱ) + √ᾱ mean
        var source = Mean + Deviation * Pixels(8);
        var times = SamplerFactory.Times(new() { Steps = 500 }, Schedule, 999);
        var a = Schedule.AlphaBar(999);
        var exact = (source - Mean) / Deviation * Math.Sqrt(a * Deviation * Deviation + 1 - a) + Math.Sqrt(a) * Mean;
        Goldens.Difference(Variation.Inverted(Normal, Schedule, source, times, default), exact).ShouldBeLessThan(.02);
    }

    [Fact]
    public void Nothing_leaks()
    {
        using var scope = NewDisposeScope();
        var source = Pixels(9);
        Variation.Inverted(Normal, Schedule, source, [20, 10, -1], default).Dispose();
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        Variation.Inverted(Normal, Schedule, source, [20, 10, -1], default).Dispose();
        Variation.Noised(Schedule, source, source, 20).Dispose();
        DisposeScopeManager.Statistics.ThreadTotalLiveCount.ShouldBe(before);
    }

    private static Tensor Again(Tensor image, SamplerConfig sampler, int from)
    {
        var noise = Variation.Inverted(Normal, Schedule, image, SamplerFactory.Times(sampler, Schedule, from), default);
        return SamplerFactory.Of(sampler, Schedule, from).Sample(Normal, null!, new ImageNoise([1, 2], 1, 2, 3, CPU, noise), default);
    }

    private static Tensor Pixels(ulong seed) => new ImageNoise([seed], 1, 16, 16, CPU).At(-1);

    // E[ε | x_t] of independent normal pixels
    private static Tensor Normal(Tensor x, Tensor t)
    {
        using var scope = NewDisposeScope();
        var a = Schedule.AlphaBar((int)t[0].item<long>());
        return (Math.Sqrt(1 - a) / (a * Deviation * Deviation + 1 - a) * (x - Math.Sqrt(a) * Mean)).MoveToOuterDisposeScope();
    }

    private static Tensor Closed(Tensor x, Tensor t)
    {
        using var scope = NewDisposeScope();
        return (0.6 * x + 0.3 * (3 * x + 0.01 * t.to(ScalarType.Float32).reshape(-1, 1, 1, 1)).sin()).MoveToOuterDisposeScope();
    }
}
