using Odm.Augment.Plans;
using Odm.Classify.Classification;
using Odm.Classify.Statistics;
using Odm.Data.Images;
using Odm.Pipeline.Configuration;
using Odm.Pipeline.Downstream;
using Odm.Pipeline.Planning;
using Odm.Pipeline.Reports;
using Odm.Pipeline.Results;
using Odm.Pipeline.Sets;
using Odm.Pipeline.Stages;

namespace Odm.Pipeline.Tests;

public sealed class ControlsTests
{
    private static readonly ImageSet Real = Drawn(label: [0, 0, 0, 0, 1, 1, 2]);

    [Fact]
    public void Copies_fill_the_plan_with_each_image_as_often_as_the_next()
    {
        var copies = Controls.Copies(Real, Fit(new ArmConfig { Copies = true, Plan = new PlanConfig { Counts = new Dictionary<string, int> { ["b"] = 5, ["c"] = 3 } } }));
        copies.ClassCounts().ShouldBe([0, 5, 3]);
        var often = Enumerable.Range(0, copies.Count).GroupBy(i => copies.Image(i)[0]).ToDictionary(g => (int)g.Key, g => g.Count());
        often.Keys.Order().ShouldBe([4, 5, 6]);
        (often[4] + often[5], Math.Abs(often[4] - often[5]), often[6]).ShouldBe((5, 1, 3));
        copies.Rows.Select(r => r.Id).Distinct().Count().ShouldBe(8);
    }

    [Fact]
    public void Without_a_plan_copies_fill_up_to_the_largest_class()
        => Controls.Copies(Real, Fit(new ArmConfig { Copies = true })).ClassCounts().ShouldBe([0, 2, 3]);

    [Fact]
    public void Copies_per_image_take_the_images_that_painted_ones_would_be_added_for()
    {
        var arm = new ArmConfig { Copies = true, Plan = new PlanConfig { PerImage = 2, Probability = .5 } };
        var copies = Controls.Copies(Real, Fit(arm));
        var chosen = Enumerable.Range(0, Real.Count).Where(i => Controls.Chosen(Fit(arm), Real.Rows[i].Id, .5)).ToArray();
        Enumerable.Range(0, copies.Count).Select(i => (int)copies.Image(i)[0]).ShouldBe([.. chosen, .. chosen]);
        arm.AddedImages(Real, "plan").ShouldBe(7);
    }

    [Fact]
    public void Shuffled_labels_keep_their_counts_and_their_images_and_follow_the_seed()
    {
        var set = Drawn([.. Enumerable.Range(0, 60).Select(i => i % 3)]);
        var shuffled = Controls.Shuffled(set, 1);
        shuffled.ClassCounts().ShouldBe(set.ClassCounts());
        Enumerable.Range(0, 60).Select(i => (int)shuffled.Image(i)[0]).ShouldBe(Enumerable.Range(0, 60));
        Labels(shuffled).ShouldNotBe(Labels(set));
        Labels(shuffled).ShouldBe(Labels(Controls.Shuffled(set, 1)));
        Labels(shuffled).ShouldNotBe(Labels(Controls.Shuffled(set, 2)));

        static int[] Labels(ImageSet s) => [.. s.Rows.Select(r => r.Label)];
    }

    [Fact]
    public void What_a_test_side_can_show_is_said_before_the_start_with_its_assumptions()
    {
        // by hand for 7 images: even 30 % of discordant images are too few
        var sentence = Resolution.Sentences(new Classification(new ClassifierConfig { Recipe = "cpu" }, 1), Real).Single();
        sentence.ShouldBe("on 7 test images one paired two-sided test at .05 finds with 80 % power a difference of balanced accuracy from none where one arm alone is right on a share of images of 0.1, none at 0.2, none at 0.3; seeds and the correction for several arms ask for more.");
        var large = Drawn([.. Enumerable.Repeat(0, 200)], perGroup: 2);
        Resolution.Sentences(new Classification(new ClassifierConfig { Recipe = "cpu" }, 1), large).Single().ShouldContain($"from {Cells.Number(DetectableDifference.OfShare(200, .1)!.Value)} ({Cells.Number(DetectableDifference.OfShare(100, .1)!.Value)}) where");
        // by hand: the mean of two classes of 150 and 50 images is known as well as a mean of 4 / (1/150 + 1/50) = 150
        var uneven = Drawn([.. Enumerable.Repeat(0, 150), .. Enumerable.Repeat(1, 50)]);
        Resolution.Sentences(new Classification(new ClassifierConfig { Recipe = "cpu" }, 1), uneven).Single().ShouldContain($"balanced accuracy from {Cells.Number(DetectableDifference.OfShare(150, .1)!.Value)} where");
        Resolution.Sentences(new Classification(new ClassifierConfig { Recipe = "cpu" }, 1, "qwk"), uneven).Single()
            .ShouldSatisfyAllConditions(s => s.ShouldContain($"accuracy from {Cells.Number(DetectableDifference.OfShare(200, .1)!.Value)} where"), s => s.ShouldEndWith(" (of QWK, the primary metric, nothing is known before the start)."));
    }

    private static PlannedFit Fit(ArmConfig arm) => new("copies", 7, arm, null!, [], null!, null!);

    // image i has pixels of value i
    private static ImageSet Drawn(int[] label, int perGroup = 0) => ImageSet.FromPixels(
        [.. label.SelectMany((_, i) => Enumerable.Repeat((byte)i, 3 * 4))], 3, 2, 2,
        [.. label.Select((k, i) => new ImageRow { Id = $"r{i}", Label = k, Group = perGroup == 0 ? "" : $"g{i / perGroup}" })], ["a", "b", "c"]);
}
