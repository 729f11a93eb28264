using Odm.Engine.Runtime;

namespace Odm.Augment.Diffusion;

/// <summary>
/// <c>augment</c> of a diffusion generator: training images are moved and the network is told how, so that it draws none of the moves when
/// it is told of none (Karras et al. 2022, "Elucidating the design space", appendix F.2). For few images, where a generator repeats its
/// training images. Each move happens on its own with the same probability; images are continued by reflection.
/// </summary>
public sealed record NonLeakingConfig
{
    /// <summary>Numbers that tell the network of the moves.</summary>
    internal const int Labels = 6;

    /// <summary>Probability of each move (Karras et al.: .12 to .15).</summary>
    public double Probability { get; init; } = .12;

    /// <summary>Whether images are mirrored, left to right and, on its own, top to bottom.</summary>
    public bool Flips { get; init; } = true;

    /// <summary>Largest angle of a rotation in degrees, 0 to 180; 0 rotates none.</summary>
    public double Rotation { get; init; } = 30;

    /// <summary>Standard deviation of a shift along each axis, share of the side; 0 shifts none (Karras et al.: .125).</summary>
    public double Shift { get; init; } = .05;

    /// <summary>What is wrong with these settings.</summary>
    public IEnumerable<string> Faults(string path)
    {
        return
        [
            .. Check(Probability is > 0 and <= 1, "probability", Probability, "above 0 up to 1 (leave augment out for none)"),
            .. Check(Rotation is >= 0 and <= 180, "rotation", Rotation, "0 to 180 degrees"),
            .. Check(Shift is >= 0 and <= .5, "shift", Shift, "0 to 0.5 of the side"),
        ];

        IEnumerable<string> Check(bool right, string field, double value, string allowed)
            => Fault.Unless(right, $"{path}.{field}", value, allowed);
    }
}
