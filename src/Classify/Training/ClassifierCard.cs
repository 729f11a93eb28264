using System.Text.Json;
using Odm.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Classify;

/// <summary>What a finished training's weights need to be used: <c>classifier.json</c>.</summary>
internal sealed record ClassifierCard
{
    /// <summary>File of the weights that did best on the validation images.</summary>
    public const string BestFile = "best.safetensors";

    private const string File = "classifier.json";

    internal static JsonSerializerOptions Format { get; } = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true, NewLine = "\n" };

    public required ClassifierRecipe Recipe { get; init; }

    public required IReadOnlyList<string> Classes { get; init; }

    public required int Channels { get; init; }

    public required Normalisation Normalisation { get; init; }

    public required ulong Seed { get; init; }

    public required string TrainingListHash { get; init; }

    /// <summary>Step whose weights were kept.</summary>
    public long BestStep { get; init; }

    /// <summary>The card of a finished training; null where there is none.</summary>
    public static ClassifierCard? TryRead(string folder)
    {
        var path = Path.Combine(folder, File);
        if (!System.IO.File.Exists(path))
        {
            return null;
        }
        try
        {
            return JsonSerializer.Deserialize<ClassifierCard>(System.IO.File.ReadAllText(path), Format);
        }
        catch (Exception e) when (e is JsonException or IOException)
        {
            throw new DatasetException($"{path}: cannot be read ({e.Message.ReplaceLineEndings(" ")}); expected what a finished training wrote", e);
        }
    }

    public void Write(string folder) => Durable.WriteText(Path.Combine(folder, File), JsonSerializer.Serialize(this, Format) + "\n");

    /// <summary>The network, its weights not yet set.</summary>
    public nn.Module<Tensor, Tensor> Make(Precision precision) => Networks.Make(Recipe, Classes.Count, Channels, precision);
}
