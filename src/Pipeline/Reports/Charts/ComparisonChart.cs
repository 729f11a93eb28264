using System.Globalization;
using Odm.Classify.Statistics;
using Odm.Pipeline.Results;
using OxyPlot;
using OxyPlot.Annotations;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace Odm.Pipeline.Reports.Charts;

/// <summary>Arms x scores with their 95 % intervals, a panel for each score: the values, and their differences from the baseline.</summary>
internal static class ComparisonChart
{
    private sealed record Row(string Arm, string Metric, double Mean, double? Low, double? High, IReadOnlyList<double> Seeds);

    /// <summary>The arms' values with their seeds; a dashed line stands at the baseline's mean. Null where there are none.</summary>
    /// <param name="arms">The arms in the study's order.</param>
    /// <param name="baseline">The arm that the others are compared with.</param>
    /// <param name="metrics">The scores.</param>
    /// <param name="summary">Their values.</param>
    public static Chart? Of(string[] arms, string baseline, IReadOnlyList<string> metrics, IReadOnlyList<SummaryRow> summary)
    {
        List<Row> rows = [.. Shown(arms, metrics, summary)
            .Select(r => new Row(r.Arm, r.Metric, r.Mean, r.Low, r.High, r.Values.Count > 1 ? r.Values : []))];
        var seeds = rows.Any(r => r.Seeds.Count > 1) ? " Rings are the single seeds." : "";
        return Panels($"Mean of each arm with its 95 % interval, by score. The dashed line is {baseline}, which the others are compared "
            + $"with.{seeds}", "mean and 95 % interval", arms, metrics, rows,
            metric => rows.FirstOrDefault(r => r.Arm == baseline && r.Metric == metric)?.Mean);
    }

    /// <summary>The arms' differences from the baseline; a dashed line stands at none. Null where there are none.</summary>
    public static Chart? Differences(string[] arms, string baseline, IReadOnlyList<string> metrics, IReadOnlyList<SummaryRow> summary)
    {
        string[] others = [.. summary.Where(r => r.Baseline != "" && r.Baseline != baseline).Select(r => $"{r.Arm} from {r.Baseline}")
            .Distinct(StringComparer.Ordinal)];
        var exceptions = others.Length == 0 ? "" : $" ({string.Join(", ", others)})";
        return Panels($"Difference of each arm from {baseline}{exceptions} with its 95 % interval, by score. The dashed line is no "
            + $"difference.", "difference and 95 % interval", arms, metrics,
            [.. Shown(arms, metrics, summary).Where(r => r.Contrast is not null)
                .Select(r => new Row(r.Arm, r.Metric, r.Contrast!.Difference, r.Contrast.Low, r.Contrast.High, []))], _ => 0);
    }

    private static IEnumerable<SummaryRow> Shown(string[] arms, IReadOnlyList<string> metrics, IReadOnlyList<SummaryRow> summary)
        => summary.Where(r => r.Label == "" && metrics.Contains(r.Metric) && arms.Contains(r.Arm));

    private static Chart? Panels(string description, string axis, string[] arms, IReadOnlyList<string> metrics, IReadOnlyList<Row> rows,
        Func<string, double?> reference)
    {
        string[] shown = [.. arms.Where(a => rows.Any(r => r.Arm == a))];
        return rows.Count == 0 ? null
            : new(description, [], [.. metrics.Where(m => rows.Any(r => r.Metric == m))
                .Select(m => Drawn(m, axis, arms, shown, [.. rows.Where(r => r.Metric == m)], reference(m)))]);
    }

    private static string Drawn(string metric, string axis, string[] all, string[] arms, IReadOnlyList<Row> rows, double? reference)
    {
        var model = Panel.Of(metric + (Contrast.LowerIsBetter(metric) ? " (less is better)" : ""));
        model.Axes.Add(Panel.Names(AxisPosition.Left, null, arms));
        var values = rows.SelectMany(r => new[] { r.Mean, r.Low, r.High, reference }.OfType<double>().Concat(r.Seeds));
        model.Axes.Add(Panel.Values(AxisPosition.Bottom, axis + (metric == "hd95" ? ", pixels" : ""), Panel.Range(values)));
        if (reference is { } x)
        {
            model.Annotations.Add(new LineAnnotation
            {
                Type = LineAnnotationType.Vertical,
                X = x,
                LineStyle = LineStyle.Dash,
                Color = Panel.Line,
                Layer = AnnotationLayer.BelowSeries
            });
        }

        foreach (var row in rows)
        {
            var (place, colour) = (Array.IndexOf(arms, row.Arm), Chart.Colour(Array.IndexOf(all, row.Arm)));
            model.Series.Add(new IntervalSeries(true, place, row.Mean, row.Low, row.High)
            {
                Color = colour,
                ToolTip = $"{row.Arm}: {Cells.Value(row.Mean, row.Low, row.High)}"
            });
            if (row.Seeds.Count > 0)
            {
                var seeds = new ScatterSeries
                {
                    MarkerType = MarkerType.Circle,
                    MarkerSize = 3,
                    MarkerFill = OxyColors.Transparent,
                    MarkerStroke = Panel.Ink,
                    MarkerStrokeThickness = 1,
                    ToolTip = $"{row.Arm}, seeds: {string.Join(", ", row.Seeds.Select(Cells.Number))}"
                };
                seeds.Points.AddRange(row.Seeds.Select(v => new ScatterPoint(v, place + .3)));
                model.Series.Add(seeds);
            }
        }

        return SvgContext.Draw(model, Panel.Half, Panel.Frame + 28 * arms.Length);
    }
}
