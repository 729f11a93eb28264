using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Odm.Classify.Classification;
using Odm.Classify.Networks;
using Odm.Classify.Weights;
using Odm.Engine.Runtime;
using static TorchSharp.torch;

namespace Odm.Classify.Features;

/// <summary>
/// The pooled 512 numbers of ResNet-18 trained on ImageNet, from the package Microsoft.ML.DnnImageFeaturizer.ResNet18: two ONNX files
/// beside the program, so nothing is downloaded. The network has no classification layer. Its published preprocessing is 224 px, blue
/// first, 0 to 255, less the mean image of ImageNet.
/// </summary>
internal sealed class ResNet18Features : IFeatureExtractor
{
    public const string FullName = "resnet18-imagenet";
    private const int Size = 224;
    private static readonly long[] Shape = [1, 3, Size, Size]; // the network takes one image at a time

    private readonly Tensor minusMean; // [1, 3, H, W], blue first
    private readonly InferenceSession network;
    private readonly RunOptions options = new();
    private readonly float[] pixels = new float[3 * Size * Size];

    public ResNet18Features()
    {
        using (var preprocessing = Open(PreprocessingFile))
        {
            minusMean = tensor(Run(preprocessing), Shape).DetachFromDisposeScope(); // of a black image
        }
        network = Open(NetworkFile);
        Weights = WeightsCache.Sha256(NetworkFile);
    }

    /// <summary>RGB 0 to 255 to the network's input, [1, 3, 224, 224] both.</summary>
    internal static string PreprocessingFile => Beside("ResNetPrepOnnx", "ResNetPreprocess.onnx");

    /// <summary>The network's input to [1, 512, 1, 1].</summary>
    internal static string NetworkFile => Beside("ResNet18Onnx", "ResNet18.onnx");

    /// <summary>Null, or that the package's files are not beside the program.</summary>
    internal static string? Fault => File.Exists(NetworkFile) && File.Exists(PreprocessingFile) ? null
        : $"{FullName}: {NetworkFile} is absent; the program must reference the package Microsoft.ML.DnnImageFeaturizer.ResNet18";

    /// <summary>What is added to grey levels, blue first: [1, 3, 224, 224].</summary>
    internal Tensor MinusMean => minusMean;

    /// <summary>Names of the network's input and output.</summary>
    internal static (string Input, string Output) Names()
    {
        using var session = Open(NetworkFile);
        return (session.InputNames[0], session.OutputNames[0]);
    }

    public string Name => FullName;

    public string Preprocessing => "224 px, bilinear, antialiased";

    public string Weights { get; }

    public int Dimension => 512;

    public Tensor Extract(Tensor images) // [N, 3, H, W] -> [N, 512]
    {
        using var scope = NewDisposeScope();
        var inputs = Inputs(images);
        var (count, features) = ((int)images.shape[0], new float[images.shape[0] * Dimension]);
        var values = MemoryMarshal.Cast<byte, float>(inputs.bytes);
        for (var i = 0; i < count; i++)
        {
            values.Slice(i * pixels.Length, pixels.Length).CopyTo(pixels);
            Run(network).CopyTo(features, i * Dimension);
        }
        return Aligned.Of(features, [count, Dimension], images.device).MoveToOuterDisposeScope();
    }

    /// <summary>What the network sees, on the processor: the preprocessing graph's arithmetic on whole batches.</summary>
    internal Tensor Inputs(Tensor images) // [N, 3, H, W], RGB in [0, 1] -> [N, 3, 224, 224], BGR
    {
        using var scope = NewDisposeScope();
        return (Resizing.To(images.cpu(), Size).flip(1) * 255 + minusMean).contiguous().MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        options.Dispose();
        network.Dispose();
        minusMean.Dispose();
    }

    private float[] Run(InferenceSession session)
    {
        using var input = OrtValue.CreateTensorValueFromMemory(pixels, Shape);
        using var output = session.Run(options, [session.InputNames[0]], [input], [session.OutputNames[0]]);
        return output[0].GetTensorDataAsSpan<float>().ToArray();
    }

    /// <summary>
    /// On as many threads as the engine, which do not spin while the engine computes; memory goes back after each image, as there is no
    /// arena to grow.
    /// </summary>
    internal static InferenceSession Open(string file)
    {
        using var session = new SessionOptions
        {
            IntraOpNumThreads = TorchEngine.Threads,
            InterOpNumThreads = 1,
            EnableCpuMemArena = false,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR
        };
        session.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        return new InferenceSession(file, session);
    }

    private static string Beside(string folder, string name) => Path.Combine(AppContext.BaseDirectory, "DnnImageModels", folder, name);
}
