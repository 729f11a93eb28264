using System.Text.Json.Nodes;
using Odm.Classify.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Classify.Tests;

public sealed class ClassLossTests
{
    private static readonly JsonNode Golden = JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "goldens", "imbalance.json")))!;
    private static readonly int[] Counts = [.. Doubles(Golden["counts"]).Select(n => (int)n)];

    // p_y of the two images: .8 and .25
    private static Tensor Logits() => log(tensor(new[,] { { .8f, .1f, .1f }, { .5f, .25f, .25f } }));

    private static Tensor Labels() => tensor(new long[] { 0, 1 });

    private static double Of(LossConfig config, int[]? counts = null, double smoothing = 0)
    {
        using var scope = NewDisposeScope();
        using var loss = new ClassLoss(config, smoothing, counts ?? [1, 1, 1], CPU);
        return loss.Of(Logits(), Labels()).item<float>();
    }

    [Fact]
    public void Losses_are_those_worked_on_paper()
    {
        Of(new()).ShouldBe((-Math.Log(.8) - Math.Log(.25)) / 2, 1e-6);
        Of(LossConfig.Parse("focal")).ShouldBe((.2 * .2 * -Math.Log(.8) + .75 * .75 * -Math.Log(.25)) / 2, 1e-6);
        // weights n / (C n_c) of 6, 2 and 1 images: 1/2, 3/2, 3
        Of(new() { Weights = ClassWeighting.Inverse }, [6, 2, 1]).ShouldBe((.5 * -Math.Log(.8) + 1.5 * -Math.Log(.25)) / 2, 1e-6);
        // β .5: (1 - β) / (1 - β^n) is 1, 2/3 and 4/7 for 1, 2 and 3 images; times 3 over their sum, 47/21
        Of(new() { Kind = LossKind.CbFocal, Beta = .5, Gamma = 1 }, [1, 2, 3])
            .ShouldBe((63.0 / 47 * .2 * -Math.Log(.8) + 42.0 / 47 * .75 * -Math.Log(.25)) / 2, 1e-6);
        // τ 1, shares 1/2, 1/4, 1/4: p_y becomes .4 / .45 and .0625 / .375
        Of(LossConfig.Parse("logit_adjustment"), [2, 1, 1]).ShouldBe((-Math.Log(.4 / .45) - Math.Log(.0625 / .375)) / 2, 1e-6);
    }

    [Fact]
    public void Losses_and_their_gradients_are_numpys_and_pytorchs()
    {
        foreach (var golden in Golden["losses"]!.AsArray())
        {
            var name = (string)golden!["name"]!;
            var config = new LossConfig
            {
                Kind = name.StartsWith("cross", StringComparison.Ordinal) ? LossKind.CrossEntropy : LossConfig.Parse(name).Kind,
                Weights = name.EndsWith("inverse", StringComparison.Ordinal) ? ClassWeighting.Inverse
                    : name.EndsWith("effective", StringComparison.Ordinal) ? ClassWeighting.Effective : null,
                Beta = (double?)golden["beta"],
                Gamma = (double?)golden["gamma"],
                Tau = (double?)golden["tau"],
            };
            config.Faults("loss").ShouldBeEmpty();
            using var scope = NewDisposeScope();
            using var loss = new ClassLoss(config, 0, Counts, CPU);
            var logits = tensor(Array.ConvertAll(Doubles(Golden["logits"]), x => (float)x), requires_grad: true);
            var value = loss.Of(logits.view(-1, Counts.Length), tensor(Array.ConvertAll(Doubles(Golden["labels"]), x => (long)x)));
            value.backward();
            value.item<float>().ShouldBe((float)golden["value"]!, 1e-5f, golden.ToJsonString());
            var gradient = logits.grad!.data<float>().ToArray();
            gradient.Zip(Doubles(golden["gradient"]), (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan(1e-6, golden.ToJsonString());
        }
    }

    [Fact]
    public void Weights_of_ham10000_are_numpys()
    {
        var ham = Golden["ham10000"]!;
        int[] counts = [6705, 1113, 1099, 514, 327, 142, 115];
        ClassWeights.Inverse(counts).ShouldBe(Doubles(ham["inverse"]), 1e-12);
        ClassWeights.Effective(counts, .9999).ShouldBe(Doubles(ham["effective_9999"]), 1e-9);
        ClassWeights.Effective(counts, .999).ShouldBe(Doubles(ham["effective_999"]), 1e-9);
        ClassWeights.Adjustment(counts, 1).ShouldBe(Doubles(ham["log_priors"]), 1e-12);
        ClassWeights.Effective(counts, .9999).Sum().ShouldBe(7, 1e-12);
    }

    [Fact]
    public void Beta_0_weighs_all_alike_and_near_1_the_weights_go_by_the_inverse_number()
    {
        ClassWeights.Effective([600, 60, 6], 0).ShouldBe([1.0, 1, 1]);
        var (near, inverse) = (ClassWeights.Effective([600, 60, 6], 1 - 1e-9), ClassWeights.Inverse([600, 60, 6]));
        (near[2] / near[0]).ShouldBe(inverse[2] / inverse[0], 1e-4);
    }

    [Fact]
    public void A_class_without_images_has_no_weight_and_the_prior_of_one_image()
    {
        ClassWeights.Inverse([6, 0, 2]).ShouldBe([2.0 / 3, 0, 2]);
        ClassWeights.Effective([6, 0, 2], .9)[1].ShouldBe(0);
        ClassWeights.Effective([6, 0, 2], .9).Sum().ShouldBe(2, 1e-12);
        ClassWeights.Adjustment([7, 0, 2], 2)[1].ShouldBe(2 * Math.Log(.1), 1e-12);
        double.IsFinite(Of(LossConfig.Parse("logit_adjustment"), [3, 2, 0])).ShouldBeTrue();
    }

    [Fact]
    public void Focal_with_gamma_0_and_adjustment_of_equal_classes_are_cross_entropy()
    {
        Of(new() { Kind = LossKind.Focal, Gamma = 0 }).ShouldBe(Of(new()), 1e-6);
        Of(LossConfig.Parse("logit_adjustment"), [5, 5, 5]).ShouldBe(Of(new()), 1e-6);
        Of(new() { Kind = LossKind.CbFocal, Beta = 0, Gamma = 0 }, [9, 3, 1]).ShouldBe(Of(new()), 1e-6);
        Of(LossConfig.Parse("logit_adjustment"), [5, 5, 5], smoothing: .1).ShouldBe(Of(new(), smoothing: .1), 1e-6);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(.5)]
    [InlineData(2)]
    public void A_sure_image_has_a_finite_focal_loss_and_gradient(double gamma)
    {
        using var scope = NewDisposeScope();
        using var loss = new ClassLoss(new() { Kind = LossKind.Focal, Gamma = gamma }, 0, [1, 1], CPU);
        var logits = tensor(new[,] { { 200f, 0f }, { -200f, 0f } }, requires_grad: true);
        var value = loss.Of(logits, tensor(new long[] { 0, 0 }));
        value.backward();
        value.item<float>().ShouldBe(100, 1e-3f); // the image on the wrong side: 200 / 2
        logits.grad!.isfinite().all().item<bool>().ShouldBeTrue();
    }

    [Fact]
    public void Mixed_cross_entropy_is_that_of_the_mixed_label()
    {
        using var scope = NewDisposeScope();
        using var loss = new ClassLoss(new(), 0, [1, 1, 1], CPU);
        var mixed = loss.Mixed(Logits(), Labels(), tensor(new long[] { 2, 0 }), .7).item<float>();
        var soft = tensor(new[,] { { .7f, 0, .3f }, { .3f, .7f, 0 } }); // soft targets, as Zhang et al. write it
        ((double)mixed).ShouldBe(-(soft * Logits()).sum().item<float>() / 2, 1e-6);
    }

    [Theory]
    [InlineData("cross_entropy")]
    [InlineData("focal")]
    [InlineData("cb_focal")]
    [InlineData("logit_adjustment")]
    public void Mixed_with_lambda_1_or_with_itself_every_loss_is_what_it_was(string name)
    {
        using var scope = NewDisposeScope();
        using var loss = new ClassLoss(LossConfig.Parse(name), 0, [6, 3, 1], CPU);
        var expected = loss.Of(Logits(), Labels()).item<float>();
        loss.Mixed(Logits(), Labels(), tensor(new long[] { 2, 2 }), 1).item<float>().ShouldBe(expected, 1e-6f);
        loss.Mixed(Logits(), Labels(), Labels(), .3).item<float>().ShouldBe(expected, 1e-6f);
    }

    [Fact]
    public void Lambda_has_the_quantiles_of_beta()
    {
        foreach (var golden in Golden["beta"]!.AsArray())
        {
            MixUp.Lambda((double)golden!["alpha"]!, (double)golden["u"]!).ShouldBe((double)golden["lambda"]!, 1e-8, golden.ToJsonString());
        }
    }

    [Fact]
    public void A_steps_mix_is_its_own_and_its_images_are_the_two_shares()
    {
        var draw = MixUp.Draw(.4, 6, seed: 1, step: 5);
        MixUp.Draw(.4, 6, 1, 5).Share.ShouldBe(draw.Share);
        MixUp.Draw(.4, 6, 1, 5).Partners.ShouldBe(draw.Partners);
        draw.Partners.Order().ShouldBe([0, 1, 2, 3, 4, 5]);
        Enumerable.Range(0, 50).Select(s => MixUp.Draw(.4, 6, 1, s).Share).Distinct().Count().ShouldBe(50);
        var shares = Enumerable.Range(0, 4000).Select(s => MixUp.Draw(.4, 2, 1, s).Share).ToArray();
        shares.Average().ShouldBe(.5, .03);
        shares.Select(x => (x - .5) * (x - .5)).Average().ShouldBe(.25 / 1.8, .01); // variance of Beta(α, α): 1 / (4 (2α + 1))

        using var scope = NewDisposeScope();
        var images = arange(3).to(ScalarType.Float32).view(3, 1, 1, 1);
        var mixed = new MixUp(.75, [2, 0, 1]).Mix(images, tensor(new long[] { 2, 0, 1 }));
        mixed.data<float>().ToArray().ShouldBe([.5f, .75f, 1.75f]);
    }

    [Theory]
    [InlineData(LossKind.Focal, null, null, -1.0, null, "loss.gamma: -1; must be 0 to 100")]
    [InlineData(LossKind.CbFocal, null, 1.0, null, null, "loss.beta: 1; must be 0 up to, not including, 1")]
    [InlineData(LossKind.CbFocal, null, -.1, null, null, "loss.beta: -0.1; must be 0 up to, not including, 1")]
    [InlineData(LossKind.LogitAdjustment, null, null, null, 0.0, "loss.tau: 0; must be above 0, up to 100")]
    [InlineData(LossKind.Focal, ClassWeighting.Inverse, null, null, null, "loss.weights: not a field of focal; allowed beside kind: cross_entropy")]
    [InlineData(LossKind.CrossEntropy, null, .9, null, null, "loss.beta: not a field of cross_entropy; allowed beside kind: cb_focal, or weights: effective")]
    [InlineData(LossKind.CrossEntropy, null, null, 2.0, null, "loss.gamma: not a field of cross_entropy; allowed beside kind: focal or cb_focal")]
    [InlineData(LossKind.CbFocal, null, null, null, 1.0, "loss.tau: not a field of cb_focal; allowed beside kind: logit_adjustment")]
    public void What_a_loss_cannot_be_is_told(LossKind kind, ClassWeighting? weights, double? beta, double? gamma, double? tau, string fault)
        => new LossConfig { Kind = kind, Weights = weights, Beta = beta, Gamma = gamma, Tau = tau }.Faults("loss").Single().ShouldBe(fault);

    [Fact]
    public void Words_name_kind_and_parameters()
    {
        LossConfig.Parse("cb_focal").Words().ShouldBe("cb_focal β=0.9999 γ=2");
        LossConfig.Parse("logit_adjustment").Words().ShouldBe("logit_adjustment τ=1");
        new LossConfig { Weights = ClassWeighting.Effective, Beta = .99 }.Words().ShouldBe("cross_entropy effective β=0.99");
        LossConfig.Parse("cross_entropy").Words().ShouldBe("cross_entropy");
        Should.Throw<FormatException>(() => LossConfig.Parse("dice")).Message.ShouldContain("must be one of cross_entropy, focal, cb_focal, logit_adjustment");
    }

    private static double[] Doubles(JsonNode? node) => [.. node!.AsArray().Select(x => (double)x!)];
}
