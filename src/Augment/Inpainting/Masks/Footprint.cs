namespace Odm.Augment.Inpainting.Masks;

/// <summary>
/// A structuring element whose rows are runs: row i holds the pixels <c>Left</c> to <c>Right</c>, both inclusive, of the row
/// <c>Top + i</c>, all relative to the origin.
/// </summary>
internal sealed class Footprint
{
    private Footprint(int top, IReadOnlyList<(int Left, int Right)> rows) => (Top, Rows) = (top, rows);

    /// <summary>Offset of the first row, in pixels; negative is above the origin.</summary>
    public int Top { get; }

    /// <summary>First and last column of each row, relative to the origin.</summary>
    public IReadOnlyList<(int Left, int Right)> Rows { get; }

    /// <summary>
    /// The filled ellipse of <paramref name="size"/> x <paramref name="size"/> pixels, as OpenCV's MORPH_ELLIPSE draws it: with r = size /
    /// 2 (whole) row dy holds the columns up to round(√(r² - dy²)) on both sides of the origin. An odd size is symmetric about its middle
    /// pixel (1 is that pixel alone); an even one lacks the last row and column of the next odd size.
    /// </summary>
    public static Footprint Ellipse(int size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        var r = size / 2;
        var rows = new (int, int)[size];
        for (var i = 0; i < size; i++)
        {
            var dx = (int)Math.Round(Math.Sqrt(r * r - (i - r) * (i - r))); // half to even, as OpenCV rounds
            rows[i] = (-dx, Math.Min(dx, size - 1 - r));
        }
        return new(-r, rows);
    }

    /// <summary>
    /// The symmetric ellipse that reaches <paramref name="radius"/> pixels to each side: dilation by it grows a mask by so much.
    /// </summary>
    public static Footprint Disc(int radius) => Ellipse(2 * radius + 1);

    /// <summary>Turned by 180 degrees about the origin.</summary>
    public Footprint Reflected() => new(-(Top + Rows.Count - 1), [.. Rows.Reverse().Select(r => (-r.Right, -r.Left))]);
}
