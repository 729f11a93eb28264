using Odm.Augment.Diffusion;
using Odm.Augment.Diffusion.Process;
using Odm.Augment.Diffusion.Samplers;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Tests;

public sealed class SamplerConfigTests
{
    private static readonly NoiseSchedule Toy = NoiseSchedule.Linear(20, 1e-3, 0.3);
    private static readonly double[] Interval = [0.5, 4];

    // class 0 adds .1 to the noise, class 1 .3, the null class, 2, nothing
    private static Tensor Network(Tensor x, Tensor t, Tensor y)
    {
        var shift = tensor(new[] { .1f, .3f, 0f }).index_select(0, y).reshape(-1, 1, 1, 1);
        return 0.6 * x + 0.3 * (3 * x + 0.01 * t.reshape(-1, 1, 1, 1)).sin() + shift;
    }

    [Theory]
    [InlineData(SamplerKind.Ddim, 100, 2, 200)]
    [InlineData(SamplerKind.Ddim, 25, 1, 25)]
    [InlineData(SamplerKind.Ddpm, 25, 2, 2000)]
    [InlineData(SamplerKind.Dpmpp2M, 20, 2, 40)]
    [InlineData(SamplerKind.Heun, 20, 1, 39)]
    [InlineData(SamplerKind.Heun, 20, 2, 78)]
    [InlineData(SamplerKind.EulerAncestral, 1, 2, 2)]
    public void Cost_of_a_sampler_is_counted_in_network_evaluations_an_image(SamplerKind kind, int steps, double guidance, int evaluations) =>
        new SamplerConfig { Kind = kind, Steps = steps, Guidance = guidance }.Evaluations(NoiseSchedule.Linear()).ShouldBe(evaluations);

    public static TheoryData<SamplerKind, TimeSpacing, bool, double> All()
    {
        var all = new TheoryData<SamplerKind, TimeSpacing, bool, double>();
        foreach (var kind in Enum.GetValues<SamplerKind>())
        {
            foreach (var spacing in Enum.GetValues<TimeSpacing>())
            {
                all.Add(kind, spacing, false, 2.5);
                all.Add(kind, spacing, true, 2.5);
                all.Add(kind, spacing, true, 1);
            }
        }
        return all;
    }

    [Theory]
    [MemberData(nameof(All))]
    public void The_network_sees_as_many_images_as_a_sampler_says(SamplerKind kind, TimeSpacing spacing, bool within, double guidance)
    {
        using var scope = NewDisposeScope();
        var config = new SamplerConfig { Kind = kind, Steps = 12, Spacing = spacing, GuidanceInterval = within ? Interval : null, Guidance = guidance };
        var rows = 0L;
        Tensor Counted(Tensor x, Tensor t, Tensor y)
        {
            rows += x.shape[0];
            return Network(x, t, y);
        }
        Sample(config, Counted, new ImageNoise([1, 2, 3], 1, 2, 2, CPU), tensor(new long[] { 0, 1, 0 })).shape.ShouldBe([3L, 1, 2, 2]);
        rows.ShouldBe(3 * config.Evaluations(Toy));
    }

    private static Tensor Sample(SamplerConfig config, Func<Tensor, Tensor, Tensor, Tensor> network, ImageNoise noise, Tensor labels)
    {
        (Tensor, Tensor?) Implied(Tensor x, Tensor t, Tensor y) => (Parameterization.Clean(Toy, network(x, t, y), x, t), zeros_like(x));
        return SamplerFactory.Of(config, Toy).Sample(
            GuidanceInterval.Within(config.GuidanceInterval, Toy, Guidance.Guided(network, labels, 2, config.Guidance), Guidance.Guided(network, labels, 2, 1)),
            GuidanceInterval.Within(config.GuidanceInterval, Toy, Guidance.Guided(Implied, labels, 2, config.Guidance), Guidance.Guided(Implied, labels, 2, 1)), noise, default);
    }

    [Theory]
    [InlineData("euler", SamplerKind.Euler)]
    [InlineData("heun", SamplerKind.Heun)]
    [InlineData("dpmpp_2m", SamplerKind.Dpmpp2M)]
    public void A_sampler_guided_within_an_interval_agrees_with_NumPy(string name, SamplerKind kind)
    {
        using var scope = NewDisposeScope();
        var golden = Goldens.Json("samplers.json");
        var (guided, labels) = (golden["guided"]!, tensor(new long[] { 0, 1 }));
        var interval = guided["interval"].Doubles();
        var denoise = GuidanceInterval.Within(interval, Toy, Guidance.Guided(Network, labels, 2, guided["scale"]!.GetValue<double>()), Guidance.Guided(Network, labels, 2, 1));
        var (start, times) = (golden["start"].Tensor(2, 1, 2, 2), SamplingTimes.Uniform(20, 5));
        var made = kind switch
        {
            SamplerKind.Euler => Euler.Sample(denoise, Toy, start, times, false, default),
            SamplerKind.Heun => Heun.Sample(denoise, Toy, start, times, false, default),
            _ => DpmSolver.Sample(denoise, Toy, start, times, false, default),
        };
        Goldens.Difference(made, guided[name]!["image"].Tensor(2, 1, 2, 2)).ShouldBeLessThan(1e-5);
        (2 * new SamplerConfig { Kind = kind, Steps = 5, GuidanceInterval = interval, Guidance = 2.5 }.Evaluations(Toy)).ShouldBe(guided[name]!["rows"]!.GetValue<int>());
    }

