namespace Odm.Classify.Metrics;

/// <summary>All segmentation scores of one set of predicted masks, each with its interval.</summary>
public static class SegmentationMetrics
{
    /// <summary>
    /// <c>dice_hard dice_soft iou</c> (means over images), <c>dice_global iou_global</c> (of all pixels together), <c>hd95</c> (mean over
    /// the images that have one, in pixels), then the counts <c>tp fp fn tn</c>, which have no interval. Undefined values are left out;
    /// <c>n</c> is the number of images behind a value.
    /// </summary>
    /// <param name="predictions">A row an image.</param>
    /// <param name="bootstrap">Replicates, level, kind, seed of the intervals; whole groups are drawn.</param>
    /// <param name="empty">What an image counts in which neither mask has a pixel.</param>
    public static IReadOnlyList<Fact> Score(MaskPredictions predictions, BootstrapConfig? bootstrap = null, EmptyMask empty = EmptyMask.One)
    {
        var rows = predictions.Rows;
        return
        [
            .. new MaskScorer(predictions, empty).Facts(bootstrap),
            .. new[] { ("tp", rows.Sum(r => r.Tp)), ("fp", rows.Sum(r => r.Fp)), ("fn", rows.Sum(r => r.Fn)), ("tn", rows.Sum(r => r.Tn)) }
                .Select(c => new Fact(c.Item1, "", c.Item2, null, null, rows.Count)),
        ];
    }
}
