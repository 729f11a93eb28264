using System.Globalization;
using Odm.Pipeline.Reports.Charts;
using OxyPlot;
using OxyPlot.Annotations;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace Odm.Pipeline.Nightly;

/// <summary>
/// Values over the nights, a panel for each series: the nights before, tonight, their median and the bound of a regression.
/// </summary>
internal static class TrendChart
{
    private const int Shown = 60; // nights
    private const double Height = 190;

    private static readonly OxyColor Bad = OxyColor.Parse("#b3261e");

    /// <summary>The series of an item.</summary>
    public static Chart Of(IReadOnlyList<Judged> judged, NightReport night)
        => new($"Nights on this machine, at most the last {Shown}. The dashed line is the median that tonight is compared with, the dotted "
            + "one the bound beyond which a value is a regression; a regression of tonight is red.", [],
            [.. judged.Select(j => Drawn(j, night))]);

    private static string Drawn(Judged judged, NightReport night)
    {
        List<(string Night, double Value)> points = [.. night.Past.Where(r => r.Series == judged.Row.Series).GroupBy(r => r.Night)
            .Select(g => (g.Key, g.Average(r => r.Value))).TakeLast(Shown - 1), (night.Name, judged.Row.Value)];
        var model = Panel.Of(string.Join(' ', new[] { judged.Row.Arm, judged.Row.Metric }.Where(w => w.Length > 0)));
        var nights = Panel.Values(AxisPosition.Bottom, "night", (-.5, points.Count - .5));
        nights.MinimumMajorStep = 1;
        nights.LabelFormatter = x => Math.Abs(x - Math.Round(x)) < 1e-9 && x >= 0 && x < points.Count
            ? points[(int)Math.Round(x)].Night[5..10] : "";
        model.Axes.Add(nights);
        var lines = Lines(judged);
        model.Axes.Add(Panel.Values(AxisPosition.Left, Unit(judged.Row.Kind),
            Panel.Range(points.Select(p => p.Value).Concat(lines.Select(l => l.At)))));
        foreach (var (at, style) in lines)
        {
            model.Annotations.Add(new LineAnnotation
            {
                Type = LineAnnotationType.Horizontal,
                Y = at,
                LineStyle = style,
                Color = Panel.Line,
                Layer = AnnotationLayer.BelowSeries
            });
        }

        var colour = Chart.Colour(0);
        var line = new LineSeries { Color = colour, StrokeThickness = 1.4, ToolTip = $"{judged.Name}, {points.Count} nights" };
        line.Points.AddRange(points.Select((p, i) => new DataPoint(i, p.Value)));
        model.Series.Add(line);
        for (var i = 0; i < points.Count; i++)
        {
            var tonight = i == points.Count - 1;
            var mark = new ScatterSeries
            {
                MarkerType = MarkerType.Circle,
                MarkerSize = tonight ? 4.5 : 2.5,
                MarkerFill = tonight && judged.Finding == Finding.Regression ? Bad : colour,
                ToolTip = $"{points[i].Night}: {points[i].Value.ToString("G5", CultureInfo.InvariantCulture)}"
                    + (tonight ? $", {NightText.Word(judged.Finding)}" : "")
            };
            mark.Points.Add(new(i, points[i].Value));
            model.Series.Add(mark);
        }

        return SvgContext.Draw(model, Panel.Half, Height + Panel.Frame);
    }

    private static IReadOnlyList<(double At, LineStyle Style)> Lines(Judged judged)
    {
        if (judged.Change is not { } change)
        {
            return judged.Score?.Reference is { } then ? [(then.Mean, LineStyle.Dash)] : [];
        }

        var bound = judged.Row.Kind == ValueKind.Speed ? change.Reference / (1 + change.Limit) : change.Reference * (1 + change.Limit);
        return [(change.Reference, LineStyle.Dash), (bound, LineStyle.Dot)];
    }

    private static string Unit(ValueKind kind) => kind switch
    {
        ValueKind.Score => "mean over the seeds",
        ValueKind.Speed => "images a second",
        ValueKind.Memory => "MB",
        ValueKind.Time => "seconds",
        _ => "GFLOP/s",
    };
}
