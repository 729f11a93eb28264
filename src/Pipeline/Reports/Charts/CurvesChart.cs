namespace Odm.Pipeline;

/// <summary>A point of a curve that a training left.</summary>
/// <param name="series">Whose training: an arm, a generator.</param>
/// <param name="side">Training or validation.</param>
/// <param name="measure">Loss, accuracy, ...</param>
/// <param name="step">Optimiser step.</param>
/// <param name="value">Its value; a mean where points were joined.</param>
internal sealed record CurvePoint(string series, string side, string measure, long step, double? value);

/// <summary>Curves of trainings: a panel for each measure, a colour for each series, validation drawn through and training dashed.</summary>
internal static class CurvesChart
{
    /// <summary>Draws the curves; null where there are none.</summary>
    /// <param name="description">What they show.</param>
    /// <param name="points">All points.</param>
    /// <param name="logarithmic">Whether the values (all positive) are drawn on a logarithmic axis.</param>
    public static Chart? Of(string description, IReadOnlyList<CurvePoint> points, bool logarithmic)
    {
        var (series, sides, measures) = (Names(p => p.series), Names(p => p.side), Names(p => p.measure));
        if (points.Count == 0)
        {
            return null;
        }

        return Chart.Of(description, points, new
        {
            facet = new { field = "measure", type = "nominal", sort = measures },
            columns = 2,
            resolve = new { scale = new { y = "independent" }, axis = new { x = "independent" } },
            spec = new
            {
                width = 330,
                height = 210,
                mark = new { type = "line", strokeWidth = 1.6, interpolate = "linear" },
                encoding = new
                {
                    x = new { field = "step", type = "quantitative", title = "step", axis = new { tickCount = 6 } },
                    y = new { field = "value", type = "quantitative", title = (string?)null, scale = logarithmic ? (object)new { type = "log" } : new { zero = false } },
                    color = new { field = "series", type = "nominal", sort = series, title = (string?)null },
                    strokeDash = new { field = "side", type = "nominal", sort = sides, title = (string?)null, scale = new { domain = sides, range = sides.Select(s => s == "training" && sides.Count > 1 ? new[] { 4, 3 } : new[] { 1, 0 }) }, legend = sides.Count > 1 ? new { } : null },
                    detail = new { field = "side", type = "nominal" },
                },
            },
        });

        List<string> Names(Func<CurvePoint, string> of) => [.. points.Select(of).Distinct(StringComparer.Ordinal)];
    }
}
