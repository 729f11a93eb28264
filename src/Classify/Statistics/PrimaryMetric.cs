namespace Odm.Classify.Statistics;

/// <summary>
/// The metric that a comparison decides by, named before it: nine metrics that go together, corrected for one another, hide a difference
/// that one of them alone would show. The others describe.
/// </summary>
public static class PrimaryMetric
{
    /// <summary>What may be named for classifiers; the first is the default.</summary>
    public static IReadOnlyList<string> OfClasses { get; } = ["balanced_accuracy", "accuracy", "macro_f1", "weighted_f1", "mcc", "qwk",
        "mae", "auc", "ece"];

    /// <summary>What may be named for segmenters; the first is the default.</summary>
    public static IReadOnlyList<string> OfMasks { get; } = ["dice_hard", "dice_soft", "iou", "dice_global", "iou_global", "hd95"];
}
