using Odm.Augment.Diffusion;
using Odm.Augment.Diffusion.Process;
using Odm.Augment.Diffusion.Samplers;
using Odm.Augment.Generators;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Tests;

/// <summary>Guidance by a classifier, on generators that are known: independent normal pixels, of which the denoiser is a line.</summary>
public sealed class ClassifierGuidanceTests
{
    private static readonly NoiseSchedule Papers = NoiseSchedule.Linear();

    // log p = a · (sum of pixels) of class 1: the same gradient everywhere, so that everything can be worked out by hand
    private static ClassLogProbability Slope(double a) => (images, labels) => a * labels * images.flatten(1).sum(1);

    private static ClassifierGuide Guide(ClassLogProbability classifier, GuidanceOn on, double scale, GuidanceForm form = GuidanceForm.Score)
        => new() { Classifier = classifier, Classes = ["a", "b"], On = on, Scale = scale, Form = form };

    // Tweedie: E[x_0 | x_t] of pixels with mean mu and variance v
    private static Denoise Normal(NoiseSchedule schedule, Tensor mu, double v) => (x, t) =>
    {
        using var scope = NewDisposeScope();
        var slope = schedule.Column(t, i => v * Math.Sqrt(schedule.AlphaBar(i)) / (schedule.AlphaBar(i) * v + 1 - schedule.AlphaBar(i)));
        var clean = mu + slope * (x - schedule.Signal(t) * mu);
        return ((x - schedule.Signal(t) * clean) / schedule.Noise(t)).MoveToOuterDisposeScope();
    };

    [Theory]
    [InlineData(GuidanceOn.Noisy, SamplerKind.Heun)]
    [InlineData(GuidanceOn.Noisy, SamplerKind.Dpmpp2M)]
    [InlineData(GuidanceOn.Clean, SamplerKind.Heun)]
    [InlineData(GuidanceOn.Clean, SamplerKind.Dpmpp2M)]
    [InlineData(GuidanceOn.Clean, SamplerKind.Euler)]
    [InlineData(GuidanceOn.CleanThrough, SamplerKind.Heun)]
    [InlineData(GuidanceOn.CleanThrough, SamplerKind.Dpmpp2M)]
    [InlineData(GuidanceOn.CleanThrough, SamplerKind.Euler)]
    [InlineData(GuidanceOn.CleanThrough, SamplerKind.Ddim)]
    [InlineData(GuidanceOn.CleanThrough, SamplerKind.EulerAncestral)]
    public void Samples_of_a_normal_generator_move_as_the_closed_form_says(GuidanceOn on, SamplerKind kind)
    {
        const double v = .25, a = .4, s = 2;
        using var scope = NewDisposeScope();
        var mu = full(1, .3);
        var sampler = new SamplerConfig { Kind = kind, Steps = kind is SamplerKind.Heun or SamplerKind.Dpmpp2M ? 40 : 150, Spacing = TimeSpacing.Karras, Clip = false, Eta = kind == SamplerKind.EulerAncestral ? 1 : 0 };
        var (plain, guided) = (Sample(0), Sample(1));
        var difference = guided - plain;
        var moved = (double)difference.mean().item<float>();
        difference.std().item<float>().ShouldBeLessThan(1e-3f); // every pixel by the same
        moved.ShouldBe(ShiftOf(on, v) * a * s, .02 * ShiftOf(on, v) * a * s);
        ((double)plain.mean().item<float>()).ShouldBe(.3, .15);

        Tensor Sample(long label)
        {
            var denoise = ClassifierGuidance.Guided(Normal(Papers, mu, v), Papers, Guide(Slope(a), on, s), tensor([label, label]));
            return SamplerFactory.Of(sampler, Papers).Sample(denoise, (_, _) => throw new InvalidOperationException(), new ImageNoise([5, 6], 1, 6, 6, CPU), default);
        }
    }