    [Theory]
    [InlineData(SamplerKind.Ddim)]
    [InlineData(SamplerKind.Heun)]
    [InlineData(SamplerKind.DdpmLearned)]
    public void An_interval_changes_the_images_of_a_sampler_where_it_is_guided_and_else_nothing(SamplerKind kind)
    {
        using var scope = NewDisposeScope();
        float[] Images(double guidance, double[]? interval) => Sample(new() { Kind = kind, Steps = 8, Guidance = guidance, GuidanceInterval = interval, Clip = false }, Network,
            new ImageNoise([7, 8], 1, 2, 2, CPU), tensor(new long[] { 0, 1 })).Values();
        Images(1, Interval).ShouldBe(Images(1, null));
        Images(3, [0, 1e9]).ShouldBe(Images(3, null));
        Images(3, [1e8, 1e9]).ShouldBe(Images(1, null));
        Images(3, Interval).ShouldNotBe(Images(3, null));
        Images(3, Interval).ShouldNotBe(Images(1, null));
    }

    [Fact]
    public void The_lower_end_of_the_interval_is_outside_and_the_upper_inside()
    {
        GuidanceInterval.Holds([1, 2], 1).ShouldBeFalse();
        GuidanceInterval.Holds([1, 2], 1.001).ShouldBeTrue();
        GuidanceInterval.Holds([1, 2], 2).ShouldBeTrue();
        GuidanceInterval.Holds([1, 2], 2.001).ShouldBeFalse();
        GuidanceInterval.Holds(null, 1e9).ShouldBeTrue();
    }

    [Theory]
    [InlineData(SamplerKind.Ddim)]
    [InlineData(SamplerKind.EulerAncestral)]
    [InlineData(SamplerKind.Heun)]
    [InlineData(SamplerKind.Dpmpp2M)]
    public void An_image_of_a_sampler_depends_on_its_own_seed_alone(SamplerKind kind)
    {
        using var scope = NewDisposeScope();
        var config = new SamplerConfig { Kind = kind, Steps = 6, Eta = kind is SamplerKind.Ddim or SamplerKind.EulerAncestral ? 1 : 0 };
        var alone = Sample(config, Network, new ImageNoise([42], 1, 4, 4, CPU), tensor(new long[] { 1 }));
        var among = Sample(config, Network, new ImageNoise([7, 42, 9], 1, 4, 4, CPU), tensor(new long[] { 0, 1, 1 }));
        Goldens.Difference(among[1..2], alone).ShouldBeLessThan(1e-5);
        Goldens.Difference(among[2..3], alone).ShouldBeGreaterThan(.01);
    }

    public static TheoryData<SamplerConfig, string> Bad() => new()
    {
        { new() { Steps = 0 }, "g.sampler.steps: 0; must be 1 to schedule.steps (1000)" },
        { new() { Kind = SamplerKind.Heun, Steps = 1001 }, "g.sampler.steps: 1001; must be 1 to schedule.steps (1000)" },
        { new() { Kind = SamplerKind.DdpmPosterior, Spacing = TimeSpacing.Karras }, "g.sampler.spacing: karras; g.sampler.kind ddpm_posterior takes all steps; must be uniform" },
        { new() { Eta = 1.5 }, "g.sampler.eta: 1.5; must be 0 to 1" },
        { new() { Kind = SamplerKind.Dpmpp2M, Eta = .5 }, "g.sampler.eta: 0.5; g.sampler.kind dpmpp_2m adds no noise; must be 0" },
        { new() { Kind = SamplerKind.EulerAncestral }, "g.sampler.eta: 0; g.sampler.kind euler_ancestral needs more than 0, up to 1 (k-diffusion: 1); without noise it is euler" },
        { new() { GuidanceInterval = [1] }, "g.sampler.guidance_interval: [1]; two levels of noise σ are needed, 0 <= low < high" },
        { new() { GuidanceInterval = [3, .5] }, "g.sampler.guidance_interval: [3, 0.5]; two levels of noise σ are needed, 0 <= low < high" },
        { new() { GuidanceInterval = [-1, 2] }, "g.sampler.guidance_interval: [-1, 2]; two levels of noise σ are needed, 0 <= low < high" },
        { new() { GuidanceInterval = [0, double.NaN] }, "g.sampler.guidance_interval: [0, NaN]; two levels of noise σ are needed, 0 <= low < high" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void What_a_sampler_cannot_do_is_told_with_the_field_and_what_is_allowed(SamplerConfig config, string fault) =>
        config.Faults("g.sampler", 1000).ShouldHaveSingleItem().ShouldBe(fault);

    [Fact]
    public void A_sampler_that_overshoots_on_the_generators_schedule_is_refused()
    {
        var heun = Small.Config with { Sampler = new() { Kind = SamplerKind.Heun, Steps = 20 } };
        heun.Faults("g").ShouldBeEmpty();
        var cosine = heun with { Schedule = new() { Kind = ScheduleKind.Cosine } };
        cosine.Faults("g").ShouldHaveSingleItem().ShouldBe("g.sampler.spacing: uniform; heun on a cosine schedule overshoots in its first steps; must be karras (or kind: dpmpp_2m)");
        (cosine with { Sampler = heun.Sampler with { Spacing = TimeSpacing.Karras } }).Faults("g").ShouldBeEmpty();
    }
}
