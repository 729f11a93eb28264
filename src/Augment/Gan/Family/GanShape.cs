using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Odm.Augment.Gan.Training;
using Odm.Engine.Runtime;

namespace Odm.Augment.Gan.Family;

/// <summary>All that is needed to build a GAN's networks and to know its training again: the <c>config</c> of its checkpoint.</summary>
internal sealed record GanShape
{
    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>Name of the family.</summary>
    public required string Kind { get; init; }

    /// <summary>Image channels.</summary>
    public required int Channels { get; init; }

    /// <summary>Side of the square images in pixels.</summary>
    public required int Size { get; init; }

    /// <summary>Whether the mask is a channel after the image's.</summary>
    public required bool Masks { get; init; }

    /// <summary>Classes that the networks are told; none where they are told none.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>The family's settings of its networks.</summary>
    public required JsonNode Network { get; init; }

    /// <summary>The training's settings.</summary>
    public required AdversarialConfig Training { get; init; }

    /// <summary>Channels that are generated.</summary>
    [JsonIgnore]
    public int DataChannels => Channels + (Masks ? 1 : 0);

    /// <summary>A family's settings as they stand in <see cref="Network"/>.</summary>
    public static JsonNode Pack<T>(T network) => JsonSerializer.SerializeToNode(network, Format)!;

    /// <summary>The family's settings of its networks.</summary>
    public T NetworkAs<T>() => Network.Deserialize<T>(Format)!;

    /// <summary>The shape without what changes no weight, so that such a setting may change between two parts of a training.</summary>
    public JsonNode ToJson()
        => JsonSerializer.SerializeToNode(this with { Training = Training with { SheetEvery = null, PerSeed = false } }, Format)!;

    /// <exception cref="DatasetException">The node is no such shape.</exception>
    public static GanShape FromJson(JsonNode? json, string place)
    {
        try
        {
            return json.Deserialize<GanShape>(Format) ?? throw new DatasetException($"{place}: holds no generator settings");
        }
        catch (JsonException e)
        {
            throw new DatasetException($"{place}: no settings of a GAN that this version reads: {e.Message}", e);
        }
    }
}
