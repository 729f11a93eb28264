using System.Text.Json.Serialization;
using Odm.Augment.Vgg;
using Odm.Engine.Runtime;

namespace Odm.Augment.Gan.SinGan;

/// <summary>
/// The style of the source given to each image by descent on its pixels (Gatys, Ecker and Bethge 2016), as SinGAN-Seg does it with VGG-16
/// up to conv5_1. Here the weights are the normalised VGG-19 up to relu3_1, so content and style end there.
/// </summary>
public sealed record SinGanStyleConfig
{
    /// <summary>File with the normalised VGG-19 up to the deepest layer that is named (.pth or .safetensors).</summary>
    public string VggWeights { get; init; } = "";

    /// <summary>SHA-256 that the file must have; not looked at where left out.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public string? VggSha256 { get; init; }

    /// <summary>The layer whose features shall stay those of the drawn image.</summary>
    public string ContentLayer { get; init; } = "relu3_1";

    /// <summary>Weights of the layers whose Gram matrices shall become the source's, by name (SinGAN-Seg: these).</summary>
    public IReadOnlyDictionary<string, double> StyleLayers { get; init; } = new Dictionary<string, double>(StringComparer.Ordinal)
    {
        ["relu1_1"] = .75,
        ["relu2_1"] = .5,
        ["relu3_1"] = .25,
    };

    /// <summary>Weight of the style beside the content's 1.</summary>
    public double Weight { get; init; } = 1000;

    /// <summary>Steps of Adam on an image's pixels.</summary>
    public int Steps { get; init; } = 1000;

    /// <summary>Adam's rate, of pixels in [-1, 1].</summary>
    public double LearningRate { get; init; } = 0.01;

    /// <summary>The layers in use, by depth.</summary>
    internal IReadOnlyList<string> Layers => [.. VggFeatures.Layers.Where(l => l == ContentLayer || StyleLayers.ContainsKey(l))];

    /// <summary>What is wrong with these settings; empty where nothing is.</summary>
    /// <param name="path">Name of this section in the study file.</param>
    public IEnumerable<string> Faults(string path)
    {
        var known = "one of " + string.Join(", ", VggFeatures.Layers);
        return
        [
            .. Fault.Unless(VggWeights.Length > 0, $"{path}.vgg_weights", "missing",
                $"a file of the normalised VGG-19, or no {path} at all"),
            .. Fault.Unless(VggFeatures.Layers.Contains(ContentLayer, StringComparer.Ordinal), $"{path}.content_layer",
                $"'{ContentLayer}'", known),
            .. Fault.Unless(StyleLayers.Count > 0, $"{path}.style_layers", "empty", "at least " + known),
            .. StyleLayers.SelectMany(l => VggFeatures.Layers.Contains(l.Key, StringComparer.Ordinal)
                ? Fault.Unless(l.Value > 0 && double.IsFinite(l.Value), $"{path}.style_layers.{l.Key}", l.Value, "above 0")
                : [$"{path}.style_layers: '{l.Key}'; must be {known}"]),
            .. Fault.Unless(Weight > 0 && double.IsFinite(Weight), $"{path}.weight", Weight, "above 0"),
            .. Fault.Unless(Steps >= 1, $"{path}.steps", Steps, "at least 1"),
            .. Fault.Unless(LearningRate is > 0 and < 1, $"{path}.learning_rate", LearningRate, "above 0 and below 1"),
        ];
    }

    /// <summary>The file of weights, where it is named and not there.</summary>
    /// <param name="path">Name of this section in the study file.</param>
    public IEnumerable<string> MissingFiles(string path)
        => File.Exists(VggWeights) ? [] : [$"{path}.vgg_weights: there is no file {VggWeights}"];
}
