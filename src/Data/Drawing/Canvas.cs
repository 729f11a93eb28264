using System.Runtime.InteropServices;
using Odm.Data.Import;
using Odm.Engine.Runtime;
using SkiaSharp;

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
/// An RGB raster to draw on, lines and text by SkiaSharp. Coordinates are pixels from the top left; what lies outside is cut. Equal calls
/// give equal bytes.
/// </summary>
public sealed class Canvas
{
    private const string Dots = "…";
    private readonly byte[] rgba;

    /// <summary>A canvas of one colour.</summary>
    public Canvas(int width, int height, Colour? background = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        (Width, Height) = (width, height);
        rgba = GC.AllocateUninitializedArray<byte>(checked(4 * width * height), pinned: true); // SkiaSharp draws into it
        Fill(0, 0, width, height, background ?? Colour.White);
    }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>The colour of a pixel.</summary>
    public Colour this[int x, int y]
    {
        get
        {
            var at = 4 * (y * Width + x);
            return new(rgba[at], rgba[at + 1], rgba[at + 2]);
        }

        set
        {
            if ((uint)x >= (uint)Width || (uint)y >= (uint)Height)
            {
                return;
            }
            var at = 4 * (y * Width + x);
            (rgba[at], rgba[at + 1], rgba[at + 2], rgba[at + 3]) = (value.R, value.G, value.B, 255);
        }
    }

    /// <summary>Columns that <see cref="Text"/> takes.</summary>
    public static int TextWidth(string text, TextSize size = TextSize.Small)
        => (int)Math.Ceiling(Lettering.Width(Lettering.Known(text), size));

    /// <summary>Rows of a line of text, descenders included.</summary>
    public static int TextHeight(TextSize size = TextSize.Small)
    {
        var metrics = Lettering.Of(size).Metrics;
        return (int)Math.Ceiling(metrics.CapHeight + metrics.Descent);
    }

    /// <summary>The text, or its beginning and an ellipsis where it is wider than <paramref name="width"/>.</summary>
    public static string Shorten(string text, int width, TextSize size = TextSize.Small)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (TextWidth(text, size) <= width)
        {
            return text;
        }
        var length = text.Length;
        while (length > 0 && TextWidth(text[..length].TrimEnd() + Dots, size) > width)
        {
            length--;
        }
        return text[..length].TrimEnd() + Dots;
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
    public void Line(double x0, double y0, double x1, double y1, Colour colour, double thickness = 1) => Draw(colour, (canvas, paint) =>
    {
        (paint.IsStroke, paint.StrokeWidth, paint.StrokeCap) = (true, (float)thickness, SKStrokeCap.Round);
        canvas.DrawLine((float)x0 + .5f, (float)y0 + .5f, (float)x1 + .5f, (float)y1 + .5f, paint);
    });

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
    /// Writes a line of text with its baseline just above row <paramref name="baseline"/>; what the font lacks becomes a question mark.
    /// </summary>
    public void Text(string text, int x, int baseline, Colour colour, TextSize size = TextSize.Small, Align align = Align.Left)
    {
        var known = Lettering.Known(text);
        x -= align switch { Align.Left => 0, Align.Centre => TextWidth(known, size) / 2, _ => TextWidth(known, size) };
        Draw(colour, (canvas, paint) => canvas.DrawText(known, x, baseline, Lettering.Of(size), paint));
    }

    /// <summary>
    /// Writes a text upwards, its middle at <paramref name="middle"/> and its baseline just left of column <paramref name="x"/>.
    /// </summary>
    public void TextUpwards(string text, int x, int middle, Colour colour, TextSize size = TextSize.Small)
    {
        var known = Lettering.Known(text);
        Draw(colour, (canvas, paint) =>
        {
            canvas.Translate(x, middle + TextWidth(known, size) / 2f);
            canvas.RotateDegrees(-90);
            canvas.DrawText(known, 0, 0, Lettering.Of(size), paint);
        });
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
    public void Save(string path)
    {
        var rgb = new byte[3 * Width * Height];
        for (var i = 0; i < Width * Height; i++)
        {
            rgba.AsSpan(4 * i, 3).CopyTo(rgb.AsSpan(3 * i));
        }
        ImageFiles.SaveInterleaved(path, rgb, Height, Width);
    }

    private void Draw(Colour colour, Action<SKCanvas, SKPaint> draw)
    {
        var info = new SKImageInfo(Width, Height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        using var surface = SKSurface.Create(info, Marshal.UnsafeAddrOfPinnedArrayElement(rgba, 0), info.RowBytes);
        using var paint = new SKPaint { IsAntialias = true, Color = new SKColor(colour.R, colour.G, colour.B) };
        draw(surface.Canvas, paint);
        surface.Canvas.Flush();
    }
}
