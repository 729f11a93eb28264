using Odm.Classify.Metrics;
using Odm.Classify.Statistics;
using Odm.Pipeline.Checks;
using Odm.Pipeline.Planning;
using Odm.Pipeline.Reports;
using Odm.Pipeline.Results;

namespace Odm.Pipeline.Tests;

public sealed class NoiseTests : IDisposable
{
    private readonly MiniStudy odm = new();

    public void Dispose() => odm.Dispose();

    [Theory]
    [InlineData(0, .013, .846, true)] // the quickstart's 300 images after 750 steps
    [InlineData(0, .35, .846, true)] // none of seven
    [InlineData(0, .66, .5, false)] // none of two says nothing
    [InlineData(.01, .049, .846, true)]
    [InlineData(.01, .051, .846, false)]
    [InlineData(.38, .44, .846, false)] // faint structure after 1,000 steps
    [InlineData(0, .013, .04, false)] // real images are not like each other either
    [InlineData(0, null, .846, false)]
    public void Images_are_noise_where_none_lies_among_real_ones_though_those_lie_among_each_other(double value, double? high, double floor, bool noise)
        => NoiseFinding.IsNoise(new Fact("image_precision", "", value, 0, high, 300), floor).ShouldBe(noise);

    [Fact]
    public void A_set_that_is_noise_is_named_with_what_was_measured()
        => Found(("", 0, .013, .846), ("3", 0, .05, .9)).ShouldNotBeNull().Sentence("dm").ShouldBe("the images of dm are noise (image_precision 0.000 against real images, which reach 0.846 among themselves)");

    [Fact]
    public void Of_a_set_that_is_noise_in_some_classes_these_are_named_with_the_values_nearest_to_real_ones()
    {
        var found = Found(("", .4, .45, .8), ("0", .7, .8, .9), ("3", 0, .05, .9), ("4", .01, .04, .7)).ShouldNotBeNull();
        found.Classes.ShouldBe(["3", "4"]);
        found.Sentence("dm").ShouldBe("the images of dm of classes 3 and 4 are noise or of another class (image_precision 0.010 against real images of each, which reach 0.700 among themselves)");
        found.Clause.ShouldBe("images of classes 3 and 4 are noise or of another class (precision 0.010 against real images of each)");
        Found(("", .4, .45, .8), ("4", 0, .04, .7)).ShouldNotBeNull().Clause.ShouldBe("images of class 4 are noise or of another class (precision 0.000 against real images of that class)");
    }

    [Fact]
    public void Without_noise_or_without_a_floor_nothing_is_said()
    {
        Found(("", .4, .45, .8), ("3", .2, .3, .9)).ShouldBeNull();
        NoiseFinding.Of([new("image_precision", "", 0, 0, .013, 300)]).ShouldBeNull();
        NoiseFinding.Of([]).ShouldBeNull();
    }

    [Fact]
    public void An_arm_whose_images_are_noise_is_not_called_better_without_saying_so()
    {
        var better = Sentence("dm", Verdict.Better, Whole("dm"));
        better.ShouldEndWith(": better at n = 100 test images and 1 seed, but its images are noise (precision 0.000 against real images): the gain is not one of realistic images.");
        Sentence("dm", Verdict.Better, Partial("dm")).ShouldEndWith(", but its images of class 4 are noise or of another class (precision 0.000 against real images of that class): the gain is not one of realistic images alone.");
        Sentence("dm", Verdict.NotDistinguishable, Whole("dm")).ShouldEndWith(": not distinguishable at n = 100 test images and 1 seed; its images are noise (precision 0.000 against real images).");
    }

    [Fact]
    public void An_arm_without_noise_is_called_better_as_ever_whatever_the_others_are()
    {
        foreach (var arm in new[] { "dm", "copies" })
        {
            Sentence(arm, Verdict.Better, Whole("odm")).ShouldEndWith(": better at n = 100 test images and 1 seed.");
        }

        Sentence("shuffled", Verdict.Better, Whole("dm")).ShouldContain("but its images are noise"); // the same set
    }

    [Theory]
    [InlineData(Verdict.Better, null, "better")]
    [InlineData(Verdict.Better, true, "better, but its images are noise")]
    [InlineData(Verdict.Better, false, "better, but some of its images are noise")]
    [InlineData(Verdict.Worse, true, "worse")]
    public void In_a_table_better_does_not_stand_alone_either(Verdict verdict, bool? whole, string cell)
        => Verdicts.Cell(verdict, whole is { } w ? new ArmNoise("", w) : null).ShouldBe(cell);

    [Fact]
    public void The_first_sentence_of_a_report_names_every_set_that_is_noise()
    {
        var plan = odm.Plan().Plan;
        NoisySets.Opening([]).ShouldBeNull();
        NoisySets.Opening([Noisy(plan, "dm", Whole("dm").Found), Noisy(plan, "odm", Partial("odm").Found)]).ShouldBe(
            "The images of dm are noise (image_precision 0.000 against real images, which reach 0.846 among themselves); "
            + "the images of odm of class 4 are noise or of another class (image_precision 0.000 against real images of that class, which reach 0.800 among themselves): "
            + "no gain of an arm that trains on them is one of realistic images alone.");
    }

    [Fact]
    public void Generators_stand_in_a_table_with_what_real_images_reach()
        => GeneratorTable.Row("dm",
        [
            new("frechet_x", "", 60, null, null, 300), new("frechet_x_infinity", "", 50, null, null, 300), new("floor_frechet_x", "", 24, null, null, 350),
            new("image_precision", "", .38, .33, .44, 300), new("image_precision", "4", 0, 0, .1, 30), new("floor_image_precision", "", .846, null, null, 350),
            new("image_recall", "", .2, .1, .3, 700), new("spearman", "", .9, .8, .95, 300),
        ]).ShouldBe("| dm | 0.380 [0.330, 0.440] / 0.846 | 0.200 [0.100, 0.300] | 2.5 | - | 0.900 [0.800, 0.950] |\n");

    private static NoiseFinding? Found(params (string Class, double Value, double High, double Floor)[] measured)
        => NoiseFinding.Of([.. measured.SelectMany(m => new Fact[] { new("image_precision", m.Class, m.Value, 0, m.High, 300), new("floor_image_precision", m.Class, m.Floor, null, null, 350) })]);

    private static (string Set, NoiseFinding Found) Whole(string set) => (set, Found(("", 0, .013, .846)).ShouldNotBeNull());

    private static (string Set, NoiseFinding Found) Partial(string set) => (set, Found(("", .4, .45, .846), ("4", 0, .04, .8)).ShouldNotBeNull());

    private static NoisySet Noisy(StudyPlan plan, string name, NoiseFinding found) => new(name, plan.Sets.First(s => s.Name == name).Final.Folder, found);

    // an arm that is 0.1 above the real images, with a verdict
    private string Sentence(string arm, Verdict verdict, (string Set, NoiseFinding Found) noise)
    {
        var plan = odm.Plan().Plan;
        var metric = plan.Downstream.Metrics[0];
        Score[] scores = [.. new[] { ("real", .5), (arm, .6) }.Select(a => new Score("phantom", a.Item1, 1, [new Fact(metric, "", a.Item2, null, null, 100)]))];
        var comparison = new ArmComparison { Contrasts = [new(arm, metric, "", .1, .05, .15, "permutation", .001, .01, verdict, null)], Primary = metric, Images = 100, Groups = 100, Seeds = 1 };
        return Sentences.Of(plan, arm, new(scores, comparison, plan.Study.BaselineOf) { Noise = [Noisy(plan, noise.Set, noise.Found)] });
    }
}
