using Odm.Classify.Exchange;
using Odm.Classify.Networks;
using Odm.Classify.Weights;
using Odm.Data.Batching;
using Odm.Engine.Runtime;
using static TorchSharp.torch;

namespace Odm.Classify.Features;

/// <summary>One ONNX file of a chain that gives features.</summary>
/// <param name="File">The file.</param>
/// <param name="Input">Name of its input.</param>
/// <param name="Output">Name of its output.</param>
/// <param name="Shape">Shape of the input, for one image.</param>
public sealed record FeatureNetwork(string File, string Input, string Output, IReadOnlyList<int> Shape);

/// <summary>
/// Feature extractors as ONNX: from grey levels 0 to 255, RGB, to the numbers that <see cref="IFeatureExtractor"/> gives.
/// </summary>
public static class FeatureExport
{
    private const int Side = 224;
    private const string Pixels = "OdmPixels";
    private const string Pooled = "OdmFeatures";

    /// <summary>Writes an extractor's files, to be applied one after the other.</summary>
    /// <param name="name"><c>resnet18-imagenet</c> or <c>resnet50-imagenet</c>.</param>
    /// <param name="folder">Receives them.</param>
    /// <param name="height">Rows of pixels of the images.</param>
    /// <param name="width">Columns of pixels.</param>
    /// <param name="version">Version of the program that writes them.</param>
    /// <exception cref="ArgumentException">Another extractor.</exception>
    /// <exception cref="DatasetException">Its weights are missing.</exception>
    public static IReadOnlyList<FeatureNetwork> Write(string name, string folder, int height, int width, string version)
    {
        int[] shape = [1, 3, height, width];
        var first = Path.Combine(folder, name + ".onnx");
        switch (name)
        {
            case ResNetFeatures.FullName:
                ResNet50(first, version);
                return [new(first, Pixels, Pooled, shape)];
            case ResNet18Features.FullName:
                ResNet18Input(first, version);
                var (input, output) = ResNet18Features.Names();
                return [new(first, Pixels, input, shape), new(ResNet18Features.NetworkFile, input, output, [1, 3, Side, Side])];
            default:
                throw new ArgumentException($"features: '{name}'; must be one of {ResNet18Features.FullName}, {ResNetFeatures.FullName}");
        }
    }

    private static void ResNet50(string file, string version)
    {
        using var network = new ResNet(new ResNetConfig { Classes = 0, Variant = ResNetVariant.V1 });
        NetworkWeights.LoadPretrained(network, "imagenet");
        var graph = new OnnxGraph();
        var image = ExportedImage.Input(graph, Pixels, 3, ResNetFeatures.ImageNet, size: null);
        var features = graph.Flatten(graph.GlobalMean(network.WriteMaps(graph, graph.ResizeTo(image, Side))[4]));
        graph.Output(features, OnnxGraph.Value(Pooled, "N", 2048));
        graph.Save(file, version, new Dictionary<string, string>(StringComparer.Ordinal) { ["input"] = ExportedImage.Description });
    }

    // what the package's network takes: blue first, less the mean image
    private static void ResNet18Input(string file, string version)
    {
        if (ResNet18Features.Fault is { } fault)
        {
            throw new StudyException($"features: {fault}");
        }
        using var extractor = new ResNet18Features();
        var graph = new OnnxGraph();
        var image = graph.ResizeTo(graph.Input(OnnxGraph.Value(Pixels, "N", 3, "H", "W")), Side);
        var blueFirst = graph.Concat(graph.Channel(image, 2), graph.Channel(image, 1), graph.Channel(image, 0));
        graph.Output(graph.Add(blueFirst, graph.Weights(extractor.MinusMean)),
            OnnxGraph.Value(ResNet18Features.Names().Input, "N", 3, Side, Side));
        graph.Save(file, version, new Dictionary<string, string>(StringComparer.Ordinal) { ["input"] = ExportedImage.Description });
    }
}
