using System.Diagnostics;
using Odm.Classify.Metrics;
using Odm.Classify.Statistics;

namespace Odm.Classify.Tests;

public sealed class ComparisonTests
{
    private static readonly ComparisonConfig Quick = new() { Replicates = 400, Permutations = 999 };

    [Fact]
    public void Differences_are_the_scores_differences_and_their_intervals_agree_with_SciPys_bca()
    {
        var golden = StatisticsGolden.Root.GetProperty("bca");
        var (first, second) = (Drawn.Of(golden.Ints("truth"), golden.Ints("first"), 4), Drawn.Of(golden.Ints("truth"), golden.Ints("second"), 4));
        var comparison = Drawn.Compare([first], [second], new() { Replicates = 8000, Permutations = 1 });
        foreach (var expected in golden.GetProperty("intervals").EnumerateObject())
        {
            var c = comparison.Contrasts.Single(k => k.Metric == expected.Name && k.Label.Length == 0);
            double Score(Predictions p) => ClassificationMetrics.Score(p, p.Classes, new() { Replicates = 0 }).Single(f => f.Metric == expected.Name && f.Label.Length == 0).Value;
            c.Difference.ShouldBe(Score(first) - Score(second), 1e-12);
            c.Low!.Value.ShouldBe(expected.Value[0].GetDouble(), .007, expected.Name);
            c.High!.Value.ShouldBe(expected.Value[1].GetDouble(), .007, expected.Name);
        }
    }

    [Fact]
    public void A_far_better_arm_is_better_also_where_less_is_better_and_the_other_way_round_worse()
    {
        var (good, bad) = (Drawn.Network(1, 2, 200, 3, 2), Drawn.Network(1, 3, 200, 3, -1));
        Verdicts(Drawn.Compare([good], [bad], Quick)).ShouldAllBe(v => v == Verdict.Better);
        Verdicts(Drawn.Compare([bad], [good], Quick)).ShouldAllBe(v => v == Verdict.Worse);
        Drawn.Compare([good], [bad], Quick).Contrasts.Single(c => c.Metric == "mae").Difference.ShouldBeLessThan(0);

        static IEnumerable<Verdict?> Verdicts(ArmComparison c) => c.Contrasts.Where(k => k.Label.Length == 0).Select(k => k.Verdict);
    }

    [Fact]
    public void An_arm_against_itself_is_not_distinguishable_with_a_p_of_one_and_no_width()
    {
        var same = Drawn.Network(1, 2, 60, 3, .5, probabilities: true);
        var comparison = Drawn.Compare([same, same], [same, same], Quick);
        foreach (var c in comparison.Contrasts.Where(c => c.Label.Length == 0))
        {
            (c.Difference, c.P, c.PHolm, c.Verdict, c.Low, c.High).ShouldBe((0, 1, 1, Verdict.NotDistinguishable, 0, 0), c.Metric);
        }
        (comparison.Images, comparison.Groups, comparison.Seeds, comparison.Tests).ShouldBe((60, 60, 2, 10));
    }

    [Fact]
    public void Copies_of_each_patients_image_add_no_certainty()
    {
        var (a, b) = (Drawn.Network(1, 2, 60, 3, 1), Drawn.Network(1, 3, 60, 3, .2));
        var once = Drawn.Compare([a], [b], Quick).Contrasts;
        var fourfold = Drawn.Compare([Copied(a, 4)], [Copied(b, 4)], Quick).Contrasts;
        foreach (var (one, four) in once.Zip(fourfold))
        {
            four.Difference.ShouldBe(one.Difference, 1e-9, one.Metric);
            four.Low!.Value.ShouldBe(one.Low!.Value, 1e-9, one.Metric);
            (four.P ?? 0).ShouldBe(one.P ?? 0, 1e-12, one.Metric);
        }
    }

    [Fact]
    public void Equal_seeds_give_equal_comparisons()
    {
        var (a, b) = (Drawn.Network(1, 2, 50, 3, .6, probabilities: true), Drawn.Network(1, 3, 50, 3, .5, probabilities: true));
        Drawn.Compare([a], [b], Quick).Contrasts.ShouldBe(Drawn.Compare([a], [b], Quick).Contrasts);
    }

    [Fact]
    public void Values_of_single_classes_have_intervals_but_no_test_and_Holm_counts_the_primary_metrics_arms_and_the_others_tests()
    {
        var arms = Enumerable.Range(0, 3).Select(a => ($"arm{a}", (IReadOnlyList<Predictions>)[Drawn.Network(1, 10 + (ulong)a, 80, 3, .5)])).ToList();
        var comparison = ArmComparison.Of(arms, "arm1", Drawn.Classes(3), Quick);
        comparison.Contrasts.Select(c => c.Arm).Distinct().ShouldBe(["arm0", "arm2"]);
        comparison.Contrasts.Where(c => c.Label.Length > 0).ShouldAllBe(c => c.P == null && c.Verdict == null && c.Test == "" && c.Low != null);
        var tested = comparison.Contrasts.Where(c => c.P is not null).ToList();
        tested.Count.ShouldBe(14);
        (comparison.Primary, comparison.Tests, comparison.PrimaryTests).ShouldBe(("balanced_accuracy", 14, 2));
        var least = tested.Where(c => c.Metric == "balanced_accuracy").MinBy(c => c.P)!;
        least.PHolm!.Value.ShouldBe(Math.Min(1, 2 * least.P!.Value), 1e-12);
        var other = tested.Where(c => c.Metric != "balanced_accuracy").MinBy(c => c.P)!;
        other.PHolm!.Value.ShouldBe(Math.Min(1, 12 * other.P!.Value), 1e-12);
    }

