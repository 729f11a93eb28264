using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Odm.Data.Images;
using Odm.Engine.Runtime;

namespace Odm.Augment.Gan.SinGan;

/// <summary>
/// All that is needed to build the networks of an image and to know their training again: the <c>config</c> of a checkpoint.
/// </summary>
internal sealed record SinGanShape
{
    private const int WidthSteps = 4; // scales of one width (Shaham et al. 2019, section 3.1)
    private const int MostChannels = 128;

    private static readonly JsonSerializerOptions Format = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Channels of the picture; the mask is one more.</summary>
    public required int Channels { get; init; }

    /// <summary>Side of the square images in pixels.</summary>
    public required int Size { get; init; }

    /// <summary>The training's settings, without those that decide which images are learned.</summary>
    public required SinGanConfig Training { get; init; }

    /// <summary>The shape for these images.</summary>
    public static SinGanShape Of(SinGanConfig training, ImageSet images) => new()
    {
        Channels = images.Channels,
        Size = images.Width,
        Training = training with { Sources = null, PerSeed = false },
    };

    /// <summary>Channels that are generated: the picture's and the mask.</summary>
    [JsonIgnore]
    public int DataChannels => Channels + 1;

    /// <summary>Sides of the scales in pixels, the coarsest first.</summary>
    [JsonIgnore]
    public IReadOnlyList<int> Sides => SidesOf(Size, Training.MinSize, Training.ScaleFactor);

    /// <summary>Steps of all scales together.</summary>
    [JsonIgnore]
    public long Steps => Sides.Count * Training.Steps;

    /// <summary>
    /// Sides of the scales, the coarsest first: from the image's side downwards by the factor nearest to <paramref name="factor"/> from
    /// above that ends at <paramref name="least"/> (Shaham et al. 2019, section 3; 25 pixels and .75).
    /// </summary>
    public static IReadOnlyList<int> SidesOf(int side, int least, double factor)
    {
        if (side <= least)
        {
            return [side];
        }
        var steps = (int)Math.Ceiling(Math.Log((double)least / side) / Math.Log(factor));
        var exact = Math.Pow((double)least / side, 1.0 / steps);
        return [.. Enumerable.Range(0, steps + 1).Select(i => (int)Math.Round(side * Math.Pow(exact, steps - i)))];
    }

    /// <summary>Channels of the maps of a scale: doubled every fourth scale up to 128.</summary>
    public int WidthOf(int scale)
        => (int)Math.Min(Training.Channels * Math.Pow(2, scale / WidthSteps), Math.Max(Training.Channels, MostChannels));

    /// <summary>A scale's generator with initial weights.</summary>
    public SinGanStack Generator(int scale, Rng rng, Precision precision)
        => new(DataChannels, WidthOf(scale), DataChannels, rng, precision);

    /// <summary>A scale's discriminator with initial weights: a logit for each patch of 11 x 11 pixels.</summary>
    public SinGanStack Discriminator(int scale, Rng rng, Precision precision) => new(DataChannels, WidthOf(scale), 1, rng, precision);

    /// <summary>Weights of the generators of all scales, which are what a training leaves.</summary>
    public long GeneratorWeights()
        => Enumerable.Range(0, Sides.Count).Sum(s => SinGanStack.Weights(DataChannels, WidthOf(s), DataChannels));

    public JsonNode ToJson() => JsonSerializer.SerializeToNode(this, Format)!;

    /// <exception cref="DatasetException">The node is no such shape.</exception>
    public static SinGanShape FromJson(JsonNode? json, string place)
    {
        try
        {
            return json.Deserialize<SinGanShape>(Format) ?? throw new DatasetException($"{place}: holds no generator settings");
        }
        catch (JsonException e)
        {
            throw new DatasetException($"{place}: no settings of a SinGAN that this version reads: {e.Message}", e);
        }
    }
}
