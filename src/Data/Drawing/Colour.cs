namespace Odm.Data.Drawing;

/// <summary>An sRGB colour.</summary>
public readonly record struct Colour(byte R, byte G, byte B)
{
    /// <summary>Paper.</summary>
    public static readonly Colour White = new(255, 255, 255);

    /// <summary>Text and axes.</summary>
    public static readonly Colour Ink = new(38, 42, 51);

    /// <summary>Secondary text.</summary>
    public static readonly Colour Faint = new(92, 99, 112);

    /// <summary>Grid lines and frames.</summary>
    public static readonly Colour Grid = new(226, 229, 234);

    /// <summary>
    /// Colours of curves, in order; told apart by people with the common colour deficiencies (Okabe and Ito, 2008, without yellow).
    /// </summary>
    public static readonly IReadOnlyList<Colour> Series =
    [
        new(0, 114, 178), new(213, 94, 0), new(0, 158, 115), new(204, 121, 167), new(86, 180, 233), new(230, 159, 0), Ink,
    ];

    /// <summary>This colour at 0, the other at 1.</summary>
    public Colour Toward(Colour other, double share)
    {
        static byte Mix(byte a, byte b, double s) => (byte)Math.Clamp(Math.Round(a + (b - a) * s), 0, 255);
        return new(Mix(R, other.R, share), Mix(G, other.G, share), Mix(B, other.B, share));
    }
}
