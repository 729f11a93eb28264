using System.Globalization;

namespace Odm.Data.Drawing;

/// <summary>A confusion matrix: counts in cells shaded by their share of the row, the recall at each row's end.</summary>
public static class MatrixChart
{
    private const int Cell = 56;
    private static readonly Colour Full = new(8, 69, 131);

    /// <summary>Draws counts[truth, prediction].</summary>
    /// <exception cref="ArgumentException">The matrix is not square or does not fit the classes.</exception>
    public static Canvas Draw(string title, IReadOnlyList<string> classes, long[,] counts)
    {
        ArgumentNullException.ThrowIfNull(classes);
        ArgumentNullException.ThrowIfNull(counts);
        var n = classes.Count;
        if (n == 0 || counts.GetLength(0) != n || counts.GetLength(1) != n)
        {
            throw new ArgumentException($"a matrix of {counts.GetLength(0)}x{counts.GetLength(1)} for {n} classes", nameof(counts));
        }
        var names = classes.Select(c => Canvas.Shorten(c, 150)).ToArray();
        var upright = names.Any(name => Canvas.TextWidth(name) > Cell - 6); // class names too wide for a column stand on end
        var longest = names.Max(name => Canvas.TextWidth(name));
        var left = 48 + longest;
        var top = 78 + (upright ? longest : Canvas.TextHeight());
        var canvas = new Canvas(Math.Max(left + n * Cell + 70, 32 + Canvas.TextWidth(title, TextSize.Large)), top + n * Cell + 20);

        canvas.Text(title, 16, 30, Colour.Ink, TextSize.Large);
        canvas.Text("prediction", left + n * Cell / 2, 56, Colour.Faint, TextSize.Small, Align.Centre);
        canvas.TextUpwards("truth", 24, top + n * Cell / 2, Colour.Faint);
        canvas.Text("recall", left + n * Cell + 14, top - 10, Colour.Faint);
        for (var k = 0; k < n; k++)
        {
            canvas.Text(names[k], left - 10, Middle(top, k) + 4, Colour.Ink, TextSize.Small, Align.Right);
            if (upright)
            {
                canvas.TextUpwards(names[k], Middle(left, k) + 4, top - 10 - Canvas.TextWidth(names[k]) / 2, Colour.Ink);
            }
            else
            {
                canvas.Text(names[k], Middle(left, k), top - 10, Colour.Ink, TextSize.Small, Align.Centre);
            }
            Row(canvas, counts, k, left, top);
        }
        canvas.Rectangle(left - 1, top - 1, n * Cell + 2, n * Cell + 2, Colour.Faint);
        return canvas;
    }

    private static int Middle(int start, int index) => start + index * Cell + Cell / 2;

    private static void Row(Canvas canvas, long[,] counts, int truth, int left, int top)
    {
        var n = counts.GetLength(0);
        var total = Enumerable.Range(0, n).Sum(k => counts[truth, k]);
        for (var k = 0; k < n; k++)
        {
            var share = total == 0 ? 0 : (double)counts[truth, k] / total;
            var (x, y) = (left + k * Cell, top + truth * Cell);
            canvas.Fill(x, y, Cell, Cell, Colour.White.Toward(Full, share));
            canvas.Rectangle(x, y, Cell, Cell, Colour.Grid);
            if (k == truth)
            {
                canvas.Rectangle(x + 1, y + 1, Cell - 2, Cell - 2, Colour.Faint);
            }
            var ink = share > 0.45 ? Colour.White : Colour.Ink;
            var text = counts[truth, k].ToString(CultureInfo.InvariantCulture);
            canvas.Text(text, Middle(left, k), Middle(top, truth) + 3, ink, Canvas.TextWidth(text, TextSize.Large) < Cell - 8
                ? TextSize.Large : TextSize.Small, Align.Centre);
            if (total > 0)
            {
                canvas.Text(Percent(share), Middle(left, k), Middle(top, truth) + 16, share > 0.45 ? Colour.White
                : Colour.Faint.Toward(Colour.Ink, 2 * share), TextSize.Small, Align.Centre);
            }
        }
        var recall = total == 0 ? "-" : Percent((double)counts[truth, truth] / total);
        canvas.Text(recall, left + n * Cell + 14, Middle(top, truth) + 4, Colour.Ink);
    }

    private static string Percent(double share) => (100 * share).ToString("0.0", CultureInfo.InvariantCulture) + "%";
}
