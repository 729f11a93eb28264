using Odm.Augment.Diffusion.Process;
using Odm.Augment.Diffusion.Samplers;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Tests;

/// <summary>The samplers in the variance-exploding variables, and DPM-Solver++.</summary>
public sealed class FlowSamplerTests
{
    private static readonly NoiseSchedule Toy = NoiseSchedule.Linear(20, 1e-3, 0.3);

    private static Tensor Eps(Tensor x, Tensor t) => 0.6 * x + 0.3 * (3 * x + 0.01 * t.reshape(-1, 1, 1, 1)).sin();

    private static Tensor Flow(string kind, Denoise denoise, NoiseSchedule schedule, Tensor start, int[] times, bool clip) => kind switch
    {
        "heun" => Heun.Sample(denoise, schedule, start, times, clip, default),
        "dpmpp_2m" => DpmSolver.Sample(denoise, schedule, start, times, clip, default),
        _ => Euler.Sample(denoise, schedule, start, times, clip, default),
    };

    [Theory]
    [InlineData("euler", false)]
    [InlineData("euler", true)]
    [InlineData("heun", false)]
    [InlineData("heun", true)]
    [InlineData("dpmpp_2m", false)]
    [InlineData("dpmpp_2m", true)]
    public void Every_evaluation_of_a_sampler_sees_what_NumPy_saw(string kind, bool karrasAndClip)
    {
        using var scope = NewDisposeScope();
        var golden = Goldens.Json("samplers.json");
        var seen = new List<Tensor>();
        Tensor Watched(Tensor x, Tensor t)
        {
            seen.Add(tensor(x.Values()).reshape(x.shape).DetachFromDisposeScope());
            return Eps(x, t);
        }
        var times = karrasAndClip ? SamplingTimes.Karras(Toy, 6) : SamplingTimes.Uniform(20, 5);
        seen.Add(Flow(kind, Watched, Toy, golden["start"].Tensor(2, 1, 2, 2), times, karrasAndClip));
        var expected = golden[karrasAndClip ? $"{kind}_karras_clip" : kind]!.AsArray();
        seen.Count.ShouldBe(expected.Count);
        for (var i = 0; i < seen.Count; i++)
        {
            Goldens.Difference(seen[i], expected[i].Tensor(2, 1, 2, 2)).ShouldBeLessThan(1e-5, $"evaluation {i}");
            seen[i].Dispose();
        }
    }

    [Fact]
    public void The_ancestral_sampler_and_ddim_on_Karras_times_agree_with_NumPy_step_by_step()
    {
        using var scope = NewDisposeScope();
        var golden = Goldens.Json("samplers.json");
        var times = SamplingTimes.Karras(Toy, 6);
        var (x, y) = (golden["start"].Tensor(2, 1, 2, 2), golden["start"].Tensor(2, 1, 2, 2));
        for (var i = 0; i + 1 < times.Length; i++)
        {
            var (t, z) = (full(2, times[i], dtype: ScalarType.Int64), golden["noises"]![i].Tensor(2, 1, 2, 2));
            x = EulerAncestral.Step(Toy, x, Parameterization.Clean(Toy, Eps(x, t), x, times[i], true), times[i], times[i + 1], 0.7, z);
            y = Ddim.Step(Toy, y, Eps(y, t), times[i], times[i + 1], 1, z, true);
            Goldens.Difference(x, golden["euler_ancestral"]![i].Tensor(2, 1, 2, 2)).ShouldBeLessThan(1e-5);
            Goldens.Difference(y, golden["ddim_karras"]![i].Tensor(2, 1, 2, 2)).ShouldBeLessThan(1e-5);
        }
    }

    [Fact]
    public void The_ancestral_sampler_without_noise_is_euler_and_both_are_ddim()
    {
        using var scope = NewDisposeScope();
        var noise = new ImageNoise([5, 6], 1, 4, 4, CPU);
        var times = SamplingTimes.Uniform(20, 7);
        Tensor Ancestral(double eta) => EulerAncestral.Sample(Eps, Toy, noise, times, eta, true, default);
        Tensor Implicit(double eta) => Ddim.Sample(Eps, Toy, noise, times, eta, true, default);
        var euler = Euler.Sample(Eps, Toy, noise.At(-1), times, true, default);
        Ancestral(0).Values().ShouldBe(euler.Values());
        Goldens.Difference(Implicit(0), euler).ShouldBeLessThan(1e-5);
        Goldens.Difference(Implicit(.6), Ancestral(.6)).ShouldBeLessThan(1e-5);
        Goldens.Difference(Ancestral(.6), euler).ShouldBeGreaterThan(.01);
        EulerAncestral.Parts(5, 3, 1).ShouldBe((9 / 5.0, 12 / 5.0)); // 3, 4, 5 and 9, 12, 15
    }

