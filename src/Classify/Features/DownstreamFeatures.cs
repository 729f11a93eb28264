using System.Globalization;
using Odm.Classify.Classification;
using Odm.Classify.Networks;
using Odm.Classify.Segmentation;
using Odm.Classify.Training;
using Odm.Classify.Weights;
using Odm.Engine.Files;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Classify.Features;

/// <summary>
/// What a network trained on the study's own images sees: the numbers before a classifier's last layers, or the means of the deepest maps
/// of a segmenter's encoder. Its best weights by validation.
/// </summary>
internal sealed class DownstreamFeatures : IFeatureExtractor
{
    private readonly nn.Module<Tensor, Tensor> network;
    private readonly ModelManifest card;
    private readonly Func<Tensor, Tensor> seen;

    /// <exception cref="DatasetException">The folder holds no finished training.</exception>
    public DownstreamFeatures(string folder, RunContext context)
    {
        (card, network, seen, Preprocessing) = Load(folder, context.Precision);
        var best = Path.Combine(folder, ModelManifest.BestFile);
        using (NewDisposeScope())
        {
            NetworkWeights.Load(network, Safetensors.Read(best), best, optional: _ => false);
        }
        network.to(context.Device);
        network.eval();
        Weights = WeightsCache.Sha256(best);
        using var inference = inference_mode();
        using var scope = NewDisposeScope();
        Dimension = (int)Extract(zeros([1, 3, 64, 64], device: context.Device)).shape[1];
    }

    public string Name => "downstream";

    public string Preprocessing { get; }

    public string Weights { get; }

    public int Dimension { get; }

    public Tensor Extract(Tensor images) // [N, 3, H, W] -> [N, D]
    {
        using var scope = NewDisposeScope();
        var x = card.Normalisation.Apply(seen(card.Channels == 1 ? images.mean([1], keepdim: true) : images));
        var features = network switch
        {
            ResNet resnet => resnet.Features(x),
            ThesisCnn cnn => cnn.Features(x),
            UNetPlusPlus segmenter => segmenter.Encoder.Maps(x)[^1].mean([2, 3]),
            _ => throw new InvalidOperationException($"{network.GetName()} has no features"),
        };
        return features.to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    public void Dispose() => network.Dispose();

    private static (ModelManifest Card, nn.Module<Tensor, Tensor> Network, Func<Tensor, Tensor> Seen, string Preprocessing) Load(
        string folder, Precision precision)
    {
        if (ClassifierManifest.TryRead(folder) is { } classifier)
        {
            var framed = classifier.Recipe.Evaluation is { } e
                ? string.Create(CultureInfo.InvariantCulture, $"{e.Resize} px, bilinear, antialiased, the middle {e.Crop} px")
                : Resized(classifier.Recipe.Size);
            return (classifier, classifier.Make(precision), classifier.Recipe.Seen, framed);
        }
        return SegmenterManifest.TryRead(folder) is { } segmenter
            ? (segmenter, segmenter.Make(precision), x => Resizing.To(x, segmenter.Recipe.Size), Resized(segmenter.Recipe.Size))
            : throw new DatasetException($"{folder}: holds no classifier.json nor segmenter.json; expected the folder of a finished "
                + $"training");
    }
    private static string Resized(int size)
        => size == 0 ? "own size" : string.Create(CultureInfo.InvariantCulture, $"{size} px, bilinear, antialiased");
}
