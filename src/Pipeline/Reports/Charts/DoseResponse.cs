namespace Odm.Pipeline;

/// <summary>An arm as a dose: how many images it trained on, and what came of it.</summary>
/// <param name="series">Arms that differ in nothing but the dose.</param>
/// <param name="dose">Number of images.</param>
/// <param name="arm">The arm.</param>
/// <param name="mean">Its score.</param>
/// <param name="low">Lower end of the interval.</param>
/// <param name="high">Upper end of it.</param>
internal sealed record Dose(string series, int dose, string arm, double? mean, double? low, double? high);

/// <summary>Score against number of images: a line for each series of arms.</summary>
internal static class DoseResponse
{
    /// <summary>Draws the curves.</summary>
    /// <param name="of">What is counted: real training images, synthetic images.</param>
    /// <param name="headline">The score in words.</param>
    /// <param name="doses">The points.</param>
    public static Chart Of(string of, string headline, IReadOnlyList<Dose> doses)
    {
        var x = new { field = "dose", type = "quantitative", title = of, scale = new { zero = true } };
        var color = new { field = "series", type = "nominal", sort = doses.Select(d => d.series).Distinct(StringComparer.Ordinal), title = (string?)null };
        return Chart.Of($"{headline} against the number of {of}, with 95 % intervals.", doses, new
        {
            width = 520,
            height = 260,
            layer = new object[]
            {
                new
                {
                    mark = new { type = "line", strokeWidth = 1.8, point = new { filled = true, size = 60 } },
                    encoding = new { x, y = new { field = "mean", type = "quantitative", title = headline, scale = new { zero = false } }, color, tooltip = new[] { "arm", "dose", "mean", "low", "high" }.Select(f => new { field = f }) },
                },
                new
                {
                    transform = new[] { new { filter = "isValid(datum.low) && isValid(datum.high)" } },
                    mark = new { type = "rule", strokeWidth = 1.4, opacity = .7 },
                    encoding = new { x, y = new { field = "low", type = "quantitative" }, y2 = new { field = "high" }, color },
                },
            },
        });
    }
}
