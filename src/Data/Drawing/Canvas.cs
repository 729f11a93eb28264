using Odm.Data.Import;
using Odm.Engine.Runtime;

namespace Odm.Data.Drawing;

/// <summary>Where a text stands relative to its x.</summary>
public enum Align
{
    /// <summary>It begins there.</summary>
    Left,

    /// <summary>Its middle is there.</summary>
    Centre,

    /// <summary>It ends there.</summary>
    Right,
}

/// <summary>
/// An RGB raster to draw on. Coordinates are pixels from the top left; what lies outside is cut. Equal calls give equal bytes.
/// </summary>
public sealed class Canvas
{
    private readonly byte[] rgb;

    /// <summary>A canvas of one colour.</summary>
    public Canvas(int width, int height, Colour? background = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        (Width, Height, rgb) = (width, height, new byte[checked(3 * width * height)]);
        Fill(0, 0, width, height, background ?? Colour.White);
    }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Rows of a line of text at scale 1, descenders included.</summary>
    public static int TextHeight => Font.Height;

    /// <summary>R, G, B triples, row by row.</summary>
    public ReadOnlySpan<byte> Rgb => rgb;

    /// <summary>The colour of a pixel.</summary>
    public Colour this[int x, int y]
    {
        get
        {
            var at = 3 * (y * Width + x);
            return new(rgb[at], rgb[at + 1], rgb[at + 2]);
        }

        set
        {
            if ((uint)x >= (uint)Width || (uint)y >= (uint)Height)
            {
                return;
            }
            var at = 3 * (y * Width + x);
            (rgb[at], rgb[at + 1], rgb[at + 2]) = (value.R, value.G, value.B);
        }
    }

    /// <summary>Columns that <see cref="Text"/> takes.</summary>
    public static int TextWidth(string text, int scale = 1) => Font.Width(text) * scale;

