using System.Globalization;
using Odm.Classify.Statistics;
using Odm.Pipeline.Reports.Charts;
using Odm.Pipeline.Results;

namespace Odm.Pipeline.Tests;

public sealed class ChartsTests
{
    private static readonly string[] Classes = ["none", "mild", "severe"];
    private static readonly string[] Arms = ["real", "dm"];

    private static SummaryRow Row(string arm, string metric, string label, double mean, double? low, double? high, params double[] seeds)
        => new(arm, metric, label, mean, null, Math.Max(1, seeds.Length), arm == "real" ? "" : "real", null, low, high,
            arm == "real" ? null : new Contrast(arm, metric, label, .1, -.05, .2, "", null, null, null, null))
        { Values = seeds };

    [Fact]
    public void A_comparison_has_a_panel_a_score_with_a_dot_a_whisker_and_rings_for_seeds()
    {
        var figure = SvgFigure.Of(ComparisonChart.Of(Arms, "real", ["mcc", "mae"],
            [Row("real", "mcc", "", .5, .4, .7, .45, .55), Row("dm", "mcc", "", .6, .5, .65, .6, .6), Row("dm", "mae", "", .2, null, null)]));
        figure.Panels.Select(p => p.Attribute("aria-label")!.Value).ShouldBe(["mcc", "mae (less is better)"]);
        figure.Titles.ShouldBe(["real: 0.500 [0.400, 0.700]", "real, seeds: 0.450, 0.550", "dm: 0.600 [0.500, 0.650]", "dm, seeds: 0.600, 0.600", "dm: 0.200"]);
        figure.Marks.Select(m => (m.Elements("polyline").Count(), m.Elements("ellipse").Count())).ShouldBe([(3, 1), (0, 2), (3, 1), (0, 2), (0, 1)]);
        SvgFigure.Texts(figure.Panels[0]).ShouldContain("mean and 95 % interval");
        SvgFigure.Texts(figure.Panels[0]).ShouldContain("real");
    }

    [Fact]
    public void A_whisker_ends_where_the_interval_does_on_the_scale_of_the_dots()
    {
        var marks = SvgFigure.Of(ComparisonChart.Of(Arms, "real", ["mcc"], [Row("real", "mcc", "", .5, .4, .7), Row("dm", "mcc", "", .6, .5, .65)])).Marks;
        var (x5, x6) = (SvgFigure.Number(marks[0].Element("ellipse")!, "cx"), SvgFigure.Number(marks[1].Element("ellipse")!, "cx"));
        SvgFigure.Points(marks[0].Element("polyline")!).Select(p => p.X).ShouldBe([x5 - (x6 - x5), x5 + 2 * (x6 - x5)], tolerance: .05);
    }

    [Fact]
    public void Differences_leave_the_baseline_out_and_show_no_difference_as_a_dashed_line()
    {
        var figure = SvgFigure.Of(ComparisonChart.Differences(Arms, "real", ["mcc", "mae"], [Row("real", "mcc", "", .5, .4, .7), Row("dm", "mcc", "", .6, .5, .65)]));
        figure.Titles.ShouldBe(["dm: 0.100 [-0.050, 0.200]"]);
        figure.Panels.ShouldHaveSingleItem().Elements("polyline").ShouldContain(l => l.Attribute("stroke-dasharray") != null);
        SvgFigure.Texts(figure.Panels[0]).ShouldNotContain("real");
    }

    [Fact]
    public void Bars_are_as_high_as_their_values()
    {
        var figure = SvgFigure.Of(ClassBars.Of(Arms, Classes, [.. Classes.SelectMany((c, i) => Arms.Select(a => Row(a, "f1", c, (i + 1) * .25, .1, .9)))]));
        figure.Titles.Distinct().Count().ShouldBe(6);
        var heights = figure.Marks.SelectMany(m => m.Elements("rect")).Select(r => SvgFigure.Number(r, "height")).ToList();
        heights.Count.ShouldBe(6);
        heights.Select(h => h / heights[0]).ShouldBe([1, 1, 2, 2, 3, 3], tolerance: .01);
        figure.Marks.SelectMany(m => m.Elements("polyline")).Count().ShouldBe(6 * 3);
    }

    [Fact]
    public void Many_bars_are_shared_out_over_panels()
    {
        var classes = Enumerable.Range(0, 40).Select(i => string.Create(CultureInfo.InvariantCulture, $"class {i}")).ToArray();
        var figure = SvgFigure.Of(ClassBars.Of(Arms, classes, [.. classes.Select(c => Row("dm", "f1", c, .5, .4, .6))]));
        figure.Panels.Count.ShouldBe(2);
        figure.Titles.Distinct().Count().ShouldBe(40);
    }

    [Fact]
    public void Curves_have_a_panel_a_measure_and_training_is_dashed()
    {
        CurvePoint[] points = [.. Arms.SelectMany(a => new CurvePoint[] { new(a, "training", "loss", 1, 2), new(a, "training", "loss", 9, 1), new(a, "validation", "loss", 1, 3), new(a, "validation", "loss", 9, 2), new(a, "validation", "accuracy", 9, .5) })];
        var figure = SvgFigure.Of(CurvesChart.Of("c", points, logarithmic: false));
        figure.Titles.ShouldBe(["real, training", "real, validation", "dm, training", "dm, validation", "real, validation", "dm, validation"]);
        figure.Marks.Select(m => m.Element("polyline")?.Attribute("stroke-dasharray") is not null).ShouldBe([true, false, true, false, false, false]);
        figure.Marks.Count(m => m.Element("ellipse") is not null).ShouldBe(2); // a curve of one point is a dot
        SvgFigure.Texts(figure.Panels[0]).ShouldContain("optimiser step");
    }

    [Fact]
    public void A_dose_is_a_dot_with_a_whisker_on_the_line_of_its_series()
    {
        var figure = SvgFigure.Of(DoseResponse.Of("synthetic images", "accuracy", [new("dm", 0, "real", .5, .4, .6), new("dm", 50, "half", .6, .5, .7), new("odm", 50, "other", .4, null, null)]));
        figure.Titles.ShouldBe(["dm", "real, 0 synthetic images: 0.500 [0.400, 0.600]", "half, 50 synthetic images: 0.600 [0.500, 0.700]", "odm", "other, 50 synthetic images: 0.400"]);
        SvgFigure.Points(figure.Marks[0].Element("polyline")!)[1].X.ShouldBe(SvgFigure.Number(figure.Marks[2].Element("ellipse")!, "cx"), .02);
        SvgFigure.Texts(figure.Panels[0]).ShouldContain("number of synthetic images");
    }

    [Fact]
    public void A_confusion_matrix_has_a_cell_a_pair_with_its_count()
    {
        var figure = SvgFigure.Of(ConfusionChart.Of("real, seed 1", Classes, [[7, 1, 0], [2, 1234, 3], [0, 0, 0]]));
        figure.Marks.Select(m => m.Element("text")!.Value).ShouldBe(["7", "1", "0", "2", "1234", "3", "0", "0", "0"]);
        figure.Titles[0].ShouldBe("truth none, prediction none: 7 of 8 (0.875)");
        SvgFigure.Texts(figure.Panels[0]).Where(t => t is "truth" or "prediction" or "real, seed 1").Count().ShouldBe(3);
    }
}
