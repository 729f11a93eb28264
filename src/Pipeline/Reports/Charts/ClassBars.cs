namespace Odm.Pipeline;

/// <summary>A score by class: a bar an arm with its 95 % interval.</summary>
internal static class ClassBars
{
    private sealed record Row(string label, string arm, double? mean, double? low, double? high);

    /// <summary>Draws the classes' F1 side by side; null where no class has one.</summary>
    public static Chart? Of(IReadOnlyList<string> arms, IReadOnlyList<string> classes, IReadOnlyList<SummaryRow> summary, string metric = "f1")
    {
        var rows = summary.Where(r => r.Metric == metric && r.Label != "" && arms.Contains(r.Arm))
            .Select(r => new Row(r.Label, r.Arm, Chart.Short(r.Mean), Chart.Short(r.Low), Chart.Short(r.High))).ToList();
        if (rows.Count == 0)
        {
            return null;
        }

        var x = new { field = "label", type = "nominal", sort = classes, title = "class", axis = new { labelAngle = classes.Any(c => c.Length > 12) ? -35 : 0 } };
        var xOffset = new { field = "arm", type = "nominal", sort = arms };
        return Chart.Of("F1 of each class by arm, with 95 % intervals.", rows, new
        {
            width = new { step = Math.Max(7, 18 - arms.Count) },
            height = 240,
            layer = new object[]
            {
                new
                {
                    mark = new { type = "bar", opacity = .85 },
                    encoding = new
                    {
                        x,
                        xOffset,
                        y = new { field = "mean", type = "quantitative", title = "F1", scale = new { domainMin = 0, domainMax = 1 } },
                        color = new { field = "arm", type = "nominal", sort = arms, title = (string?)null },
                        tooltip = new[] { "arm", "label", "mean", "low", "high" }.Select(f => new { field = f }),
                    },
                },
                new
                {
                    transform = new[] { new { filter = "isValid(datum.low) && isValid(datum.high)" } },
                    mark = new { type = "rule", color = "#1d2733", strokeWidth = 1.2 },
                    encoding = new { x, xOffset, y = new { field = "low", type = "quantitative" }, y2 = new { field = "high" } },
                },
            },
        });
    }
}
