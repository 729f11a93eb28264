using FsCheck;
using FsCheck.Fluent;
using Odm.Augment.Plans;
using Odm.Engine.Runtime;

namespace Odm.Augment.Tests;

public sealed class PlanTests
{
    private static readonly string[] Grades = ["none", "mild", "severe"];

    private static int[] Fill(PlanConfig config, params int[] real) => [.. Plan.From(config, Grades[..real.Length], real).Counts];

    [Fact]
    public void To_largest_makes_all_classes_as_large_as_the_largest() =>
        Fill(new() { ToLargest = true }, 50, 20, 5).ShouldBe([0, 30, 45]);

    [Fact]
    public void A_total_counts_the_real_images_and_leaves_the_largest_class_alone_while_others_are_lower() =>
        Fill(new() { Total = 99 }, 50, 20, 5).ShouldBe([0, 5, 19]); // 24 to add: both up to 24 takes 23, the one left goes to the first on the level

    [Fact]
    public void A_total_above_what_balance_needs_raises_all_classes() => Fill(new() { Total = 180 }, 50, 20, 5).ShouldBe([10, 40, 55]);

    [Fact]
    public void A_total_below_the_real_images_is_the_users_mistake() =>
        Should.Throw<StudyException>(() => Plan.From(new() { Total = 74 }, Grades, [50, 20, 5], "arms.dm.plan"))
            .Message.ShouldBe("arms.dm.plan.total: 74; there are 75 real training images already; must be 75 or more");

    [Fact]
    public void A_balanced_ratio_pours_into_the_rarest_classes() => Fill(new() { Ratio = .4 }, 50, 20, 5).ShouldBe([0, 8, 22]); // 30 to add; level 27 takes 29

    [Fact]
    public void A_proportional_ratio_keeps_the_real_shares_with_the_largest_remainders_first() =>
        Fill(new() { Ratio = .5, Share = PlanShare.Proportional }, 50, 20, 5).ShouldBe([25, 10, 3]); // 38 of 75: 25.33, 10.13, 2.53

    [Fact]
    public void A_number_of_images_is_added_whatever_the_real_ones_and_spread_as_asked()
    {
        Fill(new() { Images = 8, Share = PlanShare.Uniform }, 50, 20, 5).ShouldBe([3, 3, 2]);
        Fill(new() { Images = 8 }, 50, 20, 5).ShouldBe([0, 0, 8]);
        Fill(new() { Images = 15, Share = PlanShare.Proportional }, 50, 20, 5).ShouldBe([10, 4, 1]);
        Fill(new() { Ratio = .4, Share = PlanShare.Uniform }, 50, 20, 5).ShouldBe([10, 10, 10]);
        new PlanConfig { Images = 0 }.Faults("plan").ShouldBe(["plan.images: 0; must be 1 or more"]);
    }

    [Fact]
    public void Counts_are_taken_by_class_name() =>
        Fill(new() { Counts = new Dictionary<string, int>(StringComparer.Ordinal) { ["severe"] = 7, ["none"] = 1 } }, 50, 20, 5).ShouldBe([1, 0, 7]);

    [Fact]
    public void A_class_that_does_not_exist_is_named() =>
        Should.Throw<StudyException>(() => Fill(new() { Counts = new Dictionary<string, int>(StringComparer.Ordinal) { ["grave"] = 7 } }, 50, 20, 5))
            .Message.ShouldBe("plan.counts.grave: no such class; must be one of none, mild, severe");

    [Fact]
    public void Poured_classes_end_on_one_level_and_only_fuller_ones_stand_above_it() => Prop.ForAll(Cases(), c =>
    {
        var (real, amount) = c;
        var added = Plan.From(new() { Total = real.Sum() + amount }, Names(real), real).Counts;
        added.Sum().ShouldBe(amount);
        var filled = real.Zip(added, (r, a) => r + a).ToArray();
        for (var k = 0; k < real.Length; k++)
        {
            (added[k] == 0 || filled[k] <= filled.Min() + 1).ShouldBeTrue();
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Dealt_classes_are_within_one_image_of_their_share() => Prop.ForAll(Cases(), c =>
    {
        var (real, amount) = c;
        var ratio = (double)amount / Math.Max(1, real.Sum());
        var added = Plan.From(new() { Ratio = ratio, Share = PlanShare.Proportional }, Names(real), real).Counts;
        added.Sum().ShouldBe((int)Math.Round(ratio * real.Sum(), MidpointRounding.AwayFromZero));
        for (var k = 0; k < real.Length; k++)
        {
            ((double)added[k]).ShouldBe(real[k] * ratio, 1.5);
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void To_largest_is_the_smallest_plan_that_balances() => Prop.ForAll(Cases(), c =>
    {
        var filled = Plan.From(new() { ToLargest = true }, Names(c.Real), c.Real).Counts.Zip(c.Real, (a, r) => a + r);
        filled.Distinct().ShouldHaveSingleItem().ShouldBe(c.Real.Max());
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_word_to_largest_is_a_plan_and_others_are_not()
    {
        PlanConfig.Parse("to_largest").ToLargest.ShouldBeTrue();
        Should.Throw<FormatException>(() => PlanConfig.Parse("to_smallest")).Message.ShouldContain("to_smallest");
    }

    [Fact]
    public void Every_fault_of_a_plan_names_its_field()
    {
        Faults(new()).ShouldBe(["p: nothing given; wanted is one of to_largest, total, images, ratio, counts, per_image"]);
        Faults(new() { ToLargest = true, Total = 5 }).Single().ShouldStartWith("p: 2 of them given");
        Faults(new() { Total = 0 }).ShouldBe(["p.total: 0; must be 1 or more"]);
        Faults(new() { Ratio = 0 }).ShouldBe(["p.ratio: 0; must be above 0 up to 1000"]);
        Faults(new() { Counts = new Dictionary<string, int>(StringComparer.Ordinal) { ["a"] = -1, ["b"] = 2 } }).ShouldBe(["p.counts.a: -1; must be 0 or more"]);
        Faults(new() { ToLargest = true }).ShouldBeEmpty();

        static string[] Faults(PlanConfig config) => [.. config.Faults("p")];
    }

    private static Arbitrary<(int[] Real, int Amount)> Cases() => (
        from counts in Gen.Choose(0, 60).NonEmptyListOf()
        from amount in Gen.Choose(0, 200)
        select (counts.Append(1).ToArray(), amount)).ToArbitrary();

    private static string[] Names(int[] counts) => [.. counts.Select((_, k) => $"class {k}")];
}
