using System.Globalization;
using System.Text.Json.Serialization;
using Odm.Augment.Gan.Augmenting;
using Odm.Augment.Gan.Family;
using Odm.Augment.Gan.Training;
using Odm.Data.Images;
using Odm.Engine.Runtime;

namespace Odm.Augment.Gan.Dcgan;

/// <summary>Widths of DCGAN's networks.</summary>
public sealed record DcganNetworkConfig
{
    /// <summary>Numbers that an image is drawn from (paper: 100).</summary>
    public int Latent { get; init; } = 100;

    /// <summary>Channels of the generator's last maps; they double towards the smaller ones (paper: 64).</summary>
    public int Channels { get; init; } = 64;

    /// <summary>Channels of the discriminator's first maps, where they are others.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int? DiscriminatorChannels { get; init; }

    /// <summary>What is wrong with these settings.</summary>
    public IEnumerable<string> Faults(string path)
    {
        return [.. Check("latent", Latent, 4096), .. Check("channels", Channels, 512),
            .. Check("discriminator_channels", DiscriminatorChannels ?? 1, 512)];

        IEnumerable<string> Check(string field, int value, int most)
            => Fault.Unless(value >= 1 && value <= most, $"{path}.{field}", value, $"1 to {most}");
    }
}

/// <summary>
/// A generator of <c>kind: dcgan</c>: Radford, Metz and Chintala's DCGAN, 32 to 128 pixels, as the thesis took it; with
/// <c>masks: true</c> the one of images with masks of the polyp group (singan-seg-polyp, DCGAN-4ch).
/// </summary>
public sealed record DcganGeneratorConfig : GanGeneratorConfig
{
    private const int Least = 32;
    private const int Most = 128;

    /// <summary>With DCGAN's settings: cross entropy, Adam 2e-4 with β1 .5, the last weights draw.</summary>
    public DcganGeneratorConfig() => Training = new()
    {
        Batch = 32,
        LearningRate = 2e-4,
        Beta1 = .5,
        Beta2 = .999,
        Ema = 0,
        Augment = DiscriminatorAugmentation.None,
    };

    /// <summary>Widths of the networks.</summary>
    public DcganNetworkConfig Network { get; init; } = new();

    private protected override IEnumerable<string> SizeFaults(string path, int size) => PowerOfTwo(path, size, Least, Most);

    internal override GanNetworks Build(GanShape shape, ulong seed, Precision precision) => new DcganNetworks(shape, seed, precision);

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
    {
        var path_length = Training.PathLength != 0
            ? [$"{path}.path_length: {Training.PathLength.ToString(CultureInfo.InvariantCulture)}; must be 0: DCGAN has no styles"]
            : Array.Empty<string>();
        return base.Faults(path).Concat(path_length);
    }
}
