using System.Globalization;
using System.Text.Json.Serialization;

namespace Odm.Augment.Diffusion.Networks;

/// <summary>How a class becomes a vector beside the time's.</summary>
public enum ClassEmbedding
{
    /// <summary>A free vector for each class (Ho and Salimans 2022).</summary>
    Free,

    /// <summary>
    /// For grades: each is the one below plus a positive step (<see cref="GradeEmbedding"/>), so that grades in between can be asked for.
    /// </summary>
    Ordinal,
}

/// <summary>
/// The U-Net of Ho et al. 2020 (arXiv 2006.11239, appendix B), with the options of Dhariwal and Nichol 2021 (arXiv 2105.05233, section 3).
/// Fields left out take the default for the image size:
/// multipliers as improved-diffusion's <c>script_util</c> has them (32: 1 2 2 2, 64: 1 2 3 4, 256: 1 1 2 2 4 4).
/// </summary>
public sealed record UNetConfig
{
    /// <summary>Channels at full resolution. Ho et al.: 128; 32 is what two cores train in minutes.</summary>
    public int Channels { get; init; } = 64;

    /// <summary>
    /// Channel multiplier of each level; between two levels the side is halved. Empty: by <see cref="DefaultMultipliers"/>.
    /// </summary>
    public IReadOnlyList<int> Multipliers { get; init; } = [];

    /// <summary>Residual blocks a level on the way down, one more on the way up. Ho et al.: 2.</summary>
    public int Blocks { get; init; } = 2;

    /// <summary>
    /// Sides (pixels of the U-Net's own grid, that is image size / patch) at which self-attention follows each block; the
    /// middle always has one. Ho et al.: 16. Left out: by <see cref="DefaultAttention"/>.
    /// </summary>
    public IReadOnlyList<int>? Attention { get; init; }

    /// <summary>Heads of each self-attention. Ho et al.: 1.</summary>
    public int Heads { get; init; } = 1;

    /// <summary>
    /// Channels of each head, in place of a number of heads that is the same at every level; Dhariwal and Nichol: 64. Left out: by
    /// <see cref="Heads"/>.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int? HeadChannels { get; init; }

    /// <summary>
    /// The embedding scales and shifts the second norm's output instead of being added before it (Nichol and Dhariwal 2021, "AdaGN").
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool ScaleShift { get; init; }

    /// <summary>
    /// Halve and double the side within residual blocks (average pooling, nearest neighbours) instead of by convolutions (Song et al. 2021,
    /// BigGAN).
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool ResidualSampling { get; init; }

    /// <summary>Dropout before the second convolution of each block. Ho et al.: 0.1 (CIFAR-10).</summary>
    public double Dropout { get; init; } = 0.1;

    /// <summary>
    /// Groups of each group norm. Ho et al.: 32, of four channels each at 128. Left out: as many of at least four channels, at
    /// most 32. With one channel a group the norm takes away what the time and class embedding added to the channel, and the
    /// network can no longer tell times and grades apart.
    /// </summary>
    public int? Groups { get; init; }

    /// <summary>
    /// Side of the pixel square that is folded into channels before the U-Net and unfolded after it; 1 is Ho's. 2 costs a
    /// quarter an evaluation, and then the network has to be wide or predict x_0: <c>Budget</c>.
    /// </summary>
    public int Patch { get; init; } = 1;

    /// <summary>How a class becomes a vector.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ClassEmbedding Classes { get; init; }

    /// <summary>Start with the last convolution at zero, as Ho et al. do; the network then first predicts zero everywhere.</summary>
    public bool ZeroInit { get; init; } = true;

    /// <summary>This configuration with every field that was left out filled in for images of this side.</summary>
    public UNetConfig ForSize(int size)
    {
        var grid = size / Math.Max(1, Patch);
        var multipliers = Multipliers.Count > 0 ? Multipliers : DefaultMultipliers(grid);
        return this with
        {
            Multipliers = multipliers,
            Attention = Attention ?? DefaultAttention(grid, multipliers.Count),
            Groups = Groups ?? GreatestCommonDivisor(32, Math.Max(1, Channels / 4)),
        };
    }

    /// <summary>Multipliers for a grid of this side: improved-diffusion's at 32, 64, 128 and 256; three levels below 32.</summary>
    public static IReadOnlyList<int> DefaultMultipliers(int grid) => grid switch
    {
        < 32 => [1, 2, 2],
        < 64 => [1, 2, 2, 2],
        < 128 => [1, 2, 3, 4],
        < 256 => [1, 1, 2, 3, 4],
        _ => [1, 1, 2, 2, 4, 4],
    };

    /// <summary>
    /// The largest side at most 16 among the levels (Ho et al.: 16); never the full grid, where it would dominate the cost.
    /// </summary>
    public static IReadOnlyList<int> DefaultAttention(int grid, int levels)
    {
        for (var level = 1; level < levels; level++)
        {
            if (grid >> level <= 16)
            {
                return [grid >> level];
            }
        }
        return [];
    }

    /// <summary>What is wrong with these settings for square images of this side; empty where nothing is.</summary>
    /// <param name="path">Name of this section in the study file, e.g. <c>generators.odm.network</c>.</param>
    /// <param name="size">Side of the images in pixels; 0 where it is not known yet.</param>
    public IEnumerable<string> Faults(string path, int size)
    {
        if (Channels is < 2 or > 1024 || Channels % 2 != 0)
        {
            yield return $"{path}.channels: {Channels}; must be an even number from 2 to 1024";
        }
        if (Multipliers.Any(m => m is < 1 or > 16))
        {
            yield return $"{path}.multipliers holds {Multipliers.First(m => m is < 1 or > 16)}; each must be 1 to 16";
        }
        if (Blocks is < 1 or > 64)
        {
            yield return $"{path}.blocks: {Blocks}; must be 1 to 64";
        }
        if (Dropout is < 0 or >= 1)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{path}.dropout: {Dropout}; must be 0 up to, not including, 1");
        }
        if (Groups is { } groups && (groups < 1 || Channels % groups != 0))
        {
            yield return $"{path}.groups: {groups}; must divide channels ({Channels})";
        }
        else if (Groups == Channels)
        {
            yield return $"{path}.groups: {Groups}, one for each channel: the norm then takes the time and grade away; must be at "
                + $"most {Channels / 2}";
        }
        if (Heads < 1 || Channels % Math.Max(1, Heads) != 0)
        {
            yield return $"{path}.heads: {Heads}; must divide channels ({Channels})";
        }
        if (HeadChannels is { } head && (head < 1 || Channels % head != 0))
        {
            yield return $"{path}.head_channels: {head}; must divide channels ({Channels})";
        }
        if (Patch < 1)
        {
            yield return $"{path}.patch: {Patch}; must be at least 1";
        }
        else if (size > 0)
        {
            var levels = (Multipliers.Count > 0 ? Multipliers : DefaultMultipliers(size / Patch)).Count;
            var divisor = Patch << (levels - 1);
            if (size % divisor != 0)
            {
                yield return $"image size {size} (dataset.size, or the last resize of dataset.preprocess) cannot be halved {levels - 1} "
                    + $"times after patch {Patch}, as the {levels} multipliers of "
                    + $"{path} ask; a multiple of {divisor} or fewer multipliers are needed";
            }
        }
    }

    private static int GreatestCommonDivisor(int a, int b) => b == 0 ? a : GreatestCommonDivisor(b, a % b);
}
