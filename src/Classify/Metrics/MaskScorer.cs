namespace Odm.Classify.Metrics;

/// <summary>
/// The scores of a segmenter's masks: means over images, Dice and IoU of all pixels together, the mean distance of the outlines.
/// </summary>
internal sealed class MaskScorer : IScorer
{
    private readonly MaskPredictions predictions;
    private readonly EmptyMask empty;
    private readonly double?[][] each;

    public MaskScorer(MaskPredictions predictions, EmptyMask empty)
    {
        (this.predictions, this.empty) = (predictions, empty);
        each = [.. predictions.Rows.Select(r => new[] { r.DiceHard(empty), r.DiceSoft(empty), r.Iou(empty), r.Hd95 })];
        Groups = Groups.Of(predictions.Rows.Select(r => r.Group));
        Keys = [Key("dice_hard", Behind(0)), Key("dice_soft", Behind(1)), Key("iou", Behind(2)), Key("dice_global", each.Length),
            Key("iou_global", each.Length), Key("hd95", Behind(3))];
    }

    public Groups Groups { get; }

    public IReadOnlyList<ScoreKey> Keys { get; }

    public double[] Values(int[] times)
    {
        var (sums, weights) = (new double[4], new double[4]);
        double tp = 0, errors = 0;
        for (var i = 0; i < each.Length; i++)
        {
            double t = times[Groups.IndexOf[i]];
            var row = predictions.Rows[i];
            tp += t * row.Tp;
            errors += t * (row.Fp + row.Fn);
            for (var m = 0; m < 4; m++)
            {
                sums[m] += t * each[i][m] ?? 0;
                weights[m] += each[i][m] is null ? 0 : t;
            }
        }
        var (dice, iou) = tp + errors == 0 ? (Nothing(empty), Nothing(empty)) : (2 * tp / (2 * tp + errors), tp / (tp + errors));
        // 0 / 0 is NaN: undefined
        return [sums[0] / weights[0], sums[1] / weights[1], sums[2] / weights[2], dice, iou, sums[3] / weights[3]];
    }

    private static ScoreKey Key(string metric, long n) => new(metric, "", n);

    private long Behind(int mean) => each.Count(m => m[mean] is not null);

    private static double Nothing(EmptyMask empty) => empty switch { EmptyMask.One => 1, EmptyMask.Zero => 0, _ => double.NaN };
}
