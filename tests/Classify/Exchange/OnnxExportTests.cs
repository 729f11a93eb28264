using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using Odm.Classify.Classification;
using Odm.Classify.Exchange;
using Odm.Classify.Networks;
using Odm.Classify.Segmentation;
using Odm.Data.Images;
using Odm.Engine.Runtime;
using Odm.Tests;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Classify.Tests.Exchange;

/// <summary>Exported networks through ONNX Runtime, an independent program, beside TorchSharp.</summary>
public sealed class OnnxExportTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(50, false, false, 0)]
    [InlineData(50, true, true, 0)]
    [InlineData(18, false, false, 7)]
    public void ResNets_agree(int depth, bool v1, bool small, int hidden)
    {
        using var network = new ResNet(new() { Depth = depth, Variant = v1 ? ResNetVariant.V1 : ResNetVariant.V15, Stem = small ? Stem.Small : Stem.Paper, Hidden = hidden, Classes = 5, Channels = 3, Width = 8 });
        Agrees(network, network, 2, 3, 40, 36);
    }

    [Fact]
    public void SeResNeXt_under_a_UNetPlusPlus_agrees()
    {
        using var network = new UNetPlusPlus(new SeResNeXt(3, Precision.Fp32, width: 16, groups: 4), [32, 16, 8, 8, 4], 2, Precision.Fp32);
        Agrees(network, network, 2, 3, 64, 96);
    }

    [Fact]
    public void ResNet18_under_a_UNetPlusPlus_agrees()
    {
        using var network = new UNetPlusPlus(new ResNet(new() { Depth = 18, Classes = 0, Channels = 1, Width = 8 }), [32, 16, 8, 8, 4], 2, Precision.Fp32);
        Agrees(network, network, 1, 1, 64, 64);
    }

    [Theory]
    [InlineData(32, 32)] // 4 x 4 maps: one window each
    [InlineData(60, 92)] // 7 x 11 maps: windows that overlap
    public void The_thesis_cnn_agrees(int height, int width)
    {
        using var network = new ThesisCnn(4, 3, width: 8);
        Agrees(network, null, 3, 3, height, width, (graph, x) => network.Write(graph, x, height, width));
    }

    [Theory]
    [InlineData(ClassifierNetwork.ResNet50, 0)]
    [InlineData(ClassifierNetwork.ResNet50, 48)] // enlarged
    [InlineData(ClassifierNetwork.ResNet50, 24)] // shrunk: antialiased
    [InlineData(ClassifierNetwork.Cnn, 0)]
    [InlineData(ClassifierNetwork.Cnn, 40)]
    [InlineData(ClassifierNetwork.ResNet50, 0, 52, 45)] // the middle of an enlarged one; an odd edge
    [InlineData(ClassifierNetwork.Cnn, 0, 28, 24)]
    public void A_trained_classifier_agrees_from_the_file_s_bytes_on(ClassifierNetwork network, int size, int resize = 0, int crop = 0)
    {
        var images = Images(6, masks: false);
        var config = new ClassifierConfig { Network = network, Recipe = "cpu", Steps = 2, Batch = 3, Size = size == 0 ? null : size, Evaluation = resize == 0 ? null : new() { Resize = resize, Crop = crop } };
        ClassifierTraining.Train(config, images, images, null, 1, folder["fit"], Context(), "fit");
        using var classifier = TrainedClassifier.Load(folder["fit"], Context());
        classifier.Export(folder["model.onnx"], "1");
        using var session = new InferenceSession(folder["model.onnx"]);
        JsonSerializer.Deserialize<string[]>(session.ModelMetadata.CustomMetadataMap["classes"]).ShouldBe(["a", "b", "c"]);
        var found = Run(session, Pixels(images), [images.Count, 3, images.Height, images.Width]);
        var expected = classifier.Predict(images).Probabilities;
        for (var i = 0; i < found.Length; i++)
        {
            found[i].ShouldBe((float)expected[i / 3, i % 3], 1e-4f);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(64)]
    public void A_trained_segmenter_agrees(int size)
    {
        var images = Images(4, masks: true);
        SegmenterTraining.Train(new() { Encoder = SegmenterEncoder.ResNet18, Recipe = "cpu", Steps = 2, Batch = 2, Size = size == 0 ? null : size }, images, images, null, 1, folder["fit"], Context(), "fit");
        using var segmenter = TrainedSegmenter.Load(folder["fit"], Context());
        segmenter.Export(folder["model.onnx"], "1");
        using var session = new InferenceSession(folder["model.onnx"]);
        var found = Run(session, Pixels(images), [images.Count, 3, images.Height, images.Width]);
        var expected = segmenter.Predict(images).SelectMany(m => m).ToArray();
        found.Zip(expected, (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan(1e-4f);
    }

    private void Agrees(nn.Module<Tensor, Tensor> network, IOnnxModule? module, int n, int channels, int height, int width, Func<OnnxGraph, string, string>? write = null)
    {
        Randomise(network);
        network.eval();
        var graph = new OnnxGraph();
        var x = graph.Input(OnnxGraph.Value("image", "N", channels, "H", "W"));
        graph.Output(write is null ? module!.Write(graph, x) : write(graph, x), OnnxGraph.Value("out", "N"));
        graph.Save(folder["network.onnx"], "1", new Dictionary<string, string>(StringComparer.Ordinal));
        using var scope = NewDisposeScope();
        using var off = no_grad();
        var image = randn(n, channels, height, width);
        using var options = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        using var session = new InferenceSession(folder["network.onnx"], options);
        var expected = network.call(image).contiguous().data<float>().ToArray();
        var found = Run(session, image.data<float>().ToArray(), [n, channels, height, width]);
        found.Length.ShouldBe(expected.Length);
        var scale = Math.Max(1, expected.Max(Math.Abs));
        found.Zip(expected, (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan(1e-4f * scale);
    }

    // statistics that differ from those of a fresh norm, so that a mix-up shows
    private static void Randomise(nn.Module network)
    {
        using var off = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (name, tensor) in network.named_parameters().Select(p => (p.name, (Tensor)p.parameter)).Concat(network.named_buffers().Where(b => b.buffer.dtype == ScalarType.Float32)))
        {
            if (name.EndsWith("running_var", StringComparison.Ordinal))
            {
                tensor.uniform_(.5, 1.5);
            }
            else if (tensor.dim() == 1)
            {
                tensor.uniform_(name.EndsWith("weight", StringComparison.Ordinal) ? .5 : -.2, name.EndsWith("weight", StringComparison.Ordinal) ? 1 : .2);
            }
        }
    }

    private static float[] Run(InferenceSession session, float[] pixels, int[] shape)
    {
        using var results = session.Run([NamedOnnxValue.CreateFromTensor("image", new Microsoft.ML.OnnxRuntime.Tensors.DenseTensor<float>(pixels, shape))]);
        return [.. results[0].AsEnumerable<float>()];
    }

    private static float[] Pixels(ImageSet images) => [.. Enumerable.Range(0, images.Count).SelectMany(i => images.Image(i).ToArray()).Select(b => (float)b)];

    private static ImageSet Images(int count, bool masks)
    {
        var rng = new Rng(5);
        byte[] Plane(int size) => [.. Enumerable.Range(0, size).Select(_ => (byte)rng.NextInt(256))];
        var rows = Enumerable.Range(0, count).Select(i => new ImageRow { Id = $"i{i}", Label = masks ? -1 : i % 3 }).ToArray();
        return ImageSet.FromImages([.. rows.Select(_ => Plane(3 * 32 * 32))], 3, 32, 32, rows, masks ? [] : ["a", "b", "c"],
            masks ? [.. rows.Select(_ => Plane(32 * 32).Select(b => b > 127 ? (byte)255 : (byte)0).ToArray())] : null);
    }

    private static RunContext Context() => new(CPU, Precision.Fp32, _ => { }, CancellationToken.None);
}
