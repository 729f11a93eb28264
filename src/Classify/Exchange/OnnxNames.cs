namespace Odm.Classify.Exchange;

/// <summary>Names of the inputs and outputs of exported networks.</summary>
public sealed record OnnxNames
{
    /// <summary>Input: float32 [N, C, H, W], grey levels 0 to 255.</summary>
    public string Image { get; init; } = "image";

    /// <summary>Output of a classifier: float32 [N, K].</summary>
    public string Probabilities { get; init; } = "probabilities";

    /// <summary>Output of a classifier: int64 [N].</summary>
    public string Class { get; init; } = "class";

    /// <summary>Output of a segmenter: float32 [N, 1, H, W].</summary>
    public string Probability { get; init; } = "probability";

    /// <summary>
    /// Output of a segmenter: float32 [N, 3, H, W], three equal planes, 255 where the probability is above one half, else 0.
    /// </summary>
    public string Mask { get; init; } = "mask";
}
