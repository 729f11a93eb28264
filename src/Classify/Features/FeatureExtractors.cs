using Odm.Data;

namespace Odm.Classify;

/// <summary>Extractors by name, or by the file or folder of their weights.</summary>
public static class FeatureExtractors
{
    /// <summary>What <see cref="Open"/> takes, in words.</summary>
    public const string Allowed = "pixels, resnet50-imagenet, the .safetensors or .pth file of Inception-v3 in the FID variant, or the folder of a trained downstream network";

    /// <summary>Null, or why <see cref="Open"/> would refuse the name; missing ImageNet weights are found only there.</summary>
    public static string? Fault(string name) =>
        name is "pixels" or ResNetFeatures.FullName or "resnet50" || File.Exists(name) || Directory.Exists(name) ? null : $"\"{name}\"; allowed are {Allowed}";

    /// <summary>Loads an extractor onto the context's device.</summary>
    /// <exception cref="StudyException">No such name, file or folder.</exception>
    /// <exception cref="DatasetException">Weights are missing, damaged or of another network.</exception>
    public static IFeatureExtractor Open(string name, RunContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (Fault(name) is { } fault)
        {
            throw new StudyException($"features: {fault}");
        }
        return name switch
        {
            "pixels" => new PixelFeatures(),
            ResNetFeatures.FullName or "resnet50" => new ResNetFeatures(context),
            _ when Directory.Exists(name) => new DownstreamFeatures(name, context),
            _ => new InceptionFeatures(name, context),
        };
    }
}
