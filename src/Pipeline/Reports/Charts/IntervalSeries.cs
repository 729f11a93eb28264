using OxyPlot;
using OxyPlot.Series;

namespace Odm.Pipeline.Reports.Charts;

/// <summary>
/// One value as a dot with its interval as a whisker. OxyPlot's error bars reach equally far to both sides; bootstrap intervals do not.
/// A series has one title, so each value is a series.
/// </summary>
/// <param name="horizontal">Whether the values lie along x.</param>
/// <param name="place">Where it stands on the other axis.</param>
/// <param name="value">The value.</param>
/// <param name="low">Lower end of the interval; null where there is none.</param>
/// <param name="high">Upper end of it.</param>
internal sealed class IntervalSeries(bool horizontal, double place, double value, double? low, double? high) : XYAxisSeries
{
    private const double Cap = 4; // half the length of a whisker's end

    /// <summary>The colour.</summary>
    public OxyColor Color { get; init; }

    /// <summary>The whisker's thickness.</summary>
    public double Thickness { get; init; } = 2;

    /// <summary>The dot's radius; 0 for a whisker without one.</summary>
    public double Radius { get; init; } = 4.5;

    /// <inheritdoc/>
    public override void Render(IRenderContext rc)
    {
        if (low is { } from && high is { } to)
        {
            var (a, b) = (At(from), At(to));
            var cap = horizontal ? new ScreenVector(0, Cap) : new ScreenVector(Cap, 0);
            foreach (var (start, end) in new[] { (a, b), (a - cap, a + cap), (b - cap, b + cap) })
            {
                rc.DrawLine([start, end], Color, Thickness, EdgeRenderingMode.Automatic, null, LineJoin.Miter);
            }
        }

        if (Radius > 0)
        {
            var p = At(value);
            rc.DrawEllipse(new(p.X - Radius, p.Y - Radius, 2 * Radius, 2 * Radius), Color, OxyColors.Undefined, 0,
                EdgeRenderingMode.Automatic);
        }
    }

    private ScreenPoint At(double v) => Transform(horizontal ? new(v, place) : new(place, v));
}