    // pixels are independent with mean .3; of such a distribution the denoiser and the flow are known
    private static (Denoise Denoise, Func<Tensor, Tensor> Exact) Normal(NoiseSchedule schedule, double deviation)
    {
        const double mean = .3;
        Tensor Exactly(Tensor x, Tensor t)
        {
            var (signal, noise) = (schedule.Signal(t), schedule.Noise(t));
            var share = deviation * deviation / (signal.square() * deviation * deviation + noise.square());
            return (x - signal * (mean + signal * share * (x - signal * mean))) / noise;
        }
        var last = schedule.Steps - 1;
        var shrink = deviation / Math.Sqrt(deviation * deviation + Math.Pow(schedule.Sigma(last), 2));
        return (Exactly, x => mean + (x / Math.Sqrt(schedule.AlphaBar(last)) - mean) * shrink);
    }

    private static double Error(string kind, NoiseSchedule schedule, TimeSpacing spacing, double deviation)
    {
        using var scope = NewDisposeScope();
        var (denoise, exact) = Normal(schedule, deviation);
        var start = new ImageNoise([1], 1, 8, 8, CPU).At(-1);
        var times = SamplingTimes.Of(spacing, schedule, 20);
        var made = kind == "ddim" ? Ddim.Sample(denoise, schedule, new([1], 1, 8, 8, CPU), times, 0, false, default) : Flow(kind, denoise, schedule, start, times, false);
        return (made - exact(start)).abs().max().item<float>();
    }

    [Theory]
    [InlineData(TimeSpacing.Uniform, .5)]
    [InlineData(TimeSpacing.Karras, .5)]
    [InlineData(TimeSpacing.Karras, .1)]
    public void Twenty_steps_of_a_second_order_sampler_come_nearer_to_the_flow_than_twenty_of_ddim(TimeSpacing spacing, double deviation)
    {
        var ddim = Error("ddim", NoiseSchedule.Linear(), spacing, deviation);
        Error("heun", NoiseSchedule.Linear(), spacing, deviation).ShouldBeLessThan(ddim / 2);
        Error("dpmpp_2m", NoiseSchedule.Linear(), spacing, deviation).ShouldBeLessThan(ddim / 2);
    }

    [Fact]
    public void Heun_overshoots_on_the_uniform_times_of_a_cosine_schedule_where_the_other_sampler_of_second_order_does_not()
    {
        var cosine = NoiseSchedule.Cosine();
        var ddim = Error("ddim", cosine, TimeSpacing.Uniform, .5);
        Error("dpmpp_2m", cosine, TimeSpacing.Uniform, .5).ShouldBeLessThan(ddim / 5);
        var heun = Error("heun", cosine, TimeSpacing.Uniform, .5);
        heun.ShouldBeGreaterThan(5 * ddim);
        Error("heun", cosine, TimeSpacing.Karras, .5).ShouldBeLessThan(heun / 2);
    }

    [Theory]
    [InlineData("euler")]
    [InlineData("heun")]
    [InlineData("dpmpp_2m")]
    public void Clipping_keeps_the_images_of_a_sampler_in_range_and_a_perfect_denoiser_gives_them_back(string kind)
    {
        using var scope = NewDisposeScope();
        var clean = rand(2, 1, 4, 4) * 2 - 1;
        var start = new ImageNoise([1, 2], 1, 4, 4, CPU).At(-1);
        Denoise perfect = (x, t) => (x - Toy.Signal(t) * clean) / Toy.Noise(t);
        var times = SamplingTimes.Uniform(20, 6);
        Goldens.Difference(Flow(kind, perfect, Toy, start, times, false), clean).ShouldBeLessThan(1e-4);
        Denoise wild = (x, t) => -x;
        Flow(kind, wild, Toy, start, times, false).abs().max().item<float>().ShouldBeGreaterThan(1.5f);
        Flow(kind, wild, Toy, start, times, true).abs().max().item<float>().ShouldBeLessThanOrEqualTo(1);
    }
}
