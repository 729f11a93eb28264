using System.Globalization;
using Odm.Engine.Runtime;

namespace Odm.Augment.Traditional;

/// <summary>The operations drawn for one image, with their strengths; applying them draws nothing more.</summary>
internal sealed record RandAugmentDraw(IReadOnlyList<(RandAugmentOperation Operation, double Strength)> Operations)
{
    private const double Most = 30;

    /// <summary>Draws operations and signs; null where nothing would change.</summary>
    public static RandAugmentDraw? From(RandAugmentConfig config, Rng rng)
    {
        var drawn = new List<(RandAugmentOperation, double)>();
        for (var i = 0; i < config.Count; i++)
        {
            var (operation, negative) = (config.Operations[rng.NextInt(config.Operations.Count)], rng.NextBool(.5));
            if (operation != RandAugmentOperation.Identity)
            {
                drawn.Add((operation, Strength(operation, config.Magnitude, negative)));
            }
        }
        return drawn.Count == 0 ? null : new(drawn);
    }

    /// <summary>
    /// Degrees, slopes, shares of a side, factors, bits or a threshold of grey levels, by operation; those without a strength have 0.
    /// AutoAugment's ranges (Cubuk et al. 2019, table 6), linear in the magnitude.
    /// </summary>
    public static double Strength(RandAugmentOperation operation, double magnitude, bool negative)
    {
        var share = magnitude / Most;
        var signed = negative ? -share : share;
        return operation switch
        {
            RandAugmentOperation.Rotate => 30 * signed,
            RandAugmentOperation.ShearX or RandAugmentOperation.ShearY => .3 * signed,
            RandAugmentOperation.TranslateX or RandAugmentOperation.TranslateY => 150.0 / 331 * signed,
            RandAugmentOperation.Color or RandAugmentOperation.Contrast or RandAugmentOperation.Brightness
                or RandAugmentOperation.Sharpness => 1 + .9 * signed,
            RandAugmentOperation.Posterize => 8 - Math.Round(4 * share),
            RandAugmentOperation.Solarize => 255 * (1 - share),
            _ => 0,
        };
    }

    /// <summary>One operation after the other; the mask moves with the image.</summary>
    public Picture Apply(Picture picture, bool edge)
        => Operations.Aggregate(picture, (p, o) => Apply(p, o.Operation, o.Strength, edge));

    /// <summary>The draw in words, for provenance: <c>rotate:-9+color:1.27</c>.</summary>
    public string Words() => string.Join('+', Operations.Select(o => o.Strength == 0 ? Name(o.Operation)
        : string.Create(CultureInfo.InvariantCulture, $"{Name(o.Operation)}:{o.Strength:0.####}")));

    /// <summary>One operation of a strength.</summary>
    public static Picture Apply(Picture p, RandAugmentOperation operation, double strength, bool edge) => operation switch
    {
        RandAugmentOperation.AutoContrast => Levels.AutoContrast(p),
        RandAugmentOperation.Equalize => Levels.Equalize(p),
        RandAugmentOperation.Solarize => Levels.Solarize(p, strength),
        RandAugmentOperation.Posterize => Levels.Posterize(p, (int)strength),
        RandAugmentOperation.Color => Intensity.Saturation(p, strength),
        RandAugmentOperation.Contrast => Intensity.Contrast(p, strength),
        RandAugmentOperation.Brightness => Intensity.Brightness(p, strength),
        RandAugmentOperation.Sharpness => Intensity.Sharpness(p, strength),
        RandAugmentOperation.Rotate => Geometry.Warp(p, AffineMap.Rotation(strength), edge),
        RandAugmentOperation.ShearX => Geometry.Warp(p, new(1, strength, 0, 0, 1, 0), edge),
        RandAugmentOperation.ShearY => Geometry.Warp(p, new(1, 0, 0, strength, 1, 0), edge),
        RandAugmentOperation.TranslateX => Geometry.Warp(p, AffineMap.Translation(strength * p.Width, 0), edge),
        RandAugmentOperation.TranslateY => Geometry.Warp(p, AffineMap.Translation(0, strength * p.Height), edge),
        _ => p,
    };

    private static string Name(RandAugmentOperation operation) => operation switch
    {
        RandAugmentOperation.AutoContrast => "autocontrast",
        RandAugmentOperation.ShearX => "shear_x",
        RandAugmentOperation.ShearY => "shear_y",
        RandAugmentOperation.TranslateX => "translate_x",
        RandAugmentOperation.TranslateY => "translate_y",
        _ => operation.ToString().ToLowerInvariant(),
    };
}
