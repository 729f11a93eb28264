using Odm.Augment.Diffusion.Process;
using Odm.Augment.Diffusion.Samplers;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Tests;

public sealed class SamplerTests
{
    private static readonly NoiseSchedule Schedule = NoiseSchedule.Linear(20, 1e-3, 0.3);

    private static Tensor Eps(Tensor x, int t) => 0.6 * x + 0.3 * (3 * x + 0.01 * t).sin();

    [Theory]
    [InlineData("ddpm_beta", false, false)]
    [InlineData("ddpm_posterior_clip", true, true)]
    public void Ddpm_agrees_with_NumPy_step_by_step(string name, bool posterior, bool clip)
    {
        using var scope = NewDisposeScope();
        var golden = Goldens.Json("samplers.json");
        var x = golden["start"].Tensor(2, 1, 2, 2);
        for (var t = 19; t >= 0; t--)
        {
            x = Ddpm.Step(Schedule, x, Eps(x, t), t, posterior, golden["noises"]![t].Tensor(2, 1, 2, 2), clip);
            Goldens.Difference(x, golden[name]![19 - t].Tensor(2, 1, 2, 2)).ShouldBeLessThan(1e-5);
        }
    }

    [Fact]
    public void Ddpm_with_a_range_at_its_lower_end_is_that_with_the_posterior_variance()
    {
        using var scope = NewDisposeScope();
        var noise = new ImageNoise([3, 4], 1, 4, 4, CPU);
        Denoise eps = (x, t) => 0.6 * x + 0.3 * (3 * x).sin();
        ImpliedClean clean = (x, t) => (Parameterization.Clean(Schedule, eps(x, t), x, t), full_like(x, -1));
        ImpliedClean wider = (x, t) => (clean(x, t).Clean, ones_like(x));
        var posterior = Ddpm.Sample(eps, Schedule, noise, true, true, default);
        Goldens.Difference(Ddpm.Sample(clean, Schedule, noise, true, default), posterior).ShouldBeLessThan(1e-4);
        // β and the posterior variance differ most at t = 1
        Goldens.Difference(Ddpm.Sample(wider, Schedule, noise, true, default), Ddpm.Sample(eps, Schedule, noise, false, true, default)).ShouldBeLessThan(1e-4);
    }

    [Fact]
    public void Guidance_of_clean_images_is_that_of_noises_and_keeps_the_conditional_range()
    {
        using var scope = NewDisposeScope();
        Tensor Eps(Tensor x, Tensor t, Tensor y) => 0.1 * x * y.to(ScalarType.Float32).reshape(-1, 1, 1, 1);
        (Tensor, Tensor?) Network(Tensor x, Tensor t, Tensor y) => (Parameterization.Clean(Schedule, Eps(x, t, y), x, t), y.to(ScalarType.Float32));
        var (x, t, labels) = (rand(2, 1, 2, 2), tensor(new long[] { 3, 12 }), tensor(new long[] { 1, 2 }));
        var (clean, range) = Guidance.Guided(Network, labels, 5, 2)(x, t);
        Goldens.Difference(clean, Parameterization.Clean(Schedule, Guidance.Guided(Eps, labels, 5, 2)(x, t), x, t)).ShouldBeLessThan(1e-5);
        range!.Values().ShouldBe([1f, 2f]);
    }

    [Theory]
    [InlineData("ddim_0", 0, false)]
    [InlineData("ddim_0_clip", 0, true)]
    [InlineData("ddim_1", 1, false)]
    public void Ddim_agrees_with_NumPy_step_by_step(string name, double eta, bool clip)
    {
        using var scope = NewDisposeScope();
        var golden = Goldens.Json("samplers.json");
        var times = SamplingTimes.Uniform(20, 5);
        times.Select(t => (double)t).ShouldBe(golden["times"].Doubles());
        var x = golden["start"].Tensor(2, 1, 2, 2);
        for (var i = 0; i < 5; i++)
        {
            x = Ddim.Step(Schedule, x, Eps(x, times[i]), times[i], times[i + 1], eta, golden["noises"]![i].Tensor(2, 1, 2, 2), clip);
            Goldens.Difference(x, golden[name]![i].Tensor(2, 1, 2, 2)).ShouldBeLessThan(1e-5);
        }
    }

