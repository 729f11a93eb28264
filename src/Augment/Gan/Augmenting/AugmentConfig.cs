using Odm.Engine.Runtime;

namespace Odm.Augment.Gan.Augmenting;

/// <summary>What is done to all images that a discriminator sees, real and generated alike.</summary>
public enum DiscriminatorAugmentation
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>DiffAugment (Zhao et al. 2020), always.</summary>
    Diffaugment,

    /// <summary>The transforms of Karras et al. 2020 ("Training GANs with limited data") with an adaptive probability.</summary>
    Ada,
}

/// <summary>The operations of DiffAugment.</summary>
public enum DiffAugmentation
{
    /// <summary>Brightness, saturation, contrast.</summary>
    Color,

    /// <summary>A shift by up to an eighth of the side, filled with 0.</summary>
    Translation,

    /// <summary>A square of half the side set to 0.</summary>
    Cutout,
}

/// <summary>Adaptive discriminator augmentation, by the pipeline "bgc": blit, geometry, colour.</summary>
public sealed record AdaConfig
{
    /// <summary>Where the mean sign of the discriminator's answers to real images is held (paper: .6).</summary>
    public double Target { get; init; } = 0.6;

    /// <summary>Discriminator updates from one adjustment of the probability to the next (paper: 4).</summary>
    public int Every { get; init; } = 4;

    /// <summary>Real images in which the probability can rise from 0 to 1 (paper: 500,000).</summary>
    public long Images { get; init; } = 500_000;

    /// <summary>What is wrong with these settings.</summary>
    public IEnumerable<string> Faults(string path)
    {
        return
        [
            .. Check(Target is > -1 and < 1, "target", Target, "above -1 and below 1"),
            .. Check(Every >= 1, "every", Every, "at least 1"),
            .. Check(Images >= 1, "images", Images, "at least 1"),
        ];

        IEnumerable<string> Check(bool right, string field, double value, string allowed)
            => Fault.Unless(right, $"{path}.{field}", value, allowed);
    }
}
