using System.Text.Json;
using System.Text.Json.Nodes;
using Odm.Augment.Gan.Augmenting;
using Odm.Augment.Gan.Networks;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Tests;

public class AugmentTests
{
    private static readonly JsonNode Golden = Goldens.Json("gan_augment.json");
    private static readonly DiffAugmentation[] AllOperations = [DiffAugmentation.Color, DiffAugmentation.Translation, DiffAugmentation.Cutout];

    private static Tensor Images(JsonNode node, string field) => node[field].Tensor([1, .. node["shape"]!.AsArray().Select(n => n!.GetValue<long>())]);

    [Fact]
    public void ADA_transforms_are_those_of_the_NumPy_reference_with_the_mask_moved_and_not_coloured()
    {
        foreach (var (node, number) in Golden["ada"]!.AsArray().Select((n, i) => (n!, i)))
        {
            using var scope = NewDisposeScope();
            var x = Images(node, "x");
            var draw = AdaDraw.Of(node["values"].Deserialize<AdaValues>()!, (int)x.shape[2], (int)x.shape[3]);
            Flat(draw.Inverse).Zip(node["inverse"].Doubles(), (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan(1e-12, $"case {number}");
            Flat(draw.Colour).Zip(node["colour"].Doubles(), (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan(1e-12, $"case {number}");
            Goldens.Difference(AdaTransforms.Apply(x, 3, [draw]), Images(node, "y")).ShouldBeLessThan(1e-5, $"case {number}");
        }
    }

    [Fact]
    public void Without_a_wanted_transform_images_come_back_as_they_are_even_through_the_filters()
    {
        using var scope = NewDisposeScope();
        var x = Images(Golden["ada"]![0]!, "x");
        var still = AdaDraw.Of(new(), 10, 12);
        still.Moves.ShouldBeFalse();
        var mirrored = AdaDraw.Of(new() { Flip = 1 }, 10, 12);
        var both = AdaTransforms.Apply(cat([x, x]), 3, [still, mirrored]); // the first goes through the filters beside the second
        Goldens.Difference(both[..1], x).ShouldBeLessThan(1e-5);
        var smooth = (arange(12, ScalarType.Float32) * .4).sin().expand(1, 4, 10, 12);
        Goldens.Difference(AdaTransforms.Apply(smooth, 3, [mirrored]), smooth.flip(3)).ShouldBeLessThan(.1, "the filter is not quite symmetric");
        AdaValues.Draw(new Rng(1), 0).ShouldBe(new AdaValues());
    }

    [Fact]
    public void Grey_images_take_the_mean_of_the_colour_map()
    {
        using var scope = NewDisposeScope();
        var x = Images(Golden["ada"]![0]!, "x")[.., ..1];
        var draw = AdaDraw.Of(new() { Contrast = 1.5, Brightness = .2, Hue = 1, Saturation = .1 }, 10, 12);
        Goldens.Difference(AdaTransforms.Apply(x, 1, [draw]), 1.5 * (x + .2)).ShouldBeLessThan(1e-5);
    }

    [Fact]
    public void ADA_draws_have_the_frequencies_and_spreads_of_the_paper()
    {
        var draws = Enumerable.Range(0, 20_000).Select(i => AdaValues.Draw(Rng.For(1, "test", i), .6)).ToList();
        Share(v => v.Flip == 1).ShouldBe(.3, .01);
        Share(v => v.Quarter == 3).ShouldBe(.15, .01);
        Share(v => v.TurnBefore != 0 || v.TurnAfter != 0).ShouldBe(.6, .01); // two turns, together with probability p
        Deviation(v => v.Zoom == 1 ? null : Math.Log2(v.Zoom)).ShouldBe(.2, .005);
        Deviation(v => v.Contrast == 1 ? null : Math.Log2(v.Contrast)).ShouldBe(.5, .01);
        Deviation(v => v.Saturation == 1 ? null : Math.Log2(v.Saturation)).ShouldBe(1, .02);
        Deviation(v => v.Brightness == 0 ? null : v.Brightness).ShouldBe(.2, .005);
        Deviation(v => v.FractionDown == 0 ? null : v.FractionDown).ShouldBe(.125, .003);
        draws.Max(v => Math.Abs(v.Right)).ShouldBeLessThanOrEqualTo(.125);
        // p changes which transforms are wanted, not what they draw
        AdaValues.Draw(new Rng(4), .999999).Hue.ShouldBe(AdaValues.Draw(new Rng(4), 1).Hue);

        double Share(Func<AdaValues, bool> of) => draws.Count(of) / (double)draws.Count;
        double Deviation(Func<AdaValues, double?> of) => Math.Sqrt(draws.Select(of).OfType<double>().Average(d => d * d));
    }

    [Fact]
    public void DiffAugment_is_that_of_the_NumPy_reference()
    {
        foreach (var node in Golden["diffaugment"]!.AsArray())
        {
            using var scope = NewDisposeScope();
            var draw = node!["draw"].Deserialize<DiffAugment.Draw>();
            Goldens.Difference(DiffAugment.Apply(Images(node, "x"), 3, AllOperations, [draw]), Images(node, "y")).ShouldBeLessThan(1e-5);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Gradients_pass_augmentations_twice(bool ada)
    {
        using var scope = NewDisposeScope();
        var x = Images(Golden["ada"]![1]!, "x").requires_grad_(true);
        var y = ada ? AdaTransforms.Apply(x, 3, .9, 3) : DiffAugment.Apply(x, 3, AllOperations, 3);
        var w = ones(1).requires_grad_(true);
        var gradient = autograd.grad([(y.square() * w).sum()], [x], retain_graph: true, create_graph: true)[0];
        gradient.square().sum().backward();
        // the gradient is linear in w, so its square's derivative at w = 1 is twice the square
        w.grad!.item<float>().ShouldBe(2 * gradient.square().sum().item<float>(), 1e-2f);
    }

    [Fact]
    public void Filtered_resampling_is_SciPys_upfirdn_in_both_axes()
    {
        foreach (var node in Golden["upfirdn"]!.AsArray())
        {
            using var scope = NewDisposeScope();
            using var filter = new FixedFilter((string?)node!["kind"] switch { "up" => Resampling.Double, "down" => Resampling.Halve, "after" => Resampling.AfterDoubling, _ => Resampling.BeforeHalving });
            var (x, y) = (node["x"].Tensor(1, -1), node["y"].Tensor(1, -1)); // of the product of two signals comes the product of the results
            var maps = stack([x.t().matmul(x), 2 * x.t().matmul(x)]).unsqueeze(0);
            Goldens.Difference(filter.Apply(maps), stack([y.t().matmul(y), 2 * y.t().matmul(y)]).unsqueeze(0)).ShouldBeLessThan(1e-6, $"{node["kind"]}");
        }
    }

    [Fact]
    public void The_probability_rises_above_the_target_falls_below_it_and_stays_between_0_and_1()
    {
        var probability = new AdaptiveProbability(new() { Target = .6, Every = 4, Images = 320 });
        Show(1, updates: 4); // 4 updates of 8 images: 32 of 320 images
        probability.Value.ShouldBe(.1, 1e-12);
        Show(1, updates: 3);
        probability.Value.ShouldBe(.1, 1e-12, "the interval is not over");
        var saved = probability.Save();
        Show(1, updates: 1);
        probability.Value.ShouldBe(.2, 1e-12);
        var other = new AdaptiveProbability(new() { Target = .6, Every = 4, Images = 320 });
        other.Restore(saved);
        other.Note(8, 8, 8);
        other.Value.ShouldBe(.2, 1e-12, "what is saved holds the unfinished interval");
        Show(1, updates: 100);
        probability.Value.ShouldBe(1);
        Show(.5, updates: 8);
        probability.Value.ShouldBe(.8, 1e-12);
        Show(-1, updates: 100);
        probability.Value.ShouldBe(0);

        void Show(double sign, int updates)
        {
            for (var i = 0; i < updates; i++)
            {
                probability.Note(8 * sign, 8, 8);
            }
        }
    }

    private static IEnumerable<double> Flat(double[,] matrix) => matrix.Cast<double>();
}
