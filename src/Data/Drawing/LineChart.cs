namespace Odm.Data.Drawing;

/// <summary>A curve. Points that are not finite break the line.</summary>
/// <param name="Name">Legend.</param>
/// <param name="Points">x ascending.</param>
public sealed record Curve(string Name, IReadOnlyList<(double X, double Y)> Points);

/// <summary>Curves over a common x, such as training and validation loss over steps.</summary>
public static class LineChart
{
    private const int Top = 58;
    private const int Right = 20;
    private const int Bottom = 44;

    /// <summary>
    /// Draws a chart. <paramref name="range"/> fixes the y axis; else it covers the values in whole ticks.
    /// </summary>
    public static Canvas Draw(string title, string xLabel, string yLabel, IReadOnlyList<Curve> curves,
        (double Low, double High)? range = null, int width = 560, int height = 360)
    {
        ArgumentNullException.ThrowIfNull(curves);
        var points = curves.SelectMany(c => c.Points).Where(p => double.IsFinite(p.X) && double.IsFinite(p.Y)).ToArray();
        var xAxis = Axis.Over(points.Select(p => p.X), 6, widen: false);
        var yAxis = Axis.Over(range is { } r ? [r.Low, r.High] : points.Select(p => p.Y), 5, widen: range is null);
        var left = 34 + yAxis.Ticks().Select(t => Canvas.TextWidth(yAxis.Label(t))).DefaultIfEmpty(0).Max();
        var area = new Area(left, Top, width - left - Right, height - Top - Bottom);
        var canvas = new Canvas(width, height);

        canvas.Text(Canvas.Shorten(title, width - 32, TextSize.Large), 16, 30, Colour.Ink, TextSize.Large);
        Grid(canvas, area, xAxis, yAxis);
        canvas.Text(xLabel, area.X + area.Width / 2, height - 10, Colour.Ink, TextSize.Small, Align.Centre);
        canvas.TextUpwards(yLabel, 18, area.Y + area.Height / 2, Colour.Ink);
        for (var i = 0; i < curves.Count; i++)
        {
            Draw(canvas, area, xAxis, yAxis, curves[i], Colour.Series[i % Colour.Series.Count]);
        }
        Legend(canvas, curves, area);
        return canvas;
    }

    /// <summary>
    /// Where (x, y) lies on a chart that
    /// <see cref="Draw(string, string, string, IReadOnlyList{Curve}, ValueTuple{double, double}?, int, int)"/> made of the same arguments;
    /// for tests.
    /// </summary>
    internal readonly record struct Area(int X, int Y, int Width, int Height)
    {
        internal double Column(Axis axis, double x) => X + axis.Share(x) * (Width - 1);

        internal double Row(Axis axis, double y) => Y + (1 - axis.Share(y)) * (Height - 1);
    }

    private static void Grid(Canvas canvas, Area area, Axis xAxis, Axis yAxis)
    {
        foreach (var tick in yAxis.Ticks())
        {
            var y = (int)Math.Round(area.Row(yAxis, tick));
            canvas.Fill(area.X, y, area.Width, 1, Colour.Grid);
            canvas.Text(yAxis.Label(tick), area.X - 8, y + 4, Colour.Faint, TextSize.Small, Align.Right);
        }
        foreach (var tick in xAxis.Ticks())
        {
            var x = (int)Math.Round(area.Column(xAxis, tick));
            canvas.Fill(x, area.Y, 1, area.Height, Colour.Grid);
            canvas.Fill(x, area.Y + area.Height, 1, 4, Colour.Ink);
            canvas.Text(xAxis.Label(tick), x, area.Y + area.Height + 15, Colour.Faint, TextSize.Small, Align.Centre);
        }
        canvas.Fill(area.X, area.Y + area.Height - 1, area.Width, 1, Colour.Ink);
        canvas.Fill(area.X, area.Y, 1, area.Height, Colour.Ink);
    }

    private static void Draw(Canvas canvas, Area area, Axis xAxis, Axis yAxis, Curve curve, Colour colour)
    {
        (double X, double Y)? last = null;
        foreach (var (x, y) in curve.Points)
        {
            if (!double.IsFinite(x) || !double.IsFinite(y))
            {
                last = null;
                continue;
            }
            // a range narrower than the values holds the line at its edge
            var here = (area.Column(xAxis, x), Math.Clamp(area.Row(yAxis, y), area.Y, area.Y + area.Height - 1));
            var from = last ?? here;
            canvas.Line(from.X, from.Y, here.Item1, here.Item2, colour, thickness: 2);
            last = here;
        }
    }

    private static void Legend(Canvas canvas, IReadOnlyList<Curve> curves, Area area)
    {
        var x = area.X;
        for (var i = 0; i < curves.Count; i++)
        {
            canvas.Fill(x, area.Y - 15, 16, 3, Colour.Series[i % Colour.Series.Count]);
            canvas.Text(curves[i].Name, x + 21, area.Y - 10, Colour.Ink);
            x += 21 + Canvas.TextWidth(curves[i].Name) + 18;
        }
    }
}