    /// <summary>The text, or its beginning and two dots where it is wider than <paramref name="width"/>.</summary>
    public static string Shorten(string text, int width, int scale = 1)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (TextWidth(text, scale) <= width)
        {
            return text;
        }
        var length = text.Length;
        while (length > 0 && TextWidth(text[..length].TrimEnd() + "..", scale) > width)
        {
            length--;
        }
        return text[..length].TrimEnd() + "..";
    }

    /// <summary>Fills a rectangle.</summary>
    public void Fill(int x, int y, int width, int height, Colour colour)
    {
        for (var row = Math.Max(y, 0); row < Math.Min(y + height, Height); row++)
        {
            for (var column = Math.Max(x, 0); column < Math.Min(x + width, Width); column++)
            {
                this[column, row] = colour;
            }
        }
    }

    /// <summary>Draws the outline of a rectangle, one pixel wide, inside it.</summary>
    public void Rectangle(int x, int y, int width, int height, Colour colour)
    {
        Fill(x, y, width, 1, colour);
        Fill(x, y + height - 1, width, 1, colour);
        Fill(x, y, 1, height, colour);
        Fill(x + width - 1, y, 1, height, colour);
    }

    /// <summary>Draws a straight line with soft edges and round ends between the middles of two pixels.</summary>
    public void Line(double x0, double y0, double x1, double y1, Colour colour, double thickness = 1)
    {
        var reach = thickness / 2 + 1;
        var (dx, dy) = (x1 - x0, y1 - y0);
        var squared = dx * dx + dy * dy;
        var (left, right) = (Bound(Math.Min(x0, x1) - reach, Width), Bound(Math.Max(x0, x1) + reach, Width));
        var (top, bottom) = (Bound(Math.Min(y0, y1) - reach, Height), Bound(Math.Max(y0, y1) + reach, Height));
        for (var y = top; y <= bottom; y++)
        {
            for (var x = left; x <= right; x++)
            {
                var along = squared == 0 ? 0 : Math.Clamp(((x - x0) * dx + (y - y0) * dy) / squared, 0, 1);
                var (ex, ey) = (x - x0 - along * dx, y - y0 - along * dy);
                var cover = Math.Clamp(thickness / 2 + 0.5 - Math.Sqrt(ex * ex + ey * ey), 0, 1);
                if (cover > 0)
                {
                    this[x, y] = this[x, y].Toward(colour, cover);
                }
            }
        }
    }

    /// <summary>
    /// Copies planar pixels (C*H*W, C = 1 or 3) with the top left at (x, y), each drawn as a square of <paramref name="scale"/> pixels.
    /// </summary>
    public void Blit(ReadOnlySpan<byte> planar, int channels, int height, int width, int x, int y, int scale = 1)
    {
        if (channels is not (1 or 3) || planar.Length != channels * height * width)
        {
            throw new ArgumentException($"{planar.Length} bytes are no image of {channels}x{height}x{width} with 1 or 3 channels",
                nameof(planar));
        }
        var plane = height * width;
        for (var row = 0; row < height; row++)
        {
            for (var column = 0; column < width; column++)
            {
                var i = row * width + column;
                var colour = channels == 1 ? new Colour(planar[i], planar[i], planar[i])
                    : new Colour(planar[i], planar[plane + i], planar[2 * plane + i]);
                Fill(x + column * scale, y + row * scale, scale, scale, colour);
            }
        }
    }

    /// <summary>Copies another canvas with its top left at (x, y).</summary>
    public void Blit(Canvas other, int x, int y)
    {
        ArgumentNullException.ThrowIfNull(other);
        for (var row = 0; row < other.Height; row++)
        {
            for (var column = 0; column < other.Width; column++)
            {
                this[x + column, y + row] = other[column, row];
            }
        }
    }

    /// <summary>
    /// Writes a line of text with its baseline just above row <paramref name="baseline"/>; what is no printable ASCII becomes a question
    /// mark.
    /// </summary>
    public void Text(string text, int x, int baseline, Colour colour, int scale = 1, Align align = Align.Left)
    {
        ArgumentNullException.ThrowIfNull(text);
        x -= align switch { Align.Left => 0, Align.Centre => TextWidth(text, scale) / 2, _ => TextWidth(text, scale) };
        foreach (var c in text)
        {
            var glyph = Font.Of(c);
            for (var row = 0; row < Font.Height; row++)
            {
                for (var column = 0; column < glyph.Width; column++)
                {
                    if (glyph[column, row])
                    {
                        Fill(x + column * scale, baseline + (row - Font.Ascent) * scale, scale, scale, colour);
                    }
                }
            }
            x += (glyph.Width + 1) * scale;
        }
    }

    /// <summary>
    /// Writes a text upwards, its middle at <paramref name="middle"/> and its baseline just left of column <paramref name="x"/>.
    /// </summary>
    public void TextUpwards(string text, int x, int middle, Colour colour, int scale = 1)
    {
        var (width, height) = (TextWidth(text, scale), Font.Height * scale);
        if (width == 0)
        {
            return;
        }
        var flat = new Canvas(width, height);
        flat.Text(text, 0, Font.Ascent * scale, Colour.Ink, scale);
        for (var row = 0; row < height; row++)
        {
            for (var column = 0; column < width; column++)
            {
                if (flat[column, row] == Colour.Ink)
                {
                    this[x + row - Font.Ascent * scale, middle + width / 2 - column] = colour;
                }
            }
        }
    }

    /// <summary>Canvases in one row, tops level, on white.</summary>
    public static Canvas Beside(params Canvas[] parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        var whole = new Canvas(parts.Sum(p => p.Width), parts.Max(p => p.Height));
        var x = 0;
        foreach (var part in parts)
        {
            whole.Blit(part, x, 0);
            x += part.Width;
        }
        return whole;
    }

    /// <summary>Writes a PNG, beside its place and renamed.</summary>
    /// <exception cref="DatasetException">The place cannot be written.</exception>
    public void Save(string path) => ImageFiles.SaveInterleaved(path, rgb, Height, Width);

    private static int Bound(double v, int size) => (int)Math.Clamp(Math.Round(v), 0, size - 1);
}
