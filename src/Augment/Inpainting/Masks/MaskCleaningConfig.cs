using System.Globalization;
namespace Odm.Augment.Inpainting.Masks;

/// <summary>How a generated mask channel becomes a mask.</summary>
public enum MaskThreshold
{
    /// <summary>At 0 of [-1, 1].</summary>
    Middle,

    /// <summary>
    /// At Otsu's level of the image's own values, kept within a quarter and three quarters of the range: noise around one value is no
    /// lesion.
    /// </summary>
    Otsu,
}

/// <summary>How generated masks are cleaned: a mapping, or the word <c>paper</c>. "Paper" is Saragih, Hibi and Tyrrell's code.</summary>
public sealed record MaskCleaningConfig
{
    /// <summary>Where the continuous channel is cut. Paper: middle.</summary>
    public MaskThreshold Threshold { get; init; } = MaskThreshold.Middle;

    /// <summary>
    /// Diameter of the ellipse that opens the mask, as a share of the image's side; under 1.5 pixels nothing is opened. Paper: 16 of
    /// 256 pixels (.0625), which takes away every lesion thinner than that; .02 (5 pixels at 256, none at 64) only ragged edges.
    /// </summary>
    public double Opening { get; init; } = .02;

    /// <summary>Fill holes. Paper: no.</summary>
    public bool FillHoles { get; init; } = true;

    /// <summary>Take away parts smaller than all but this share of the real masks' parts; 0 keeps all. Paper: 0.</summary>
    public double SmallParts { get; init; } = .01;

    /// <summary><c>paper</c>: what the published code does.</summary>
    /// <exception cref="FormatException">Another word.</exception>
    public static MaskCleaningConfig Parse(string word) => word == "paper" ? new() { Opening = .0625, FillHoles = false, SmallParts = 0 }
        : throw new FormatException($"\"{word}\"; must be paper or a mapping");

    /// <summary>Diameter of the opening ellipse in pixels; 1 does nothing.</summary>
    public int OpeningPixels(int height, int width)
        => Math.Max(1, (int)Math.Round(Opening * Math.Min(height, width), MidpointRounding.AwayFromZero));

    /// <summary>Everything wrong with the fields, each naming it below <paramref name="path"/>.</summary>
    public IEnumerable<string> Faults(string path)
    {
        if (!(Opening is >= 0 and <= .5))
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{path}.opening: {Opening}; must be 0 to .5 of the side");
        }
        if (!(SmallParts is >= 0 and < 1))
        {
            yield return string.Create(CultureInfo.InvariantCulture,
                $"{path}.small_parts: {SmallParts}; must be 0 up to, not including, 1");
        }
    }
}