    // The flow in x̄ = x / √ᾱ, σ = √((1 - ᾱ) / ᾱ), y = x̄ - mu: dy/dσ = y σ / (v + σ²) - c(σ) / σ, c the shift of the clean image over a s: σ² v / (v + σ²) through the
    // generator (the exact posterior of e^{a s x}, moved by v), σ² / (1 + σ²) on the clean image, σ² / √(1 + σ²) on the noisy one. Its solution at σ = 0 is √v ∫ c / (σ √(v + σ²)) dσ.
    private static double ShiftOf(GuidanceOn on, double v)
    {
        var most = Papers.Sigma(999) * Papers.Sigma(999);
        return on switch
        {
            GuidanceOn.CleanThrough => v,
            GuidanceOn.Clean => Math.Sqrt(v) * Math.Acos(Math.Sqrt(v)) / Math.Sqrt(1 - v),
            _ => Math.Sqrt(v) / 2 * Math.Log((2 * Math.Sqrt((1 + most) * (v + most)) + 2 * most + 1 + v) / (2 * Math.Sqrt(v) + 1 + v)),
        };
    }

    [Theory]
    [InlineData(GuidanceOn.Noisy, "noisy")]
    [InlineData(GuidanceOn.Clean, "clean")]
    [InlineData(GuidanceOn.CleanThrough, "clean_through")]
    public void Ddim_under_a_logistic_regression_agrees_with_NumPy(GuidanceOn on, string name)
    {
        using var scope = NewDisposeScope();
        var golden = Goldens.Json("guidance.json");
        var schedule = NoiseSchedule.Linear((int)golden["steps"]!, golden["beta"].Doubles()[0], golden["beta"].Doubles()[1]);
        var (w, b, labels) = (golden["w"].Tensor(2, 4), golden["b"].Tensor(2), tensor(golden["labels"].Doubles().Select(x => (long)x).ToArray()));
        Tensor Logistic(Tensor images, Tensor y) => (images.flatten(1).matmul(w.t()) + b).log_softmax(1).gather(1, y.unsqueeze(1)).squeeze(1);
        var times = golden["times"].Doubles().Select(t => (int)t).ToArray();
        foreach (var form in new[] { GuidanceForm.Score, GuidanceForm.Printed })
        {
            var guide = Guide(Logistic, on, (double)golden["scale"]!, form);
            var denoise = ClassifierGuidance.Guided(Normal(schedule, golden["mu"].Tensor(1, 1, 2, 2), (double)golden["v"]!), schedule, guide, labels);
            var x = golden["start"].Tensor(3, 1, 2, 2);
            for (var i = 0; i + 1 < times.Length; i++)
            {
                x = Ddim.Step(schedule, x, denoise(x, Walk.At(x, times[i])), times[i], times[i + 1], 0, null, clip: false);
            }

            Goldens.Difference(x, golden["images"]![$"{name} {(form == GuidanceForm.Score ? "score" : "printed")}"].Tensor(3, 1, 2, 2)).ShouldBeLessThan(1e-4, form.ToString());
        }
    }

    [Fact]
    public void The_gradient_through_a_generator_is_that_of_finite_differences()
    {
        using var scope = NewDisposeScope();
        Tensor Generator(Tensor x, Tensor t) => .4 * x + .3 * (2 * x + x.roll(1, 3)).tanh();
        Tensor Classifier(Tensor images, Tensor labels) => stack([images.pow(2).flatten(1).sum(1), images.flatten(1).sum(1).sin()], 1).log_softmax(1).gather(1, labels.unsqueeze(1)).squeeze(1);
        var x = linspace(-1, 1, 8, dtype: ScalarType.Float64).reshape(2, 1, 2, 2);
        var (labels, t) = (tensor([0L, 1]), tensor([300L, 300]));
        var (eps, gradient) = ClassifierGuidance.Gradient(Generator, Papers, Guide(Classifier, GuidanceOn.CleanThrough, 1), labels, x, t);
        eps.requires_grad.ShouldBeFalse();
        gradient.requires_grad.ShouldBeFalse();
        Goldens.Difference(eps, Generator(x, t)).ShouldBe(0);
        var numeric = zeros_like(x);
        for (var i = 0; i < 8; i++)
        {
            var step = zeros(8, dtype: ScalarType.Float64);
            step[i] = 1e-5;
            numeric.view(-1)[i] = (LogP(x + step.view_as(x)) - LogP(x - step.view_as(x))) / 2e-5;
        }

        Goldens.Difference(gradient, numeric).ShouldBeLessThan(1e-6);
        gradient.abs().max().item<double>().ShouldBeGreaterThan(.1);

        double LogP(Tensor at) => Classifier(Parameterization.Clean(Papers, Generator(at, t), at, t), labels).sum().item<double>();
    }

