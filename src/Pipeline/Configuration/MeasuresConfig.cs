using System.Text.Json.Serialization;
using Odm.Classify.Features;
using Odm.Classify.ImageMetrics;

namespace Odm.Pipeline.Configuration;

/// <summary><c>image_metrics</c>: how synthetic sets are compared with real images.</summary>
public sealed record MeasuresConfig
{
    /// <summary>
    /// Features: <c>downstream</c> (the network of an arm of real images alone), <c>none</c> (nothing is compared), or what
    /// <see cref="FeatureExtractors.Open"/> takes.
    /// </summary>
    public string Features { get; init; } = FeatureExtractors.Default;

    /// <summary>Shares of the classes in the samples that are compared.</summary>
    public ClassMix ClassMix { get; init; }

    /// <summary>
    /// Images that each generator makes for the comparison alone, in the class shares of the training images that it saw; null: the sets
    /// that the arms train on are compared. Only beside <c>class_mix: natural</c>. Published values of the FID are of 50,000 images.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int? Count { get; init; }

    /// <summary>
    /// What is done to an image first, where <c>features</c> is a file of Inception-v3's FID weights: <c>pytorch_fid</c> or
    /// <c>clean_fid</c>.
    /// </summary>
    public FidPreprocessing Preprocessing { get; init; }

    /// <summary>Features alone, with the other defaults.</summary>
    /// <exception cref="FormatException">No such features.</exception>
    public static MeasuresConfig Parse(string word)
        => Fault(word) is { } fault ? throw new FormatException(fault) : new() { Features = word };

    /// <summary>What does not fit.</summary>
    public IEnumerable<string> Faults(string path)
    {
        if (Fault(Features) is { } fault)
        {
            yield return $"{path}.features: {fault}";
        }
        else if (Preprocessing != FidPreprocessing.PytorchFid && !File.Exists(Features))
        {
            yield return $"{path}.preprocessing: clean_fid; allowed beside a file of Inception-v3's FID weights ({path}.features)";
        }

        if (Count is < 10 or > 1_000_000)
        {
            yield return $"{path}.count: {Count}; must be 10 to 1000000";
        }

        if (Count is not null && ClassMix != ClassMix.Natural)
        {
            yield return $"{path}.count: {Count}; allowed beside class_mix: natural, the shares in which so many images are made";
        }

        if (Count is not null && Features == "none")
        {
            yield return $"{path}.count: {Count}; nothing is compared with features: none";
        }
    }

    private static string? Fault(string features)
        => features is not ("downstream" or "none") && FeatureExtractors.Fault(features) is { } fault ? $"{fault}, downstream, none" : null;
}
