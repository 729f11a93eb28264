namespace Odm.Classify;

/// <summary>All segmentation scores of one set of predicted masks, each with its interval.</summary>
public static class SegmentationMetrics
{
    private static readonly string[] Means = ["dice_hard", "dice_soft", "iou"];

    /// <summary>
    /// <c>dice_hard dice_soft iou</c> (means over images), <c>dice_global iou_global</c> (of all pixels together), <c>hd95</c> (mean over the images that have one, in
    /// pixels), then the counts <c>tp fp fn tn</c>, which have no interval. Undefined values are left out; <c>n</c> is the number of images behind a value.
    /// </summary>
    /// <param name="predictions">A row an image.</param>
    /// <param name="bootstrap">Replicates, level, kind, seed of the intervals; whole groups are drawn.</param>
    /// <param name="empty">What an image counts in which neither mask has a pixel.</param>
    public static IReadOnlyList<Fact> Score(MaskPredictions predictions, BootstrapConfig? bootstrap = null, EmptyMask empty = EmptyMask.One)
    {
        var rows = predictions.Rows;
        var groups = Groups.Of(rows.Select(r => r.Group));
        double?[][] means = [.. rows.Select(r => new[] { r.DiceHard(empty), r.DiceSoft(empty), r.Iou(empty), r.Hd95 })];
        var values = Values(groups.Ones());
        var intervals = Bootstrap.Intervals(groups.Count, Values, bootstrap ?? new BootstrapConfig());
        string[] names = [.. Means, "dice_global", "iou_global", "hd95"];
        long[] n = [Behind(0), Behind(1), Behind(2), rows.Count, rows.Count, Behind(3)];
        return
        [
            .. names.Select((name, s) => new Fact(name, "", values[s], intervals[s]?.Low, intervals[s]?.High, n[s])).Where(f => !double.IsNaN(f.Value)),
            .. new[] { ("tp", rows.Sum(r => r.Tp)), ("fp", rows.Sum(r => r.Fp)), ("fn", rows.Sum(r => r.Fn)), ("tn", rows.Sum(r => r.Tn)) }
                .Select(c => new Fact(c.Item1, "", c.Item2, null, null, rows.Count)),
        ];

        long Behind(int mean) => means.Count(m => m[mean] is not null);

        double[] Values(int[] times)
        {
            var (sums, weights) = (new double[4], new double[4]);
            double tp = 0, errors = 0;
            for (var i = 0; i < rows.Count; i++)
            {
                double t = times[groups.IndexOf[i]];
                tp += t * rows[i].Tp;
                errors += t * (rows[i].Fp + rows[i].Fn);
                for (var m = 0; m < 4; m++)
                {
                    sums[m] += t * means[i][m] ?? 0;
                    weights[m] += means[i][m] is null ? 0 : t;
                }
            }
            var (dice, iou) = tp + errors == 0 ? (Nothing(empty), Nothing(empty)) : (2 * tp / (2 * tp + errors), tp / (tp + errors));
            return [sums[0] / weights[0], sums[1] / weights[1], sums[2] / weights[2], dice, iou, sums[3] / weights[3]]; // 0 / 0 is NaN: undefined
        }
    }

    private static double Nothing(EmptyMask empty) => empty switch { EmptyMask.One => 1, EmptyMask.Zero => 0, _ => double.NaN };
}