    [Fact]
    public void A_p_of_one_percent_of_the_primary_metric_of_one_arm_is_not_hidden_by_the_other_metrics()
    {
        // one arm alone is right on 12 images, the other on 2: p = .013 by the binomial test, nine times that is .12
        int[] truth = [.. Enumerable.Range(0, 60).Select(i => i % 2)];
        int[] Wrong(Func<int, bool> wrong) => [.. truth.Select((t, i) => wrong(i) ? 1 - t : t)];
        var (first, second) = (Drawn.Of(truth, Wrong(i => i < 2), 2), Drawn.Of(truth, Wrong(i => i is >= 10 and < 22), 2));
        var accuracy = Drawn.Compare([first], [second], Quick with { Primary = "accuracy" }).Contrasts.Single(c => c is { Metric: "accuracy", Label: "" });
        accuracy.P!.Value.ShouldBe(.0129, .0001);
        (accuracy.PHolm, accuracy.Verdict).ShouldBe((accuracy.P, Verdict.Better));
        Drawn.Compare([first], [second], Quick).Contrasts.Single(c => c is { Metric: "accuracy", Label: "" }).PHolm!.Value.ShouldBeGreaterThan(accuracy.P.Value);
    }

    [Fact]
    public void A_primary_metric_that_there_is_not_is_refused_with_those_that_there_are()
    {
        var a = Drawn.Network(1, 2, 20, 3, 1);
        Should.Throw<ArgumentException>(() => Drawn.Compare([a], [a], Quick with { Primary = "dice_hard" })).Message
            .ShouldStartWith("primary metric dice_hard; must be one of balanced_accuracy, accuracy, macro_f1, weighted_f1, mcc, qwk, mae, auc, ece");
    }

    [Fact]
    public void An_arm_that_names_its_own_baseline_is_compared_with_that()
    {
        (string, IReadOnlyList<Predictions>)[] arms = [.. Enumerable.Range(0, 3).Select(a => ($"arm{a}", (IReadOnlyList<Predictions>)[Drawn.Network(1, 10 + (ulong)a, 80, 3, .4 + .2 * a)]))];
        var comparison = ArmComparison.Of(arms, "arm0", Drawn.Classes(3), Quick, a => a == "arm2" ? "arm1" : null);
        double Accuracy(int arm) => arms[arm].Item2[0].Truth.Zip(arms[arm].Item2[0].Predicted).Average(p => p.First == p.Second ? 1.0 : 0);
        double Difference(string arm) => comparison.Contrasts.Single(c => c.Arm == arm && c.Metric == "accuracy").Difference;
        Difference("arm1").ShouldBe(Accuracy(1) - Accuracy(0), 1e-12);
        Difference("arm2").ShouldBe(Accuracy(2) - Accuracy(1), 1e-12);
        Should.Throw<ArgumentException>(() => ArmComparison.Of(arms, "arm0", Drawn.Classes(3), Quick, _ => "arm9")).Message.ShouldContain("arm9 is not one of the arms");
    }

    [Fact]
    public void Masks_are_compared_by_Wilcoxons_test_of_each_groups_mean_Dice_and_whole_pixel_scores_by_permutation()
    {
        MaskPredictions Arm(int extra) => new([.. Enumerable.Range(0, 40).Select(i => new MaskScores($"{i}", $"g{i / 2}", 60 + extra + i % 7, 10, 30 - extra, 900, 60 + extra, 70, 100, 4 - extra * .01 * (i % 5)))]);
        var comparison = ArmComparison.Of([("base", [Arm(0)]), ("arm", [Arm(5)])], "base", config: Quick);
        comparison.Groups.ShouldBe(20);
        var dice = comparison.Contrasts.Single(c => c.Metric == "dice_hard");
        dice.Test.ShouldBe("wilcoxon");
        dice.Verdict.ShouldBe(Verdict.Better);
        var hausdorff = comparison.Contrasts.Single(c => c.Metric == "hd95");
        (hausdorff.Difference < 0, hausdorff.Verdict).ShouldBe((true, Verdict.Better));
        comparison.Contrasts.Single(c => c.Metric == "dice_global").Test.ShouldBe("permutation");
    }

    [Fact]
    public void Arms_on_other_images_or_with_fewer_seeds_are_refused()
    {
        var (a, b) = (Drawn.Network(1, 2, 20, 3, 1), Drawn.Network(1, 3, 21, 3, 1));
        Should.Throw<ArgumentException>(() => Drawn.Compare([a], [b])).Message.ShouldContain("20 images");
        Should.Throw<ArgumentException>(() => Drawn.Compare([a], [a, a])).Message.ShouldContain("1 seeds");
    }

    [Fact]
    [Trait("speed", "slow")]
    public void Four_arms_on_490_images_take_less_than_ten_seconds_and_three_seeds_on_400_less_than_twenty()
    {
        Seconds(490, 1, 2).ShouldBeLessThan(45); // a few on a machine of its own
        Seconds(400, 3, 1).ShouldBeLessThan(60);

        static double Seconds(int images, int seeds, int perGroup)
        {
            var watch = Stopwatch.StartNew();
            ArmComparison.Of([.. Enumerable.Range(0, 4).Select(a => ($"arm{a}", (IReadOnlyList<Predictions>)[.. Enumerable.Range(0, seeds)
                .Select(s => Drawn.Network(1, (ulong)(10 * a + s), images, 5, .5, perGroup: perGroup, probabilities: true))]))], "arm0", Drawn.Classes(5));
            return watch.Elapsed.TotalSeconds;
        }
    }

    private static Predictions Copied(Predictions p, int times)
    {
        int[] from = [.. Enumerable.Range(0, p.Count * times).Select(i => i / times)];
        return Drawn.Of([.. from.Select(i => p.Truth[i])], [.. from.Select(i => p.Predicted[i])], 3, times);
    }
}
