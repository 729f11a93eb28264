namespace Odm.Classify.Metrics;

/// <summary>
/// How a predicted mask agrees with the true one: counts of pixels at a threshold of .5, and sums of the probabilities themselves.
/// </summary>
/// <param name="Id">Image.</param>
/// <param name="Group">Patient or sequence; the bootstrap draws whole groups.</param>
/// <param name="Tp">Pixels in both masks.</param>
/// <param name="Fp">Pixels in the predicted one alone.</param>
/// <param name="Fn">Pixels in the true one alone.</param>
/// <param name="Tn">Pixels in neither.</param>
/// <param name="SoftIntersection">Sum of the probabilities within the true mask.</param>
/// <param name="SoftPredicted">Sum of all probabilities.</param>
/// <param name="SoftTruth">Pixels of the true mask.</param>
/// <param name="Hd95">95th percentile of the distances between the two outlines, in pixels; null where a mask is empty, or where it was not
/// asked for.</param>
public sealed record MaskScores(string Id, string Group, long Tp, long Fp, long Fn, long Tn, double SoftIntersection, double SoftPredicted,
    double SoftTruth, double? Hd95)
{
    /// <summary>Whether neither mask has a pixel.</summary>
    public bool BothEmpty => Tp + Fp + Fn == 0;

    /// <summary>2 TP / (2 TP + FP + FN); null where the image is skipped.</summary>
    public double? DiceHard(EmptyMask empty = EmptyMask.One) => BothEmpty ? Nothing(empty) : 2.0 * Tp / (2 * Tp + Fp + Fn);

    /// <summary>TP / (TP + FP + FN); null where the image is skipped.</summary>
    public double? Iou(EmptyMask empty = EmptyMask.One) => BothEmpty ? Nothing(empty) : (double)Tp / (Tp + Fp + Fn);

    /// <summary>
    /// (2 I + 1) / (P + T + 1) of the probabilities, without a threshold: the "Dice score" of Saragih et al., 1 - smp's Dice loss on one
    /// image. Null where the image is skipped.
    /// </summary>
    public double? DiceSoft(EmptyMask empty = EmptyMask.One)
        => BothEmpty && empty == EmptyMask.Skip ? null : (2 * SoftIntersection + 1) / (SoftPredicted + SoftTruth + 1);

    /// <summary>Compares.</summary>
    /// <param name="id">Image.</param>
    /// <param name="group">Its patient or sequence.</param>
    /// <param name="truth">H*W, in the mask where above 127.</param>
    /// <param name="probabilities">H*W, in the mask from .5 on.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="distance">Whether the outlines' distance is wanted, which costs more than all the rest.</param>
    public static MaskScores Of(string id, string group, ReadOnlySpan<byte> truth, ReadOnlySpan<float> probabilities, int height,
        int width, bool distance = true)
    {
        if (truth.Length != height * width || probabilities.Length != truth.Length)
        {
            throw new ArgumentException($"{truth.Length} and {probabilities.Length} pixels; expected {height} x {width} of each",
                nameof(truth));
        }
        var (real, found) = (new bool[truth.Length], new bool[truth.Length]);
        var counts = new long[4]; // tn, fn, fp, tp
        double intersection = 0, predicted = 0;
        for (var i = 0; i < truth.Length; i++)
        {
            (real[i], found[i]) = (truth[i] > 127, probabilities[i] >= .5f);
            counts[(real[i] ? 1 : 0) + (found[i] ? 2 : 0)]++;
            predicted += probabilities[i];
            intersection += real[i] ? probabilities[i] : 0;
        }
        return new(id, group, counts[3], counts[2], counts[1], counts[0], intersection, predicted, counts[1] + counts[3],
            distance ? SurfaceDistance.Hausdorff95(real, found, height, width) : null);
    }

    private static double? Nothing(EmptyMask empty) => empty switch { EmptyMask.One => 1, EmptyMask.Zero => 0, _ => null };
}
