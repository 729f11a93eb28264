using Odm.Classify;

namespace Odm.Pipeline;

/// <summary>Arms x scores with their 95 % intervals, a panel for each score: the values, and their differences from the baseline.</summary>
internal static class ComparisonChart
{
    private sealed record Row(string arm, string metric, double? mean, double? low, double? high, double? reference);

    /// <summary>The arms' values; a dashed line stands at the baseline's mean. Null where there are none.</summary>
    /// <param name="arms">The arms in the study's order.</param>
    /// <param name="baseline">The arm that the others are compared with.</param>
    /// <param name="metrics">The scores.</param>
    /// <param name="summary">Their values.</param>
    public static Chart? Of(IReadOnlyList<string> arms, string baseline, IReadOnlyList<string> metrics, IReadOnlyList<SummaryRow> summary)
        => Panels($"Mean of each arm with its 95 % interval, by score. The dashed line is {baseline}, which the others are compared with.", arms, metrics,
            [.. Shown(arms, metrics, summary).Select(r => new Row(r.Arm, Title(r.Metric), Chart.Short(r.Mean), Chart.Short(r.Low), Chart.Short(r.High), r.Arm == baseline ? Chart.Short(r.Mean) : null))]);

    /// <summary>The arms' differences from the baseline; a dashed line stands at none. Null where there are none.</summary>
    public static Chart? Differences(IReadOnlyList<string> arms, string baseline, IReadOnlyList<string> metrics, IReadOnlyList<SummaryRow> summary)
    {
        string[] others = [.. summary.Where(r => r.Baseline != "" && r.Baseline != baseline).Select(r => $"{r.Arm} from {r.Baseline}").Distinct(StringComparer.Ordinal)];
        var exceptions = others.Length == 0 ? "" : $" ({string.Join(", ", others)})";
        return Panels($"Difference of each arm from {baseline}{exceptions} with its 95 % interval, by score. The dashed line is no difference.", [.. arms.Where(a => a != baseline)], metrics,
            [.. Shown(arms, metrics, summary).Where(r => r.Contrast is not null).Select(r => new Row(r.Arm, Title(r.Metric), Chart.Short(r.Contrast!.Difference), Chart.Short(r.Contrast.Low), Chart.Short(r.Contrast.High), 0))]);
    }

    private static IEnumerable<SummaryRow> Shown(IReadOnlyList<string> arms, IReadOnlyList<string> metrics, IReadOnlyList<SummaryRow> summary)
        => summary.Where(r => r.Label == "" && metrics.Contains(r.Metric) && arms.Contains(r.Arm));

    private static string Title(string metric) => metric + (Contrast.LowerIsBetter(metric) ? " (less is better)" : "");

    private static Chart? Panels(string description, IReadOnlyList<string> arms, IReadOnlyList<string> metrics, IReadOnlyList<Row> rows)
    {
        if (rows.Count == 0)
        {
            return null;
        }

        var y = new { field = "arm", type = "nominal", sort = arms, title = (string?)null };
        var color = new { field = "arm", type = "nominal", sort = arms, legend = (object?)null };
        var scale = new { zero = false };
        var axis = new { tickCount = 5 };
        return Chart.Of(description, rows, new
        {
            facet = new { field = "metric", type = "nominal", sort = metrics.Select(Title) },
            columns = 2,
            resolve = new { scale = new { x = "independent" } },
            spec = new
            {
                width = 300,
                height = new { step = 26 },
                layer = new object[]
                {
                    new
                    {
                        mark = new { type = "rule", strokeDash = new[] { 4, 4 }, color = "#8a95a1" },
                        encoding = new { x = new { field = "reference", aggregate = "max", type = "quantitative", title = (string?)null } },
                    },
                    new
                    {
                        transform = new[] { new { filter = "isValid(datum.low) && isValid(datum.high)" } },
                        mark = new { type = "rule", strokeWidth = 2 },
                        encoding = new { y, x = new { field = "low", type = "quantitative", title = (string?)null, scale, axis }, x2 = new { field = "high" }, color },
                    },
                    new
                    {
                        mark = new { type = "point", filled = true, size = 70, opacity = 1 },
                        encoding = new
                        {
                            y,
                            x = new { field = "mean", type = "quantitative", title = (string?)null, scale, axis },
                            color,
                            tooltip = new[] { "arm", "metric", "mean", "low", "high" }.Select(f => new { field = f }),
                        },
                    },
                },
            },
        });
    }
}
