using System.Diagnostics;
using Odm.Classify.Metrics;
using Odm.Engine.Runtime;

namespace Odm.Classify.Tests;

public sealed class BootstrapTests
{
    [Fact]
    public void Whole_groups_are_drawn_so_copies_of_an_image_add_no_certainty()
    {
        var single = Drawn(images: 60, copies: 1);
        var copied = Drawn(images: 60, copies: 5);

        foreach (var fact in ClassificationMetrics.Score(copied, copied.Classes).Where(f => f.Label.Length == 0))
        {
            var alone = ClassificationMetrics.Score(single, single.Classes).Single(f => f.Label.Length == 0 && f.Metric == fact.Metric);
            fact.Value.ShouldBe(alone.Value, 1e-9, fact.Metric);
            fact.Low!.Value.ShouldBe(alone.Low!.Value, 1e-9, fact.Metric);
            fact.High!.Value.ShouldBe(alone.High!.Value, 1e-9, fact.Metric);
        }
    }

    // resampled images scatter more in their bins, so the replicates of a small calibration error lie above it
    [Fact]
    public void The_interval_of_a_calibration_error_lies_about_its_value()
    {
        var (rng, n) = (Rng.For(1, "calibrated"), 400);
        var (truth, predicted, sure) = (new int[n], new int[n], new double[n, 2]);
        for (var i = 0; i < n; i++)
        {
            var confidence = rng.Uniform(.5, 1);
            (sure[i, 0], sure[i, 1]) = (confidence, 1 - confidence);
            truth[i] = rng.NextBool(confidence) ? 0 : 1;
        }
        var p = Tests.Drawn.Of(truth, predicted, 2, 1, sure);
        var ece = ClassificationMetrics.Score(p, p.Classes).Single(f => f.Metric == "ece");
        ((ece.Value - ece.Low!.Value) / (ece.High!.Value - ece.Low.Value)).ShouldBeInRange(.35, .65); // about its middle
    }

    [Fact]
    public void Equal_seeds_give_equal_intervals_and_others_do_not()
    {
        var p = Drawn(50, 1);
        var first = ClassificationMetrics.Score(p, p.Classes, new BootstrapConfig { Seed = 1 });
        ClassificationMetrics.Score(p, p.Classes, new BootstrapConfig { Seed = 1 }).ShouldBe(first);
        ClassificationMetrics.Score(p, p.Classes, new BootstrapConfig { Seed = 2 }).ShouldNotBe(first);
    }

    [Fact]
    public void One_group_alone_has_no_interval()
    {
        var p = Drawn(1, 6);
        ClassificationMetrics.Score(p, p.Classes).ShouldAllBe(f => f.Low == null && f.High == null);
    }

    // 4,000 images in folders of their classes: of one class nine in ten are right, of the other one in ten
    [Fact]
    public void The_jackknife_above_a_thousand_groups_does_not_depend_on_the_order_of_the_files()
    {
        const int Images = 4000;
        double[] right = [.. Enumerable.Range(0, Images).Select(i => (i < Images / 2) == (i % 10 != 0) ? 1.0 : 0)];
        var left = Bootstrap.Jackknife(Images, times => [right.Zip(times, (r, t) => r * t).Sum() / times.Sum()], seed: 1);
        left.Length.ShouldBe(1000);
        var mean = left.Average(l => l[0]);
        var variance = 999 / 1000.0 * left.Sum(l => (l[0] - mean) * (l[0] - mean));
        (variance * Images).ShouldBe(.25, .03); // of a share of one half; blocks of neighbours gave more than twice that
    }

    [Fact]
    public void The_interval_holds_the_truth_about_as_often_as_it_says()
    {
        var covered = 0;
        for (var trial = 0; trial < 200; trial++)
        {
            var rng = Rng.For(5, "coverage", trial);
            var hits = Enumerable.Range(0, 60).Select(_ => rng.NextBool(.7) ? 1.0 : 0.0).ToArray();
            var interval = Bootstrap.Intervals(60, times => [hits.Zip(times, (h, t) => h * t).Sum() / 60], new BootstrapConfig { Replicates = 300, Seed = (ulong)trial })[0];
            covered += interval!.Value.Low <= .7 && .7 <= interval.Value.High ? 1 : 0;
        }
        covered.ShouldBeInRange(178, 198); // 95 % of 200, less a little: percentile intervals are a bit narrow at n = 60
    }

    [Fact]
    [Trait("speed", "slow")]
    public void Four_hundred_images_take_under_a_second()
    {
        var p = Drawn(400, 1);
        ClassificationMetrics.Score(p, p.Classes, new BootstrapConfig { Replicates = 10 });
        var fastest = Enumerable.Range(0, 5).Min(_ => // whatever else the machine does
        {
            var watch = Stopwatch.StartNew();
            ClassificationMetrics.Score(p, p.Classes);
            return watch.Elapsed.TotalSeconds;
        });
        fastest.ShouldBeLessThan(1);
    }

    private static Predictions Drawn(int images, int copies)
    {
        var n = images * copies;
        var table = new double[n, 5];
        int[] truth = new int[n], predicted = new int[n];
        for (var i = 0; i < n; i++)
        {
            var rng = Rng.For(11, "image", i / copies);
            truth[i] = rng.NextInt(5);
            for (var k = 0; k < 5; k++)
            {
                table[i, k] = rng.NextDouble() + (k == truth[i] ? .3 : 0);
            }
            var sum = Enumerable.Range(0, 5).Sum(k => table[i, k]);
            for (var k = 0; k < 5; k++)
            {
                table[i, k] /= sum;
                predicted[i] = table[i, k] > table[i, predicted[i]] ? k : predicted[i];
            }
        }
        return new Predictions
        {
            Ids = [.. Enumerable.Range(0, n).Select(i => $"{i}")],
            Groups = [.. Enumerable.Range(0, n).Select(i => $"g{i / copies}")],
            Classes = ["0", "1", "2", "3", "4"],
            Truth = truth,
            Predicted = predicted,
            Probabilities = table,
        };
    }
}
