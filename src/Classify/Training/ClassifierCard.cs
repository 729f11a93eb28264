using Odm.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Classify;

/// <summary>A finished classifier: <c>classifier.json</c>.</summary>
internal sealed record ClassifierCard : LearningCard
{
    private const string Name = "classifier.json";

    public required ClassifierRecipe Recipe { get; init; }

    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>The card of a finished training; null where there is none.</summary>
    public static ClassifierCard? TryRead(string folder) => Read<ClassifierCard>(Path.Combine(folder, Name));

    public void Write(string folder) => Write(this, Path.Combine(folder, Name));

    /// <summary>The network, its weights not yet set.</summary>
    public nn.Module<Tensor, Tensor> Make(Precision precision) => Networks.Make(Recipe, Classes.Count, Channels, precision);
}
