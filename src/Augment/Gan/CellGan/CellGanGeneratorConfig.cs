using System.Globalization;
using System.Text.Json.Serialization;
using Odm.Augment.Gan.Augmenting;
using Odm.Augment.Gan.Family;
using Odm.Augment.Gan.Losses;
using Odm.Augment.Gan.Training;
using Odm.Data.Images;
using Odm.Engine.Runtime;

namespace Odm.Augment.Gan.CellGan;

/// <summary>Widths of CellGAN's networks.</summary>
public sealed record CellGanNetworkConfig
{
    /// <summary>Numbers that an image is drawn from (paper: 128).</summary>
    public int Latent { get; init; } = 128;

    /// <summary>Channels of the generator's maps of 256 places a side; smaller maps have up to 16 times as many (paper: 32).</summary>
    public int Channels { get; init; } = 32;

    /// <summary>The same of the discriminator, where they are others.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int? DiscriminatorChannels { get; init; }

    /// <summary>Numbers that stand for a class (paper: 128).</summary>
    public int Condition { get; init; } = 128;

    /// <summary>Weight of rebuilding real images in the discriminator's loss; 0 turns it off (paper: 1).</summary>
    public double Rebuilding { get; init; } = 1;

    /// <summary>Channels of the generator's maps of a side.</summary>
    internal int Of(int side) => Channels * Times(side);

    /// <summary>Channels of the discriminator's maps of a side.</summary>
    internal int Judged(int side) => (DiscriminatorChannels ?? Channels) * Times(side);

    /// <summary>Channels of a decoder's maps of a side.</summary>
    internal int Rebuilt(int side) => (DiscriminatorChannels ?? Channels) * (side <= 16 ? 4 : side <= 64 ? 2 : 1);

    private static int Times(int side) => side <= 8 ? 16 : side <= 32 ? 8 : 256 / side;

    /// <summary>What is wrong with these settings.</summary>
    public IEnumerable<string> Faults(string path)
    {
        return
        [
            .. Check(Latent is >= 1 and <= 4096, "latent", Latent, "1 to 4096"),
            .. Check(Channels is >= 1 and <= 256, "channels", Channels, "1 to 256"),
            .. Check(DiscriminatorChannels is null or (>= 1 and <= 256), "discriminator_channels", DiscriminatorChannels ?? 0, "1 to 256"),
            .. Check(Condition is >= 1 and <= 4096, "condition", Condition, "1 to 4096"),
            .. Check(Rebuilding >= 0 && double.IsFinite(Rebuilding), "rebuilding", Rebuilding, "0 (off) or more"),
        ];

        IEnumerable<string> Check(bool right, string field, double value, string allowed)
            => Fault.Unless(right, $"{path}.{field}", value, allowed);
    }
}

/// <summary>
/// A generator of <c>kind: cellgan</c>: Shen et al.'s CellGAN (2023), 32 to 256 pixels, from the paper and its public settings.
/// </summary>
public sealed record CellGanGeneratorConfig : GanGeneratorConfig
{
    private const int Least = 32;
    private const int Most = 256;

    /// <summary>With CellGAN's settings.</summary>
    public CellGanGeneratorConfig() => Training = new()
    {
        Loss = AdversarialLoss.Hinge,
        R1 = .02, // theirs is .01 of the whole squared norm
        Batch = 64,
        Steps = 100_000,
        LearningRate = 2.5e-4,
        Beta1 = 0,
        Beta2 = .999,
        Ema = .999,
        Augment = DiscriminatorAugmentation.Diffaugment,
        Diffaugment = [DiffAugmentation.Color, DiffAugmentation.Translation],
        HorizontalFlip = true,
        VerticalFlip = true,
    };

    /// <summary>Widths of the networks.</summary>
    public CellGanNetworkConfig Network { get; init; } = new();

    private protected override IEnumerable<string> SizeFaults(string path, int size) => PowerOfTwo(path, size, Least, Most);

    internal override GanNetworks Build(GanShape shape, ulong seed, Precision precision) => new CellGanNetworks(shape, seed, precision);

    internal override GanShape ShapeFor(ImageSet train, int visible) => new()
    {
        Kind = Kind,
        Channels = train.Channels,
        Size = train.Width,
        Masks = Masks,
        Classes = Told(train),
        Network = GanShape.Pack(Network),
        Training = Training,
    };

    /// <inheritdoc/>
    public override IEnumerable<string> Faults(string path)
        => base.Faults(path).Concat(Training.PathLength == 0 ? [] : [string.Create(CultureInfo.InvariantCulture,
            $"{path}.path_length: {Training.PathLength}; must be 0: CellGAN has no styles of latents")]);
}
