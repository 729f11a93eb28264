using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace Odm.Pipeline.Reports.Charts;

/// <summary>A point of a curve that a training left.</summary>
/// <param name="Series">Whose training: an arm, a generator.</param>
/// <param name="Side">Training or validation.</param>
/// <param name="Measure">Loss, accuracy, ...</param>
/// <param name="Step">Optimiser step.</param>
/// <param name="Value">Its value; a mean where points were joined.</param>
internal sealed record CurvePoint(string Series, string Side, string Measure, long Step, double Value);

/// <summary>
/// Curves of trainings: a panel for each measure, a colour for each series, validation drawn through and training dashed.
/// </summary>
internal static class CurvesChart
{
    private const string Training = "training";

    /// <summary>Draws the curves; null where there are none.</summary>
    /// <param name="description">What they show.</param>
    /// <param name="points">All points.</param>
    /// <param name="logarithmic">Whether the values (all positive) are drawn on a logarithmic axis.</param>
    public static Chart? Of(string description, IReadOnlyList<CurvePoint> points, bool logarithmic)
    {
        var (series, sides, measures) = (Names(p => p.Series), Names(p => p.Side), Names(p => p.Measure));
        return points.Count == 0 ? null
            : new(description, [.. series.Select((s, i) => new LegendEntry(s, Chart.Colour(i), LegendStroke.Line)),
                .. sides.Where(_ => sides.Count > 1).Select(s => new LegendEntry(s, Panel.Ink, s == Training ? LegendStroke.Dashed
                    : LegendStroke.Line))],
                [.. measures.Select(m => Drawn(m, series, sides.Count > 1, [.. points.Where(p => p.Measure == m)], logarithmic))]);

        List<string> Names(Func<CurvePoint, string> of) => [.. points.Select(of).Distinct(StringComparer.Ordinal)];
    }

    private static string Drawn(string measure, List<string> series, bool sides, IReadOnlyList<CurvePoint> points, bool logarithmic)
    {
        var model = Panel.Of(measure);
        var step = Panel.Values(AxisPosition.Bottom, "optimiser step", (0, 1.02 * points.Max(p => p.Step)));
        step.MinimumMajorStep = 1;
        model.Axes.Add(step);
        model.Axes.Add(logarithmic ? Panel.Logarithmic(AxisPosition.Left, measure,
            (points.Min(p => p.Value) / 1.15, points.Max(p => p.Value) * 1.15))
            : Panel.Values(AxisPosition.Left, measure, Panel.Range(points.Select(p => p.Value))));
        foreach (var curve in points.GroupBy(p => (p.Series, p.Side)))
        {
            var colour = Chart.Colour(series.IndexOf(curve.Key.Series));
            var line = new LineSeries
            {
                Color = colour,
                StrokeThickness = 1.6,
                LineStyle = sides && curve.Key.Side == Training ? LineStyle.Dash : LineStyle.Solid,
                MarkerType = curve.Count() == 1 ? MarkerType.Circle : MarkerType.None, // a line of one point would not be seen
                MarkerFill = colour,
                ToolTip = sides ? $"{curve.Key.Series}, {curve.Key.Side}" : curve.Key.Series,
            };
            line.Points.AddRange(curve.Select(p => new DataPoint(p.Step, p.Value)));
            model.Series.Add(line);
        }

        return SvgContext.Draw(model, Panel.Half, 210 + Panel.Frame);
    }
}