    [Theory]
    [InlineData(GuidanceOn.Noisy)]
    [InlineData(GuidanceOn.Clean)]
    [InlineData(GuidanceOn.CleanThrough)]
    public void A_generator_of_two_classes_that_knows_no_labels_draws_the_one_that_its_classifier_is_asked_for(GuidanceOn on)
    {
        // pixels are -.6 or .6 together, variance .04: given x_t the class's log odds are linear
        const double m = .6, v = .04;
        using var scope = NewDisposeScope();
        Tensor Mixture(Tensor x, Tensor t)
        {
            var (a, rest) = (Papers.AlphaBar((int)t[0].item<long>()), 1 - Papers.AlphaBar((int)t[0].item<long>()));
            var sure = (Math.Sqrt(a) * m / (a * v + rest) * x.flatten(1).sum(1)).tanh().reshape(-1, 1, 1, 1); // p(+) - p(-)
            var slope = v * Math.Sqrt(a) / (a * v + rest);
            var clean = m * sure + slope * (x - Math.Sqrt(a) * m * sure);
            return (x - Math.Sqrt(a) * clean) / Math.Sqrt(rest);
        }

        // what a logistic regression of clean images learns
        Tensor Logistic(Tensor images, Tensor y) => (2 * m / v / 16 * (2 * y - 1) * images.flatten(1).mean([1L]) * 16).sigmoid().clamp_min(1e-30).log();
        var sampler = SamplerFactory.Of(new SamplerConfig { Steps = 30, Clip = false }, Papers);
        foreach (var asked in new long[] { 0, 1 })
        {
            var labels = full(24, asked, dtype: ScalarType.Int64);
            var noise = new ImageNoise([.. Enumerable.Range(0, 24).Select(i => (ulong)i)], 1, 4, 4, CPU);
            var free = sampler.Sample(Mixture, (_, _) => throw new InvalidOperationException(), noise, default);
            var guided = sampler.Sample(ClassifierGuidance.Guided(Mixture, Papers, Guide(Logistic, on, on == GuidanceOn.Noisy ? .2 : 1), labels), (_, _) => throw new InvalidOperationException(), noise, default);
            Share(free).ShouldBeInRange(.2, .8);
            Share(guided).ShouldBe(asked == 1 ? 1 : 0, .05);
        }

        double Share(Tensor images) => images.flatten(1).mean([1L]).gt(0).to(ScalarType.Float64).mean().item<double>();
    }

    [Fact]
    public void A_scale_of_zero_is_the_denoiser_itself_and_nothing_is_left_behind()
    {
        using var scope = NewDisposeScope();
        var denoise = Normal(Papers, full(1, 0.0), 1);
        ClassifierGuidance.Guided(denoise, Papers, Guide(Slope(1), GuidanceOn.Clean, 0), tensor([1L])).ShouldBeSameAs(denoise);
        var (x, t) = (randn(1, 1, 2, 2), tensor([100L]));
        foreach (var on in Enum.GetValues<GuidanceOn>())
        {
            var before = scope.DisposablesCount;
            using var guided = ClassifierGuidance.Guided(denoise, Papers, Guide(Slope(1), on, 1), tensor([1L]).DetachFromDisposeScope())(x, t);
            scope.DisposablesCount.ShouldBe(before + 1, on.ToString());
        }
    }
}
