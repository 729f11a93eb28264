using Odm.Engine.Runtime;

namespace Odm.Classify.Features;

/// <summary>Extractors by name, or by the file or folder of their weights.</summary>
public static class FeatureExtractors
{
    /// <summary>The name where none is given: ImageNet's ResNet-18, whose weights come with the program.</summary>
    public const string Default = ResNet18Features.FullName;

    /// <summary>What <see cref="Open"/> takes, in words.</summary>
    public const string Allowed = "resnet18-imagenet, resnet50-imagenet, pixels, the .safetensors or .pth file of Inception-v3 in the FID "
        + "variant, or the folder of a trained downstream network";

    /// <summary>Null, or why <see cref="Open"/> would refuse the name; missing weights of ResNet-50 are found only there.</summary>
    public static string? Fault(string name) => name is ResNet18Features.FullName ? ResNet18Features.Fault
        : name is "pixels" or ResNetFeatures.FullName or "resnet50" || File.Exists(name) || Directory.Exists(name) ? null
        : $"\"{name}\"; must be one of {Allowed}";

    /// <summary>Loads an extractor onto the context's device.</summary>
    /// <param name="name">One of <see cref="Allowed"/>.</param>
    /// <param name="context">Device, precision, progress.</param>
    /// <param name="preprocessing">Of a file of Inception's weights; others have their own.</param>
    /// <exception cref="StudyException">No such name, file or folder; a preprocessing that is not the extractor's.</exception>
    /// <exception cref="DatasetException">Weights are missing, damaged or of another network.</exception>
    public static IFeatureExtractor Open(string name, RunContext context, FidPreprocessing preprocessing = FidPreprocessing.PytorchFid)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (Fault(name) is { } fault)
        {
            throw new StudyException($"features: {fault}");
        }
        if (preprocessing != FidPreprocessing.PytorchFid && !File.Exists(name))
        {
            throw new StudyException($"preprocessing: clean_fid; {name} has its own, it is for a file of Inception-v3's FID weights");
        }
        return name switch
        {
            "pixels" => new PixelFeatures(),
            ResNet18Features.FullName => new ResNet18Features(),
            ResNetFeatures.FullName or "resnet50" => new ResNetFeatures(context),
            _ when Directory.Exists(name) => new DownstreamFeatures(name, context),
            _ => new InceptionFeatures(name, context, preprocessing),
        };
    }
}
