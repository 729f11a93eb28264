using Odm.Classify.Classification;
using Odm.Classify.Networks;
using Odm.Classify.Weights;
using Odm.Data.Batching;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Classify.Features;

/// <summary>
/// The pooled 2048 numbers of ResNet-50 trained on ImageNet (<see cref="ImageNetWeights"/>), images at 224 px as it was trained.
/// </summary>
internal sealed class ResNetFeatures : IFeatureExtractor
{
    public const string FullName = "resnet50-imagenet";
    private const int Size = 224;
    internal static readonly Normalisation ImageNet = new(NormalisationKind.ImageNet, [.485, .456, .406], [.229, .224, .225]);
    private readonly ResNet network;

    /// <exception cref="DatasetException">The weights are not in the cache.</exception>
    public ResNetFeatures(RunContext context)
    {
        network = new ResNet(new ResNetConfig { Classes = 0, Variant = ResNetVariant.V1, Precision = context.Precision });
        NetworkWeights.LoadPretrained(network, "imagenet");
        network.to(context.Device);
        network.eval();
        Weights = WeightsCache.Sha256(ImageNetWeights.File);
    }

    public string Name => FullName;

    public string Preprocessing => "224 px, bilinear, antialiased";

    public string Weights { get; }

    public int Dimension => 2048;

    public Tensor Extract(Tensor images) // [N, 3, H, W] -> [N, 2048]
    {
        using var scope = NewDisposeScope();
        return network.Features(ImageNet.Apply(Resizing.To(images, Size))).MoveToOuterDisposeScope();
    }

    public void Dispose() => network.Dispose();
}
