namespace Odm.Pipeline;

/// <summary>Arms x scores with their 95 % intervals; a line stands at the baseline's mean.</summary>
internal static class ComparisonChart
{
    private sealed record Row(string arm, string metric, double? mean, double? low, double? high, bool baseline);

    /// <summary>Draws a panel for each score.</summary>
    /// <param name="arms">The arms in the study's order.</param>
    /// <param name="baseline">The arm that the others are compared with.</param>
    /// <param name="metrics">The scores.</param>
    /// <param name="summary">Their values.</param>
    public static Chart? Of(IReadOnlyList<string> arms, string baseline, IReadOnlyList<string> metrics, IReadOnlyList<SummaryRow> summary)
    {
        var rows = summary.Where(r => r.Label == "" && metrics.Contains(r.Metric) && arms.Contains(r.Arm))
            .Select(r => new Row(r.Arm, r.Metric, Chart.Short(r.Mean), Chart.Short(r.Low), Chart.Short(r.High), r.Arm == baseline)).ToList();
        if (rows.Count == 0)
        {
            return null;
        }

        var y = new { field = "arm", type = "nominal", sort = arms, title = (string?)null };
        var colour = new { field = "arm", type = "nominal", sort = arms, legend = (object?)null };
        return Chart.Of($"Mean of each arm with its 95 % interval, by score. The dashed line is {baseline}, which the others are compared with.", rows, new
        {
            facet = new { field = "metric", type = "nominal", sort = metrics },
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
                        transform = new[] { new { filter = "datum.baseline" } },
                        mark = new { type = "rule", strokeDash = new[] { 4, 4 }, color = "#8a95a1" },
                        encoding = new { x = new { field = "mean", type = "quantitative" } },
                    },
                    new
                    {
                        transform = new[] { new { filter = "isValid(datum.low) && isValid(datum.high)" } },
                        mark = new { type = "rule", strokeWidth = 2 },
                        encoding = new { y, x = new { field = "low", type = "quantitative", title = (string?)null, scale = new { zero = false }, axis = new { tickCount = 5 } }, x2 = new { field = "high" }, color = colour },
                    },
                    new
                    {
                        mark = new { type = "point", filled = true, size = 70, opacity = 1 },
                        encoding = new
                        {
                            y,
                            x = new { field = "mean", type = "quantitative", title = (string?)null, scale = new { zero = false }, axis = new { tickCount = 5 } },
                            color = colour,
                            tooltip = new[] { "arm", "metric", "mean", "low", "high" }.Select(f => new { field = f }),
                        },
                    },
                },
            },
        });
    }
}
