using System.Globalization;
using Odm.Pipeline.Reports.Charts;
using Odm.Pipeline.Reports.Html;
using Odm.Pipeline.Results;

namespace Odm.Pipeline.Tests;

public sealed class SvgTests
{
    private static readonly string[] Names = [.. Enumerable.Range(0, 9).Select(i => string.Create(CultureInfo.InvariantCulture, $"an arm or a class with a long name, {i}"))];

    private static SummaryRow Row(string arm, string label, double mean) => new(arm, "f1", label, mean, null, 1, "", null, .9 * mean, 1.1 * mean);

    private static Chart[] All(params string[] names) =>
    [
        ComparisonChart.Of(names, names[0], ["f1"], [.. names.Select((a, i) => Row(a, "", .1 + .01 * i))])!,
        ClassBars.Of(names, names, [.. names.SelectMany(a => names.Select((c, i) => Row(a, c, .1 * i)))])!,
        CurvesChart.Of("", [.. names.SelectMany((a, i) => new[] { 1, 20_000 }.Select(s => new CurvePoint(a, "training", "loss", s, .02 + .1 * i)))], logarithmic: true)!,
        CurvesChart.Of("", [.. names.SelectMany((a, i) => new[] { 1, 20_000 }.Select(s => new CurvePoint(a, "training", "loss", s, .8321 + .00001 * i)))], logarithmic: false)!,
        DoseResponse.Of("images", "balanced accuracy", [.. names.Select((a, i) => new Dose("dm", 1000 * i, a, .1 * i, .1 * i - .1, .1 * i + .1))]),
        ConfusionChart.Of(names[0], names, [.. names.Select((_, i) => names.Select((_, j) => (long)(i * j * 100)).ToList())]),
    ];

    [Theory]
    [InlineData("real", "traditional", "dm")]
    [InlineData("0", "1")]
    [InlineData("only")]
    [InlineData(null)]
    public void No_text_lies_on_another_or_leaves_its_panel(params string[]? names)
    {
        foreach (var panel in All(names ?? Names).SelectMany(c => SvgFigure.Of(c).Panels))
        {
            var size = panel.Attribute("viewBox")!.Value.Split(' ').Select(v => double.Parse(v, CultureInfo.InvariantCulture)).ToArray();
            var boxes = SvgFigure.Boxes(panel);
            boxes.Where(b => b.Corners.Any(c => c.X < 0 || c.Y < 0 || c.X > size[2] || c.Y > size[3])).Select(b => b.Text).ShouldBeEmpty();
            boxes.SelectMany((a, i) => boxes.Skip(i + 1).Where(b => SvgFigure.Overlap(a.Corners, b.Corners)).Select(b => $"{a.Text} | {b.Text}")).ShouldBeEmpty();
        }
    }

    [Fact]
    public void Equal_input_gives_equal_bytes_in_every_culture()
    {
        var before = CultureInfo.CurrentCulture;
        var comma = (CultureInfo)before.Clone();
        comma.NumberFormat.NumberDecimalSeparator = ",";
        comma.NumberFormat.NegativeSign = "~";
        var text = Text();
        try
        {
            CultureInfo.CurrentCulture = comma;
            Text().ShouldBe(text);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }

        static string Text() => string.Concat(All("real", "dm").Select(Markup.Figure));
    }

    [Fact]
    public void An_svg_scales_with_the_page_and_names_nothing_that_another_could_name()
    {
        foreach (var panel in All("real", "dm").SelectMany(c => c.Panels))
        {
            panel.ShouldMatch("^<svg class=\"panel( whole)?\" viewBox=\"0 0 [0-9]+ [0-9]+\" style=\"max-width:[0-9]+px\" ");
            panel.ShouldNotContain(" id=");
            panel.ShouldNotContain("url(");
            panel.ShouldNotContain("NaN");
        }
    }

    [Fact]
    public void A_name_with_signs_that_no_font_table_has_is_drawn_all_the_same()
        => SvgFigure.Texts(SvgFigure.Of(All("糖尿病", "<b> & 'c'")[0]).Panels[0]).ShouldContain("<b> & 'c'");
}
