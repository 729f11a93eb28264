namespace Odm.Pipeline;

/// <summary>A confusion matrix: counts in cells shaded by their share of the true class.</summary>
internal static class ConfusionChart
{
    private sealed record Cell(string truth, string prediction, long count, double? share);

    /// <summary>Draws counts[truth][prediction].</summary>
    public static Chart Of(string title, IReadOnlyList<string> classes, IReadOnlyList<IReadOnlyList<long>> counts)
    {
        var cells = counts.SelectMany((row, t) => row.Select((n, p) => new Cell(classes[t], classes[p], n, row.Sum() == 0 ? 0 : Chart.Short((double)n / row.Sum()))));
        var side = classes.Count > 8 ? 30 : 38;
        return Chart.Of($"{title}: rows are the truth, columns the prediction; the shade is the share of the row.", cells, new
        {
            width = new { step = side },
            height = new { step = side },
            encoding = new
            {
                x = new { field = "prediction", type = "nominal", sort = classes, title = "prediction", axis = new { orient = "top", labelAngle = classes.Any(c => c.Length > 4) ? -40 : 0, ticks = false, domain = false } },
                y = new { field = "truth", type = "nominal", sort = classes, title = "truth", axis = new { ticks = false, domain = false } },
                tooltip = new[] { "truth", "prediction", "count", "share" }.Select(f => new { field = f }),
            },
            layer = new object[]
            {
                new
                {
                    mark = new { type = "rect", stroke = "#ffffff" },
                    encoding = new { color = new { field = "share", type = "quantitative", legend = (object?)null, scale = new { domain = new[] { 0, 1 }, range = new[] { "#f1f5f9", "#084583" } } } },
                },
                new
                {
                    mark = new { type = "text", fontSize = 11 },
                    encoding = new
                    {
                        text = new { field = "count", type = "quantitative" },
                        color = new { condition = new { test = "datum.share > 0.45", value = "#ffffff" }, value = "#1d2733" },
                    },
                },
            },
        });
    }
}
