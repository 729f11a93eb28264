using System.Globalization;

namespace Odm.Augment.Traditional;

/// <summary>An operation of RandAugment, in the order of the paper's list.</summary>
public enum RandAugmentOperation
{
    /// <summary>Nothing.</summary>
    Identity,

    /// <summary>Each channel stretched to black and white.</summary>
    AutoContrast,

    /// <summary>Each channel's histogram made even.</summary>
    Equalize,

    /// <summary>Up to 30° either way.</summary>
    Rotate,

    /// <summary>Levels from a threshold on inverted; the threshold falls from 255 to 0.</summary>
    Solarize,

    /// <summary>Saturation times 1 ± .9; grey images stay as they are.</summary>
    Color,

    /// <summary>Down from 8 to 4 bits.</summary>
    Posterize,

    /// <summary>Contrast times 1 ± .9.</summary>
    Contrast,

    /// <summary>Brightness times 1 ± .9.</summary>
    Brightness,

    /// <summary>Sharpness times 1 ± .9: away from, or towards, a smoothed image.</summary>
    Sharpness,

    /// <summary>Rows slide by up to .3 of their distance from the centre.</summary>
    ShearX,

    /// <summary>Columns slide by up to .3 of their distance from the centre.</summary>
    ShearY,

    /// <summary>Up to 150/331 of the width either way.</summary>
    TranslateX,

    /// <summary>Up to 150/331 of the height either way.</summary>
    TranslateY,
}

/// <summary>
/// <c>traditional.randaugment</c> (Cubuk et al. 2020): so many operations drawn uniformly, with replacement, all of one magnitude. The
/// greatest strengths are AutoAugment's, the magnitudes counted to 30 as in torchvision, whose defaults hold.
/// </summary>
public sealed record RandAugmentConfig
{
    /// <summary>Operations done one after the other, N: 1 to 14.</summary>
    public int Count { get; init; } = 2;

    /// <summary>Magnitude M, 0 to 30; 30 is an operation's greatest strength. (The paper's text counts to 10.)</summary>
    public double Magnitude { get; init; } = 9;

    /// <summary>What is drawn from; the paper's 14 by default.</summary>
    public IReadOnlyList<RandAugmentOperation> Operations { get; init; } = Enum.GetValues<RandAugmentOperation>();

    /// <summary>Everything wrong with the fields, each naming it below <paramref name="field"/>.</summary>
    public IEnumerable<string> Faults(string field)
    {
        if (Count is < 1 or > 14)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{field}.count: {Count}; must be 1 to 14");
        }
        if (!(Magnitude is >= 0 and <= 30))
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{field}.magnitude: {Magnitude}; must be 0 to 30");
        }
        if (Operations.Count == 0 || Operations.Distinct().Count() < Operations.Count)
        {
            yield return $"{field}.operations: [{string.Join(", ", Operations)}]; at least one is needed, each once";
        }
    }
}
