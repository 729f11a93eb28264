using Odm.Augment.Diffusion.Process;
using Odm.Augment.Diffusion.Samplers;
using Odm.Augment.Inpainting;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Tests;

public sealed class RePaintTests
{
    [Theory]
    [InlineData(200, 10, 5, 960, 760)]   // Saragih et al.
    [InlineData(250, 10, 10, 2410, 2160)] // Lugmayr et al.
    [InlineData(100, 10, 3, 280, 180)]
    [InlineData(50, 5, 3, 140, 90)]
    [InlineData(50, 10, 5, 210, 160)]
    [InlineData(50, 7, 1, 50, 0)]
    [InlineData(23, 5, 4, 83, 60)]
    public void Evaluations_and_steps_back_are_as_published(int steps, int length, int samples, int evaluations, int renoisings)
    {
        var states = RePaint.States(steps, length, samples);
        var moves = states.Zip(states.Skip(1), (a, b) => b - a).ToArray();
        moves.ShouldAllBe(m => m == 1 || m == -1);
        moves.Count(m => m == -1).ShouldBe(evaluations);
        moves.Count(m => m == 1).ShouldBe(renoisings);
        var config = new InpaintConfig { Respacing = steps, JumpLength = length, JumpSamples = samples };
        config.Evaluations.ShouldBe(evaluations);
        (config with { Sampler = InpaintSampler.Dpmpp2S }).Evaluations.ShouldBe(2 * evaluations - 1);
        config.Renoisings.ShouldBe(renoisings);
        config.Faults("inpainting", 1000).ShouldBeEmpty();
    }

    [Fact]
    public void The_way_is_the_one_worked_on_paper()
    {
        RePaint.States(4, 2, 2).ShouldBe([3, 2, 1, 0, 1, 2, 1, 0, -1]);
        RePaint.States(5, 2, 3).ShouldBe([4, 3, 2, 3, 4, 3, 2, 3, 4, 3, 2, 1, 0, 1, 2, 1, 0, 1, 2, 1, 0, -1]);
        RePaint.States(3, 1, 2).ShouldBe([2, 1, 2, 1, 0, 1, 0, -1]);
        RePaint.States(3, 2, 1).ShouldBe([2, 1, 0, -1]);
    }

    [Fact]
    public void Presets_cost_what_they_say()
    {
        InpaintConfig.OfPreset("paper")!.Evaluations.ShouldBe(960);
        InpaintConfig.OfPreset("fast")!.Evaluations.ShouldBe(140);
        InpaintConfig.OfPreset("cpu")!.Evaluations.ShouldBe(25);
        InpaintConfig.OfPreset("slow").ShouldBeNull();
        // the public code: nothing clipped, a kernel of 20 pixels on 256, which reaches 10
        var code = InpaintConfig.OfPreset("paper_code")!;
        (code.Clip, code.Evaluations, code.ForSize(256).Dilation, code.ForSize(64).Dilation).ShouldBe((false, 960, 10, 2));
        (InpaintConfig.OfPreset("paper")!.Clip, InpaintConfig.OfPreset("paper")!.ForSize(256).Dilation).ShouldBe((true, 20));
        (code with { Dilation = 7 }).ForSize(256).Dilation.ShouldBe(7);
        InpaintConfig.Parse("fast").ShouldBe(InpaintConfig.OfPreset("fast"));
        Should.Throw<FormatException>(() => InpaintConfig.Parse("slow")).Message.ShouldContain("must be one of paper, paper_code, fast, cpu");
    }

    [Fact]
    public void A_jump_as_long_as_the_schedule_is_told_with_the_field()
    {
        var faults = new InpaintConfig { Respacing = 50, JumpLength = 50 }.Faults("inpainting", 1000);
        faults.ShouldHaveSingleItem().ShouldBe("inpainting.jump_length: 50; must be 1 up to, not including, respacing (50)");
        new InpaintConfig { Respacing = 200 }.Faults("inpainting", 100).ShouldHaveSingleItem().ShouldStartWith("inpainting.respacing: 200");
    }

