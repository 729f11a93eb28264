using System.Globalization;
using System.Text;
using Odm.Pipeline.Planning;
using Odm.Pipeline.Reports.Charts;
using Odm.Pipeline.Results;

namespace Odm.Pipeline.Reports.Html;

/// <summary>How generators and arms trained.</summary>
internal static class CurvesSection
{
    /// <summary>The section.</summary>
    public static HtmlSection Of(StudyPlan plan)
    {
        var html = new StringBuilder();
        var (generators, arms) = (CurveFiles.Generators(plan), CurveFiles.Arms(plan));
        if (generators.Count > 0)
        {
            html.Append("<h3>Generators</h3>\n").Append(Ends(generators))
                .Append(Markup.Figure(CurvesChart.Of("Loss of each generator; neighbouring steps are joined to their mean, the axis is "
                    + "logarithmic.", generators, logarithmic: true)));
        }

        html.Append("<h3>Arms</h3>\n").Append(Ends(arms))
            .Append(Markup.Figure(CurvesChart.Of($"Training and validation of each arm"
                + $"{(plan.Study.Seeds.Count > 1 ? ", mean of the seeds" : "")}.", arms, logarithmic: false)));
        return new("Training curves", html.ToString());
    }

    // the numbers at the curves' ends
    private static string Ends(IReadOnlyList<CurvePoint> points)
    {
        var columns = points.Select(p => (p.Side, p.Measure)).Distinct().ToList();
        return Markup.Table("first and last values",
            ["", "last step", .. columns.Select(c => columns.All(o => o.Side == c.Side) ? c.Measure : $"{c.Side} {c.Measure}")],
            points.GroupBy(p => p.Series).Select(s => (string[])[s.Key, ChartText.Count(s.Max(p => p.Step)),
                .. columns.Select(c => FromTo([.. s.Where(p => p.Side == c.Side && p.Measure == c.Measure)]))]));
    }

    private static string FromTo(IReadOnlyList<CurvePoint> curve)
        => curve.Count == 0 ? "-" : $"{Cells.Number(curve[0].Value)} to {Cells.Number(curve[^1].Value)}";
}
