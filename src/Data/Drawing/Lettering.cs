using SkiaSharp;

namespace Odm.Data.Drawing;

/// <summary>Sizes of text on sheets and charts.</summary>
public enum TextSize
{
    /// <summary>Labels, 12 pixels.</summary>
    Small,

    /// <summary>Titles and captions, 18 pixels.</summary>
    Large,
}

/// <summary>
/// The font of sheets and charts: Noto Sans, part of the assembly, so that pictures look alike on every machine and need no fonts of the
/// system.
/// </summary>
internal static class Lettering
{
    private static readonly SKTypeface Typeface = Load();
    private static readonly SKFont[] Fonts = [Font(12), Font(18)];

    /// <summary>The font of a size.</summary>
    public static SKFont Of(TextSize size) => Fonts[(int)size];

    /// <summary>Width of a text, pixels.</summary>
    public static float Width(string text, TextSize size) => Of(size).MeasureText(Typeface.GetGlyphs(text));

    /// <summary>The text; what the font lacks is a question mark.</summary>
    public static string Known(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Typeface.ContainsGlyphs(text) ? text
            : string.Concat(text.EnumerateRunes().Select(r => Typeface.ContainsGlyphs(r.ToString()) ? r.ToString() : "?"));
    }

    private static SKFont Font(float pixels)
        => new(Typeface, pixels) { Edging = SKFontEdging.Antialias, Hinting = SKFontHinting.None, Subpixel = true };

    private static SKTypeface Load()
    {
        using var stream = typeof(Lettering).Assembly.GetManifestResourceStream("NotoSans.ttf")!;
        using var data = SKData.Create(stream);
        return SKTypeface.FromData(data);
    }
}
