using System.Text.Json.Serialization;
using Odm.Augment.Gan.Augmenting;
using Odm.Augment.Gan.Family;
using Odm.Augment.Gan.Training;
using Odm.Data.Images;
using Odm.Engine.Runtime;

namespace Odm.Augment.Gan.StyleGan;

/// <summary>Widths of StyleGAN2's networks.</summary>
public sealed record StyleGanNetworkConfig
{
    /// <summary>Numbers that an image is drawn from (paper: 512).</summary>
    public int Latent { get; init; } = 512;

    /// <summary>Width of a style (paper: 512).</summary>
    public int Style { get; init; } = 512;

    /// <summary>Layers of the mapping network (paper: 8; auto: 2).</summary>
    public int Mapping { get; init; } = 2;

    /// <summary>Channels of maps of a side are this over the side (paper: 32,768; below 512 pixels half of it).</summary>
    public int ChannelBase { get; init; } = 16_384;

    /// <summary>At most so many channels (paper: 512).</summary>
    public int ChannelMax { get; init; } = 512;

    /// <summary>Probability of a training image's styles to change at a layer (paper: .9).</summary>
    public double StyleMixing { get; init; } = 0.9;

    /// <summary>Images of which the minibatch standard deviation is taken together (paper: 4).</summary>
    public int MinibatchGroup { get; init; } = 4;

    /// <summary>Channels of the maps of a side.</summary>
    internal int ChannelsAt(int side) => Math.Max(1, Math.Min(ChannelBase / side, ChannelMax));

    /// <summary>What is wrong with these settings.</summary>
    public IEnumerable<string> Faults(string path)
    {
        return
        [
            .. Check(Latent is >= 1 and <= 4096, "latent", Latent, "1 to 4096"),
            .. Check(Style is >= 1 and <= 4096, "style", Style, "1 to 4096"),
            .. Check(Mapping is >= 1 and <= 64, "mapping", Mapping, "1 to 64"),
            .. Check(ChannelBase is >= 1 and <= 1 << 20, "channel_base", ChannelBase, "1 to 1048576"),
            .. Check(ChannelMax is >= 1 and <= 4096, "channel_max", ChannelMax, "1 to 4096"),
            .. Check(StyleMixing is >= 0 and <= 1, "style_mixing", StyleMixing, "0 to 1"),
            .. Check(MinibatchGroup >= 1, "minibatch_group", MinibatchGroup, "at least 1"),
        ];

        IEnumerable<string> Check(bool right, string field, double value, string allowed)
            => Fault.Unless(right, $"{path}.{field}", value, allowed);
    }
}

/// <summary>
/// A generator of <c>kind: stylegan2-ada</c>: StyleGAN2 with adaptive discriminator augmentation (Karras et al. 2020, "Training generative
/// adversarial networks with limited data"); with <c>augment: none</c> StyleGAN2, which the ODM paper compares with.
/// </summary>
public sealed record StyleGanGeneratorConfig : GanGeneratorConfig
{
    private const int Least = 32;
    private const int Most = 1024;
    private const double HalfLife = 0.99778; // .5^(32/10,000): the average's half-life is 10,000/32 batches

    /// <summary>With the settings of <c>auto</c>.</summary>
    public StyleGanGeneratorConfig() => Training = Auto;

    /// <summary>Settings to start from: <see cref="OfPreset"/>. Left out: those of auto.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public string? Preset { get; init; }

    /// <summary>Widths of the networks.</summary>
    public StyleGanNetworkConfig Network { get; init; } = new();

    private static AdversarialConfig Auto => new()
    {
        R1Every = 16,
        PathLength = 2,
        Batch = 32,
        Steps = 781_250,
        LearningRate = .0025,
        Beta1 = 0,
        Beta2 = .99,
        Ema = HalfLife,
        Augment = DiscriminatorAugmentation.Ada,
    };

    /// <summary>
    /// <c>auto</c>: the code's settings for any size on one GPU, 25 million images (batch 32, which that code takes up to 128 pixels; it
    /// takes 16 at 256). <c>paper256</c>: the paper's for 256 pixels: batch 64, R1 1, eight mapping layers, mirrored images. <c>cpu</c>: 32
    /// to 64 pixels on two cores. Null: there is no such preset.
    /// </summary>
    public static StyleGanGeneratorConfig? OfPreset(string name) => name switch
    {
        "auto" => new() { Kind = "stylegan2-ada", Preset = name },
        "paper256" => new()
        {
            Kind = "stylegan2-ada",
            Preset = name,
            Network = new() { Mapping = 8, MinibatchGroup = 8 },
            Training = Auto with { Batch = 64, R1 = 1, Steps = 390_625, HorizontalFlip = true },
        },
        "cpu" => new()
        {
            Kind = "stylegan2-ada",
            Preset = name,
            Network = new() { Latent = 64, Style = 64, ChannelBase = 768, ChannelMax = 64 },
            Training = Auto with
            {
                Batch = 16,
                Steps = 3000,
                R1 = .3, // auto's .013 lets the discriminator run ahead within a few hundred steps (docs/gans.md)
                PathLength = 0,
                Ema = .998,
                Ada = new() { Images = 20_000 },
                HorizontalFlip = true,
            },
        },
        _ => null,
    };

    /// <inheritdoc/>
    public override IEnumerable<string> Faults(string path)
        => base.Faults(path).Concat(Preset is null || OfPreset(Preset) is not null ? []
            : [$"{path}.preset: '{Preset}'; must be one of auto, paper256, cpu"]);

    private protected override IEnumerable<string> SizeFaults(string path, int size) => PowerOfTwo(path, size, Least, Most);

    internal override GanNetworks Build(GanShape shape, ulong seed, Precision precision) => new StyleGanNetworks(shape, seed, precision);

    internal override GanShape ShapeFor(ImageSet train, int visible) => new()
    {
        Kind = Kind,
        Channels = train.Channels,
        Size = train.Width,
        Masks = Masks,
        Classes = Told(train),
        Network = GanShape.Pack(Network),
        Training = Training with { R1 = Training.R1 ?? .0002 * train.Width * train.Width / Training.Batch }, // the code's rule
    };
}
