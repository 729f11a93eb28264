using Odm.Augment.Diffusion;
using Odm.Augment.Diffusion.Process;
using Odm.Augment.Diffusion.Training;

namespace Odm.Augment.Tests;

public sealed class BudgetTests
{
    private static readonly DiffusionConfig Narrow = new()
    {
        Network = new() { Channels = 32, Multipliers = [1, 2, 2], Blocks = 1, Patch = 2 },
        Prediction = PredictionKind.X0,
        Batch = 32,
        Steps = 3000,
    };

    [Theory]
    [InlineData(750, 32, true)] // 24,000: measured, precision 0
    [InlineData(937, 32, true)] // 29,984
    [InlineData(938, 32, false)] // 30,016
    [InlineData(1000, 32, false)] // measured, precision .38
    [InlineData(29_999, 1, true)]
    [InlineData(30_000, 1, false)]
    [InlineData(long.MaxValue, 32, false)]
    public void Few_images_seen_are_warned_of(long steps, int batch, bool warned)
        => Budget.Warnings(Narrow with { Steps = steps, Batch = batch }, "generators.dm", 3).Count().ShouldBe(warned ? 1 : 0);

    [Theory]
    [InlineData(624, true)] // 9,984
    [InlineData(625, false)] // 10,000
    [InlineData(750, false)] // measured, precision about .7
    public void Muon_wants_a_third_of_the_images(long steps, bool warned)
        => Budget.Warnings(Narrow with { Optimizer = UpdateRule.Muon, Batch = 16, Steps = steps }, "generators.dm", 3).Count().ShouldBe(warned ? 1 : 0);

    [Fact]
    public void The_warning_names_the_field_the_images_and_steps_that_are_enough()
        => Budget.Warnings(Narrow with { Steps = 900 }, "generators.dm", 3).ShouldBe(
            ["generators.dm.steps is 900, so it sees 28,800 images (steps x batch); below 30,000 images are likely to be noise: take 938 steps or more, three times as many for good images"]);

    [Theory]
    [InlineData(PredictionKind.V, 32, 2, 3, true)] // 12 values: measured, noise after 3,000 steps
    [InlineData(PredictionKind.Eps, 32, 2, 3, true)]
    [InlineData(PredictionKind.X0, 32, 2, 3, false)] // measured, precision .71
    [InlineData(PredictionKind.V, 46, 2, 3, true)]
    [InlineData(PredictionKind.V, 48, 2, 3, false)]
    [InlineData(PredictionKind.V, 8, 1, 3, false)] // nothing is folded
    [InlineData(PredictionKind.V, 14, 2, 1, true)] // grey: 4 values
    [InlineData(PredictionKind.V, 16, 2, 1, false)]
    public void A_network_too_narrow_for_the_noise_of_a_patch_is_warned_of(PredictionKind kind, int width, int patch, int channels, bool warned)
        => Budget.Warnings(Narrow with { Prediction = kind, Network = Narrow.Network with { Channels = width, Patch = patch } }, "g", channels).Count().ShouldBe(warned ? 1 : 0);

    [Fact]
    public void A_generated_mask_is_a_channel_too()
    {
        var wide = Narrow with { Prediction = PredictionKind.V, Network = Narrow.Network with { Channels = 48 } };
        Budget.Warnings(wide, "g", 3).ShouldBeEmpty();
        Budget.Warnings(wide with { Masks = true }, "g", 3).Single().ShouldBe(
            "g.prediction is v, whose noise of 16 values a patch of 2 x 2 pixels hardly passes through g.network.channels: 48: predict x0, or take patch 1, or 64 channels or more");
    }

    [Fact]
    public void What_paints_into_real_images_may_have_seen_few_but_must_carry_its_noise()
    {
        var few = Narrow with { Steps = 100, Masks = true };
        Budget.Warnings(few, "g", 3, whole: false).ShouldBeEmpty();
        Budget.Warnings(few with { Prediction = PredictionKind.Eps }, "g", 3, whole: false).Count().ShouldBe(1);
        Budget.Warnings(few with { Prediction = PredictionKind.Eps }, "g", 3).Count().ShouldBe(2);
    }

    [Fact]
    public void Presets_and_defaults_are_not_warned_of()
    {
        Budget.Warnings(DiffusionConfig.OfPreset("paper")!, "g", 3).ShouldBeEmpty();
        Budget.Warnings(DiffusionConfig.OfPreset("cpu")!, "g", 3, whole: false).ShouldBeEmpty();
        Budget.Warnings(new DiffusionConfig(), "g", 3).ShouldBeEmpty();
    }

    [Fact]
    public void Images_that_are_asked_under_two_further_grades_count_three_times_in_what_a_step_costs()
    {
        DiffusionConfig config = new() { Batch = 30, Ordinal = new() { Triplets = TripletKind.Condition, Share = 1, Weight = 1 } };
        config.EvaluationsOfStep(5).ShouldBe(90);
        (config with { Ordinal = config.Ordinal with { Share = .1 } }).EvaluationsOfStep(5).ShouldBe(36);
        (config with { Ordinal = config.Ordinal with { Weight = 0 } }).EvaluationsOfStep(5).ShouldBe(30);
        config.EvaluationsOfStep(2).ShouldBe(30); // no three grades
        (config with { Ordinal = new() { Triplets = TripletKind.Images } }).EvaluationsOfStep(5).ShouldBe(30);
    }

    [Fact]
    public void A_membership_audit_holds_no_more_images_at_once_than_micro_batch_says()
    {
        DiffusionConfig config = new() { Batch = 32, MicroBatch = 6, Sampler = new() { Batch = 64 } };
        MembershipLosses.PartOf(config).ShouldBe(6);
        MembershipLosses.PartOf(config with { MicroBatch = 0 }).ShouldBe(64);
    }
}
