using Odm.Augment.Diffusion;
using Odm.Augment.Diffusion.Process;
using Odm.Augment.Diffusion.Training;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Tests;

public sealed class LearnedVarianceTests
{
    private static readonly NoiseSchedule Schedule = NoiseSchedule.Linear(20, 1e-3, 0.3);

    [Fact]
    public void Variance_bound_and_its_slope_agree_with_NumPy()
    {
        using var scope = NewDisposeScope();
        var golden = Goldens.Json("repaint.json")["bound"]!;
        Tensor Of(string key) => golden[key].Tensor(4, 2, 2, 2);
        var t = tensor(golden["t"].Doubles().Select(x => (long)x).ToArray());
        var range = Of("range").requires_grad_();
        var logs = cat([.. Enumerable.Range(0, 4).Select(i => golden["log_variance"]![i].Tensor(1, 2, 2, 2))]);
        Goldens.Difference(LearnedVariance.Log(Schedule, range, t), logs).ShouldBeLessThan(1e-6);
        var bits = LearnedVariance.Bound(Schedule, Of("clean"), Of("noisy"), t, Of("guess"), range);
        Goldens.Difference(bits, golden["bits"].Tensor(4)).ShouldBeLessThan(1e-4);
        bits.sum().backward();
        Goldens.Difference(range.grad!, Of("slope")).ShouldBeLessThan(1e-3);
    }

    [Fact]
    public void The_true_posterior_costs_nothing_and_beta_is_the_other_end()
    {
        using var scope = NewDisposeScope();
        var (clean, t) = (rand(2, 1, 2, 2) * 2 - 1, tensor(new long[] { 3, 12 }));
        var noisy = Schedule.Diffuse(clean, randn(2, 1, 2, 2), t);
        LearnedVariance.Bound(Schedule, clean, noisy, t, clean, full_like(clean, -1)).Values().ShouldAllBe(v => Math.Abs(v) < 1e-6);
        LearnedVariance.Bound(Schedule, clean, noisy, t, clean, ones_like(clean)).Values().ShouldAllBe(v => v > 1e-4);
        LearnedVariance.Log(Schedule, ones_like(clean), t).Values().Last().ShouldBe((float)Math.Log(Schedule.Beta(12)), 1e-5f);
    }

    [Fact]
    public void The_bound_teaches_the_variance_and_the_squared_error_the_mean()
    {
        var config = Small.MaskConfig with { LearnedVariance = true, Network = Small.Config.Network with { Dropout = 0, ZeroInit = false } };
        using var model = new DiffusionModel(DiffusionShape.For(config, 3, 8, 8, []), Precision.Fp32);
        var weight = model.named_parameters().Single(p => p.name == "unet.output.weight").parameter; // [8, 4, 3, 3]: four means, four ranges
        using var scope = NewDisposeScope();
        var batch = new GradeBatch([0, 1], [-1, -1], [true, true], [0, 700], [1, 2], [false, false], 0);
        var (clean, noise) = TrainingImages.Of(Small.Masked(), true, batch, 0, 2, CPU);
        var record = new StepLoss();
        DiffusionLoss.Share(model, clean, noise, batch, 0, null, record).backward();
        var hybrid = weight.grad!.clone();
        weight.grad = null;
        var t = tensor(batch.Times);
        var noisy = model.Schedule.Diffuse(clean, noise, t);
        var (output, range) = model.Outputs(noisy, t, model.Unlabelled(2));
        var error = (output - Parameterization.Target(config.Prediction, model.Schedule, clean, noise, t)).square().mean();
        var bound = LearnedVariance.Bound(model.Schedule, clean, noisy, t, Parameterization.Clean(config.Prediction, model.Schedule, output, noisy, t), range!).mean();
        record.Total.ShouldBe(error.item<float>() + bound.item<float>(), 1e-4); // 0.001 of the bound's 1000 terms
        error.backward();
        Goldens.Difference(hybrid[..4], weight.grad![..4]).ShouldBeLessThan(1e-6);
        hybrid[..4].abs().sum().item<float>().ShouldBeGreaterThan(0);
        hybrid[4..].abs().sum().item<float>().ShouldBeGreaterThan(0);
    }
}