    [Fact]
    public void A_variance_that_the_step_or_the_network_does_not_have_is_told_with_the_field()
    {
        var second = new InpaintConfig { Sampler = InpaintSampler.Dpmpp2S };
        second.Faults("g.inpaint", 1000, false).ShouldBeEmpty();
        (second with { Variance = StepVariance.Beta }).Faults("g.inpaint", 1000, true).ShouldHaveSingleItem()
            .ShouldBe("g.inpaint.variance: beta; g.inpaint.sampler dpmpp_2s adds no noise, only ancestral takes a variance");
        var learned = new InpaintConfig { Variance = StepVariance.Learned };
        learned.Faults("g.inpaint", 1000, false).ShouldHaveSingleItem().ShouldBe("g.inpaint.variance: learned; the generator has learned_variance: false; must be one of posterior, beta");
        learned.Faults("g.inpaint", 1000, true).ShouldBeEmpty();
        learned.Faults("g.inpaint").ShouldBeEmpty();
    }

    [Fact]
    public void The_variance_is_the_learned_one_where_there_is_one_and_else_the_posteriors()
    {
        new InpaintConfig().ForVariance(learned: true).Variance.ShouldBe(StepVariance.Learned);
        new InpaintConfig().ForVariance(learned: false).Variance.ShouldBe(StepVariance.Posterior);
        new InpaintConfig { Variance = StepVariance.Beta }.ForVariance(learned: true).Variance.ShouldBe(StepVariance.Beta);
        new InpaintConfig { Sampler = InpaintSampler.Dpmpp2S }.ForVariance(learned: true).Variance.ShouldBeNull();
    }

    [Fact]
    public void A_shortened_schedule_has_the_noise_levels_of_the_times_it_keeps()
    {
        NoiseSchedule.SpacedTimes(10, 4).ShouldBe([0, 3, 6, 9]);
        NoiseSchedule.SpacedTimes(1000, 5).ShouldBe([0, 250, 500, 749, 999]); // 249.75, 499.5 to even, 749.25
        var whole = NoiseSchedule.Linear();
        var times = NoiseSchedule.SpacedTimes(1000, 200);
        times[0].ShouldBe(0);
        times[^1].ShouldBe(999);
        var shorter = whole.Respaced(times);
        shorter.Steps.ShouldBe(200);
        Enumerable.Range(0, 200).ShouldAllBe(i => Math.Abs(shorter.AlphaBar(i) - whole.AlphaBar(times[i])) < 1e-12);
    }