    [Theory]
    [InlineData("ddim")]
    [InlineData("ddpm")]
    [InlineData("ddpm, learned variance")]
    [InlineData("euler")]
    [InlineData("euler_ancestral")]
    [InlineData("dpmpp_2m")]
    [InlineData("heun")]
    public void Every_step_leaves_as_many_tensors_as_the_one_before(string sampler)
    {
        using var scope = NewDisposeScope();
        var schedule = NoiseSchedule.Linear(500);
        var alive = new List<long>();
        void Watch() => alive.Add(DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        Tensor Eps(Tensor x, Tensor t)
        {
            Watch();
            return .1 * x;
        }
        (Tensor, Tensor?) Network(Tensor x, Tensor t)
        {
            Watch();
            return (.5 * x, zeros_like(x));
        }
        var noise = new ImageNoise([1, 2, 3, 4, 5, 6, 7, 8], 3, 16, 16, CPU);
        var (start, all) = (noise.At(-1), SamplingTimes.Uniform(500, 500));
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        (sampler switch
        {
            "ddim" => Ddim.Sample(Eps, schedule, noise, all, 1, true, default),
            "euler" => Euler.Sample(Eps, schedule, start, all, true, default),
            "euler_ancestral" => EulerAncestral.Sample(Eps, schedule, noise, all, 1, true, default),
            "dpmpp_2m" => DpmSolver.Sample(Eps, schedule, start, all, true, default),
            "heun" => Heun.Sample(Eps, schedule, start, all, true, default),
            "ddpm" => Ddpm.Sample(Eps, schedule, noise, true, true, default),
            _ => Ddpm.Sample(Network, schedule, noise, true, default),
        }).Dispose();
        DisposeScopeManager.Statistics.ThreadTotalLiveCount.ShouldBe(before);
        alive = sampler == "heun" ? [.. alive.Where((_, i) => i % 2 == 0)] : alive; // the first of the two evaluations of a step
        alive.Count.ShouldBe(500);
        alive.Skip(1).SkipLast(1).Distinct().Count().ShouldBe(1); // the last step of ddpm draws no noise
    }

    [Fact]
    public void A_perfect_denoiser_gives_the_clean_image_back()
    {
        using var scope = NewDisposeScope();
        var clean = rand(2, 1, 4, 4) * 2 - 1;
        Denoise perfect = (x, t) => (x - Schedule.Signal(t) * clean) / Schedule.Noise(t);
        var noise = new ImageNoise([1, 2], 1, 4, 4, CPU);
        Goldens.Difference(Ddim.Sample(perfect, Schedule, noise, SamplingTimes.Uniform(20, 6), 0, false, default), clean).ShouldBeLessThan(1e-4);
        Goldens.Difference(Ddpm.Sample(perfect, Schedule, noise, true, true, default), clean).ShouldBeLessThan(1e-4);
    }

    [Fact]
    public void Noise_of_an_image_is_its_own_whatever_the_batch()
    {
        using var scope = NewDisposeScope();
        var alone = new ImageNoise([42], 3, 4, 4, CPU);
        var among = new ImageNoise([7, 42, 9], 3, 4, 4, CPU);
        foreach (var step in new[] { -1, 0, 5 })
        {
            among.At(step)[1].Values().ShouldBe(alone.At(step)[0].Values());
        }
        alone.At(0).Values().ShouldNotBe(alone.At(1).Values());
    }

    [Fact]
    public void Guidance_goes_from_the_unconditional_through_the_conditional_in_one_call()
    {
        using var scope = NewDisposeScope();
        var calls = 0;
        Tensor Network(Tensor x, Tensor t, Tensor y)
        {
            calls++;
            return y.to(ScalarType.Float32).reshape(-1, 1, 1, 1) * ones_like(x);
        }
        var (x, t, labels) = (zeros(2, 1, 1, 1), tensor(new long[] { 3, 3 }), tensor(new long[] { 1, 2 }));
        Guidance.Guided(Network, labels, 5, 1)(x, t).Values().ShouldBe([1f, 2f]);
        Guidance.Guided(Network, labels, 5, 2)(x, t).Values().ShouldBe([5 + 2 * (1 - 5), 5 + 2 * (2 - 5)]);
        Guidance.Guided(Network, labels, 5, 0)(x, t).Values().ShouldBe([5f, 5f]);
        calls.ShouldBe(3);
    }
}
