using Odm.Augment.Diffusion;
using Odm.Augment.Diffusion.Process;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Tests;

public sealed class OrdinalLossTests
{
    private static Tensor Point(float x, float y) => tensor(new[] { x, y }).reshape(1, 2, 1, 1);

    private static float Triangle(Tensor q, OrdinalDistance distance) =>
        OrdinalLoss.Triangle(Point(0, 0), q, Point(1, 0), distance, normalised: false).Values()[0];

    [Fact]
    public void At_the_midpoint_the_squared_form_is_a_quarter_and_the_norm_is_zero()
    {
        using var scope = NewDisposeScope();
        Triangle(Point(.5f, 0), OrdinalDistance.Squared).ShouldBe(.25f, 1e-6f);
        Triangle(Point(.5f, 0), OrdinalDistance.Norm).ShouldBe(0, 1e-6f);
    }

    [Fact]
    public void The_squared_form_is_zero_at_a_right_angle_and_the_norm_on_the_whole_segment()
    {
        using var scope = NewDisposeScope();
        Triangle(Point(.5f, .5f), OrdinalDistance.Squared).ShouldBe(0, 1e-6f); // Pythagoras, not equation 7
        Triangle(Point(.5f, .5f), OrdinalDistance.Norm).ShouldBeGreaterThan(.1f);
        Triangle(Point(.2f, 0), OrdinalDistance.Norm).ShouldBe(0, 1e-6f);
        Triangle(Point(0, 0), OrdinalDistance.Squared).ShouldBe(0, 1e-6f);     // both are zero at the collapsed solution
        Triangle(Point(0, 0), OrdinalDistance.Norm).ShouldBe(0, 1e-6f);
    }

    [Theory] // a perfect noise predictor at 64 x 64 x 3
    [InlineData(OrdinalDistance.Squared, false, 6.06e8)]
    [InlineData(OrdinalDistance.Squared, true, 4.01)]
    [InlineData(OrdinalDistance.Norm, false, 2.46e4)]
    [InlineData(OrdinalDistance.Norm, true, 2.00)]
    public void Under_independent_noise_a_perfect_predictor_has_a_loss_that_nothing_reduces(OrdinalDistance distance, bool normalised, double value)
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var (p, q, r) = (randn(48, 3, 64, 64), randn(48, 3, 64, 64), randn(48, 3, 64, 64));
        var loss = OrdinalLoss.Triangle(p, q, r, distance, normalised).Values().Average();
        (loss / value).ShouldBe(1, 0.02);
    }

    [Theory]
    [InlineData(OrdinalDistance.Squared, false)]
    [InlineData(OrdinalDistance.Squared, true)]
    [InlineData(OrdinalDistance.Norm, false)]
    [InlineData(OrdinalDistance.Norm, true)]
    public void Under_shared_noise_a_perfect_predictor_has_none(OrdinalDistance distance, bool normalised)
    {
        using var scope = NewDisposeScope();
        var noise = randn(4, 3, 64, 64);
        OrdinalLoss.Triangle(noise, noise, noise, distance, normalised).Values().ShouldAllBe(v => v < 1e-9f);
    }

    [Theory]
    [InlineData("triangle_norm_mean", OrdinalDistance.Norm, true)]
    [InlineData("triangle_norm_sum", OrdinalDistance.Norm, false)]
    [InlineData("triangle_squared_mean", OrdinalDistance.Squared, true)]
    [InlineData("triangle_squared_sum", OrdinalDistance.Squared, false)]
    public void Values_and_gradients_of_equation_5_agree_with_PyTorch(string name, OrdinalDistance distance, bool normalised) =>
        Check(name, (p, q, r, _) => OrdinalLoss.Triangle(p, q, r, distance, normalised));

    [Fact]
    public void Values_and_gradients_of_the_projection_agree_with_PyTorch() =>
        Check("projection", (p, q, r, place) => OrdinalLoss.Projection(p, q, r, place, .7));

    [Fact]
    public void The_projection_is_zero_where_the_grade_says_and_only_there()
    {
        using var scope = NewDisposeScope();
        float At(float x, float y) => OrdinalLoss.Projection(Point(0, 0), Point(30 * x, 30 * y), Point(30, 0), tensor(new[] { 1 / 3f }), 1).Values()[0];
        At(1 / 3f, 0).ShouldBe(0, 1e-5f);
        At(.5f, 0).ShouldBe(1 / 36f, 1e-4f);       // in order, at the wrong place
        At(1 / 3f, .1f).ShouldBe(.01f, 1e-4f);     // at the right place, off the line
        At(0, 0).ShouldBe(1 / 9f, 1e-4f);          // collapsed: no refuge, unlike equation 5
    }

    [Fact]
    public void Time_weight_is_t_over_T_in_the_papers_count_from_one()
    {
        var schedule = NoiseSchedule.Linear();
        OrdinalLoss.TimeWeight(OrdinalSchedule.Linear, [999, 999, 999], schedule).ShouldBe(1);
        OrdinalLoss.TimeWeight(OrdinalSchedule.Linear, [0, 0, 0], schedule).ShouldBe(.001, 1e-12);
        OrdinalLoss.TimeWeight(OrdinalSchedule.Linear, [0, 499, 999], schedule).ShouldBe((.001 + .5 + 1) / 3, 1e-12);
        OrdinalLoss.TimeWeight(OrdinalSchedule.Constant, [0, 0, 0], schedule).ShouldBe(1);
        OrdinalLoss.TimeWeight(OrdinalSchedule.HighNoise, [0, 0, 0], schedule).ShouldBe(1e-4, 1e-12); // β_0
    }

    [Fact]
    public void Learned_spacing_starts_even_and_cannot_turn_the_order()
    {
        using var spacing = new GradeSpacing(4, GradeSpacingKind.Learned);
        using var scope = NewDisposeScope();
        spacing.Positions(CPU).Values().Zip([0f, 1, 2, 3], (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan(1e-6f);
        using (no_grad())
        {
            spacing.parameters().Single().copy_(tensor(new[] { -5f, 3f, -1f }));
        }
        var places = spacing.Positions(CPU).Values();
        places.ShouldBe(places.Order());
        places.Distinct().Count().ShouldBe(4);
    }

    private static void Check(string name, Func<Tensor, Tensor, Tensor, Tensor, Tensor> loss)
    {
        using var scope = NewDisposeScope();
        var golden = Goldens.Json("ordinal.json");
        long[] shape = [.. golden["shape"]!.AsArray().Select(x => x!.GetValue<long>())];
        var noises = new[] { "p", "q", "r" }.Select(k => golden[k].Tensor(shape).requires_grad_()).ToArray();
        var value = loss(noises[0], noises[1], noises[2], golden["place"].Tensor(shape[0]));
        value.sum().backward();
        Goldens.Difference(value, golden[name]!["value"].Tensor(shape[0])).ShouldBeLessThan(1e-5);
        for (var i = 0; i < 3; i++)
        {
            Goldens.Difference(noises[i].grad!, golden[name]!["gradients"]![i].Tensor(shape)).ShouldBeLessThan(1e-5);
        }
    }
}
