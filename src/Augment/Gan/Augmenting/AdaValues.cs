using Odm.Engine.Runtime;

namespace Odm.Augment.Gan.Augmenting;

/// <summary>
/// What ADA draws for an image (Karras et al. 2020, "Training GANs with limited data", appendix B, algorithm 1): blit, geometry, colour. A
/// transform that is not wanted has the value that changes nothing.
/// </summary>
internal sealed record AdaValues
{
    private const double MostShift = .125;       // of the integer translation, in sides
    private const double ZoomDeviation = .2;     // of log2 of isotropic and anisotropic scale
    private const double FractionDeviation = .125; // of the fractional translation, in sides
    private const double BrightnessDeviation = .2;
    private const double ContrastDeviation = .5; // of log2
    private const double SaturationDeviation = 1; // of log2

    /// <summary>1: mirrored left to right.</summary>
    public int Flip { get; init; }

    /// <summary>Quarter turns.</summary>
    public int Quarter { get; init; }

    /// <summary>Shift to the right in widths, rounded to whole pixels.</summary>
    public double Right { get; init; }

    /// <summary>Shift down in heights, rounded to whole pixels.</summary>
    public double Down { get; init; }

    /// <summary>Scale.</summary>
    public double Zoom { get; init; } = 1;

    /// <summary>Angle of the turn before the change of aspect.</summary>
    public double TurnBefore { get; init; }

    /// <summary>Scale of the width, and inverse of that of the height.</summary>
    public double Aspect { get; init; } = 1;

    /// <summary>Angle of the turn after it.</summary>
    public double TurnAfter { get; init; }

    /// <summary>Shift to the right in widths.</summary>
    public double FractionRight { get; init; }

    /// <summary>Shift down in heights.</summary>
    public double FractionDown { get; init; }

    /// <summary>Added to all colours.</summary>
    public double Brightness { get; init; }

    /// <summary>Factor of all colours.</summary>
    public double Contrast { get; init; } = 1;

    /// <summary>1: the part along grey changes its sign.</summary>
    public int LumaFlip { get; init; }

    /// <summary>Angle of a turn about grey.</summary>
    public double Hue { get; init; }

    /// <summary>Factor of the part across grey.</summary>
    public double Saturation { get; init; } = 1;

    /// <summary>Draws, each transform with probability p; every number is drawn at any p, so that p changes no other one.</summary>
    public static AdaValues Draw(Rng rng, double p)
    {
        var each = 1 - Math.Sqrt(1 - p); // of two turns, so that an image is turned with probability p
        var (flip, quarter) = (Or(p, rng.NextInt(2), 0), Or(p, rng.NextInt(4), 0));
        var (right, down) = Or(p, (rng.Uniform(-MostShift, MostShift), rng.Uniform(-MostShift, MostShift)), (0, 0));
        var zoom = Or(p, Math.Pow(2, ZoomDeviation * rng.NextGaussian()), 1);
        var before = Or(each, rng.Uniform(-Math.PI, Math.PI), 0);
        var aspect = Or(p, Math.Pow(2, ZoomDeviation * rng.NextGaussian()), 1);
        var after = Or(each, rng.Uniform(-Math.PI, Math.PI), 0);
        var (x, y) = Or(p, (FractionDeviation * rng.NextGaussian(), FractionDeviation * rng.NextGaussian()), (0, 0));
        return new()
        {
            Flip = flip,
            Quarter = quarter,
            Right = right,
            Down = down,
            Zoom = zoom,
            TurnBefore = before,
            Aspect = aspect,
            TurnAfter = after,
            FractionRight = x,
            FractionDown = y,
            Brightness = Or(p, BrightnessDeviation * rng.NextGaussian(), 0),
            Contrast = Or(p, Math.Pow(2, ContrastDeviation * rng.NextGaussian()), 1),
            LumaFlip = Or(p, rng.NextInt(2), 0),
            Hue = Or(p, rng.Uniform(-Math.PI, Math.PI), 0),
            Saturation = Or(p, Math.Pow(2, SaturationDeviation * rng.NextGaussian()), 1),
        };

        T Or<T>(double probability, T drawn, T neutral) => rng.NextBool(probability) ? drawn : neutral;
    }
}
