using Odm.Classify.Networks;
using Odm.Classify.Training;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Classify.Classification;

/// <summary>A finished classifier: <c>classifier.json</c>.</summary>
internal sealed record ClassifierManifest : ModelManifest
{
    private const string Name = "classifier.json";

    public required ClassifierRecipe Recipe { get; init; }

    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>The manifest of a finished training; null where there is none.</summary>
    public static ClassifierManifest? TryRead(string folder) => Read<ClassifierManifest>(Path.Combine(folder, Name));

    public void Write(string folder) => Write(this, Path.Combine(folder, Name));

    /// <summary>The network, its weights uninitialised in the sense of this project: see <see cref="InitialWeights"/>.</summary>
    public nn.Module<Tensor, Tensor> Make(Precision precision) => Recipe.Network switch
    {
        ClassifierNetwork.Cnn => new ThesisCnn(Classes.Count, Channels, Recipe.Dropout, precision),
        ClassifierNetwork.ResNet50 => Residual(ResNetVariant.V15, precision),
        ClassifierNetwork.ResNet50V1 => Residual(ResNetVariant.V1, precision),
        _ => throw new ArgumentException($"no classifier network is called {Recipe.Network}"),
    };

    private ResNet Residual(ResNetVariant variant, Precision precision) => new(new ResNetConfig
    {
        Classes = Classes.Count,
        Channels = Channels,
        Variant = variant,
        Stem = Recipe.Stem,
        Hidden = Recipe.Hidden,
        Frozen = Recipe.Freeze,
        Precision = precision,
    });
}
