using System.Text.Json;
using Odm.Data.Batching;
using Odm.Engine.Files;
using Odm.Engine.Runtime;

namespace Odm.Classify.Training;

/// <summary>What a finished training's weights need to be used, besides its recipe: a JSON file beside <see cref="BestFile"/>.</summary>
internal abstract record ModelManifest
{
    /// <summary>File of the weights that did best on the validation images.</summary>
    public const string BestFile = "best.safetensors";

    internal static JsonSerializerOptions Format { get; } =
        new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true, NewLine = "\n" };

    public required int Channels { get; init; }

    /// <summary>Height of the training images, pixels; 0 where an earlier version trained.</summary>
    public int Height { get; init; }

    /// <summary>Width of the training images, pixels; 0 where an earlier version trained.</summary>
    public int Width { get; init; }

    public required Normalisation Normalisation { get; init; }

    public required ulong Seed { get; init; }

    public required string TrainingListHash { get; init; }

    /// <summary>Step whose weights were kept.</summary>
    public long BestStep { get; init; }

    /// <summary>The manifest in a file; null where there is none.</summary>
    protected static T? Read<T>(string path) where T : ModelManifest
    {
        if (!File.Exists(path))
        {
            return null;
        }
        try
        {
            return JsonSerializer.Deserialize<T>(File.ReadAllText(path), Format);
        }
        catch (Exception e) when (e is JsonException or IOException)
        {
            throw new DatasetException($"{path}: cannot be read ({e.Message.ReplaceLineEndings(" ")}); expected what a finished training "
                + $"wrote", e);
        }
    }

    protected static void Write<T>(T card, string path) where T : ModelManifest
        => Durable.WriteText(path, JsonSerializer.Serialize(card, Format) + "\n");
}