    [Theory]
    [InlineData("fixed", StepVariance.Posterior, false)]
    [InlineData("fixed_clip", StepVariance.Posterior, true)]
    [InlineData("learned_clip", StepVariance.Learned, true)]
    [InlineData("beta", StepVariance.Beta, false)]
    [InlineData("beta_clip", StepVariance.Beta, true)]
    [InlineData("dpmpp_2s", null, false)]
    [InlineData("dpmpp_2s_clip", null, true)]
    public void Every_evaluation_sees_what_NumPy_saw(string name, StepVariance? variance, bool clip)
    {
        using var scope = NewDisposeScope();
        var golden = Goldens.Json("repaint.json");
        Tensor Cube(string key, int? i = null) => (i is { } n ? golden[key]![n] : golden[key]).Tensor(2, 2, 2, 2);
        var whole = NoiseSchedule.Linear(20, 1e-3, 0.3);
        var times = NoiseSchedule.SpacedTimes(20, 8);
        var states = RePaint.States(8, 3, 2);
        times.Select(t => (double)t).ShouldBe(golden["times"].Doubles());
        states.Select(t => (double)t).ShouldBe(golden["path"].Doubles());
        var seen = new List<Tensor>();
        (Tensor, Tensor?) Toy(Tensor x, Tensor t)
        {
            seen.Add(x.clone().MoveToOuterDisposeScope().MoveToOuterDisposeScope()); // past the step's scope and the sampler's
            var eps = 0.6 * x + 0.3 * (3 * x + 0.01 * t.reshape(-1, 1, 1, 1)).sin();
            return (Parameterization.Clean(whole, eps, x, t), (2 * x).cos());
        }
        var schedule = whole.Respaced(times);
        var step = variance is { } of ? RePaintSteps.Ancestral(Toy, schedule, times, of, clip) : RePaintSteps.SecondOrder(Toy, schedule, times, clip);
        var made = RePaint.Sample(step, schedule, states, Cube("known"), golden["zone"].Tensor(2, 1, 2, 2),
            (i, purpose) => i < 0 ? Cube("start") : Cube(purpose, i), default);
        seen.Add(made);
        seen.Count.ShouldBe(golden[name]!.AsArray().Count);
        var config = new InpaintConfig { Respacing = 8, JumpLength = 3, JumpSamples = 2, Sampler = variance is null ? InpaintSampler.Dpmpp2S : InpaintSampler.Ancestral };
        seen.Count.ShouldBe((int)config.Evaluations + 1); // and the image
        for (var i = 0; i < seen.Count; i++)
        {
            Goldens.Difference(seen[i], Cube(name, i)).ShouldBeLessThan(1e-4, $"evaluation {i}");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Taking_steps_back_brings_the_unknown_part_into_agreement_with_the_known(bool second)
    {
        // pairs of pixels with correlation .9, one of them known to be 1: the other's mean is .9; a single passage does not get there
        const double rho = .9;
        var whole = NoiseSchedule.Linear();
        var times = NoiseSchedule.SpacedTimes(1000, 40);
        (Tensor, Tensor?) Perfect(Tensor x, Tensor t) // E[x_0 | x_t] along the two axes of the distribution
        {
            var (signal, noise) = (whole.Signal(t), whole.Noise(t));
            Tensor Along(Tensor axis, double variance) => axis * signal * variance / (signal.square() * variance + noise.square());
            var (a, b) = (x[.., .., .., ..1], x[.., .., .., 1..]);
            var (sum, difference) = (Along(a + b, 1 + rho), Along(a - b, 1 - rho));
            return (cat([sum + difference, sum - difference], 3) / 2, null);
        }
        double MeanOfSecond(int samples)
        {
            using var scope = NewDisposeScope();
            var noise = new ImageNoise([.. Enumerable.Range(0, 1000).Select(i => (ulong)i)], 1, 1, 2, CPU);
            var zone = tensor(new float[] { 0, 1 }, 1, 1, 1, 2).expand(1000, 1, 1, 2);
            var schedule = whole.Respaced(times);
            var step = second ? RePaintSteps.SecondOrder(Perfect, schedule, times, clip: false) : RePaintSteps.Ancestral(Perfect, schedule, times, StepVariance.Posterior, clip: false);
            var made = RePaint.Sample(step, schedule, RePaint.States(40, 2, samples), ones(1000, 1, 1, 2), zone, noise.At, default);
            return made[.., .., .., 1..].mean().item<float>();
        }
        MeanOfSecond(1).ShouldBeLessThan(.7);
        MeanOfSecond(12).ShouldBe(rho, .05);
    }

    [Theory]
    [InlineData(ScheduleKind.Linear, 1, true)]
    [InlineData(ScheduleKind.Linear, .5, true)]
    [InlineData(ScheduleKind.Cosine, .5, true)]
    [InlineData(ScheduleKind.Linear, .1, false)]
    public void In_few_steps_the_posterior_variance_contracts_what_is_painted_and_the_others_less(ScheduleKind kind, double deviation, bool betaHelps)
    {
        // independent pixels of known deviation, all painted: nothing of the known image comes in, so what is painted should vary as much
        var whole = NoiseSchedule.From(new() { Kind = kind });
        var times = NoiseSchedule.SpacedTimes(1000, 25);
        var schedule = whole.Respaced(times);
        (Tensor, Tensor?) Exact(Tensor x, Tensor t)
        {
            var (signal, noise) = (whole.Signal(t), whole.Noise(t));
            return (signal * deviation * deviation / (signal.square() * deviation * deviation + noise.square()) * x, null);
        }
        double Off(RePaintStep step)
        {
            using var scope = NewDisposeScope();
            var noise = new ImageNoise([1, 2, 3, 4], 1, 64, 64, CPU); // 16,384 pixels: their variance is known to 1.1 %
            var made = RePaint.Sample(step, schedule, RePaint.States(25, 10, 1), zeros(4, 1, 64, 64), ones(4, 1, 1, 1), noise.At, default);
            return made.@var().item<float>() / (deviation * deviation) - 1;
        }
        var posterior = Off(RePaintSteps.Ancestral(Exact, schedule, times, StepVariance.Posterior, clip: false));
        var beta = Off(RePaintSteps.Ancestral(Exact, schedule, times, StepVariance.Beta, clip: false));
        var second = Off(RePaintSteps.SecondOrder(Exact, schedule, times, clip: false));
        posterior.ShouldBeLessThan(-.2);
        Math.Abs(second).ShouldBeLessThan(-posterior - .1);
        (Math.Abs(beta) < -posterior).ShouldBe(betaHelps);
    }
}
