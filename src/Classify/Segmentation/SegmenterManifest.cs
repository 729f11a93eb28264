using Odm.Classify.Networks;
using Odm.Classify.Training;
using Odm.Engine.Runtime;

namespace Odm.Classify.Segmentation;

/// <summary>A finished segmenter: <c>segmenter.json</c>.</summary>
internal sealed record SegmenterManifest : ModelManifest
{
    private const string Name = "segmenter.json";

    public required SegmenterRecipe Recipe { get; init; }

    /// <summary>The manifest of a finished training; null where there is none.</summary>
    public static SegmenterManifest? TryRead(string folder) => Read<SegmenterManifest>(Path.Combine(folder, Name));

    public void Write(string folder) => Write(this, Path.Combine(folder, Name));

    /// <summary>The network, its weights not yet set; its classes are background and lesion.</summary>
    public UNetPlusPlus Make(Precision precision)
    {
        Encoder encoder = Recipe.Encoder switch
        {
            SegmenterEncoder.SeResNeXt50 => new SeResNeXt(Channels, precision),
            SegmenterEncoder.ResNet18 => Residual(18, ResNetVariant.V15),
            SegmenterEncoder.ResNet50 => Residual(50, ResNetVariant.V15),
            SegmenterEncoder.ResNet50V1 => Residual(50, ResNetVariant.V1),
            _ => throw new ArgumentException($"no encoder is called {Recipe.Encoder}"),
        };
        return new UNetPlusPlus(encoder, Recipe.Decoder, classes: 2, precision);

        ResNet Residual(int depth, ResNetVariant variant)
            => new(new ResNetConfig { Classes = 0, Depth = depth, Variant = variant, Channels = Channels, Precision = precision });
    }
}
