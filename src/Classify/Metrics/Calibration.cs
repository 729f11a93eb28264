namespace Odm.Classify.Metrics;

/// <summary>
/// Expected calibration error: the mean over images of |accuracy - mean confidence| of their bin; 15 equal bins (a, b], confidence = the
/// probability of the class that was called (Guo et al. 2017, arXiv 1706.04599, equation 3).
/// </summary>
public sealed class Calibration
{
    /// <summary>Bins, as in Guo et al.</summary>
    public const int Bins = 15;

    private readonly int[] bins; // of each image
    private readonly double[] gaps; // hit (1 or 0) less confidence: n |acc - conf| of a bin is |their sum|

    /// <summary>Bins and gaps of images.</summary>
    /// <param name="probabilities">[N, K].</param>
    /// <param name="truth">Class indices [N].</param>
    /// <param name="predicted">Class that was called for each [N].</param>
    public Calibration(double[,] probabilities, IReadOnlyList<int> truth, IReadOnlyList<int> predicted)
    {
        ArgumentNullException.ThrowIfNull(probabilities);
        ArgumentNullException.ThrowIfNull(truth);
        ArgumentNullException.ThrowIfNull(predicted);
        (bins, gaps) = (new int[truth.Count], new double[truth.Count]);
        for (var i = 0; i < bins.Length; i++)
        {
            var confidence = probabilities[i, predicted[i]];
            bins[i] = Math.Clamp((int)Math.Ceiling(confidence * Bins) - 1, 0, Bins - 1);
            gaps[i] = (truth[i] == predicted[i] ? 1 : 0) - confidence;
        }
    }

    /// <summary>The error; null where nothing counts.</summary>
    /// <param name="weights">How often each image counts [N].</param>
    public double? Error(ReadOnlySpan<int> weights)
    {
        Span<double> gap = stackalloc double[Bins];
        long total = 0;
        for (var i = 0; i < bins.Length; i++)
        {
            gap[bins[i]] += weights[i] * gaps[i];
            total += weights[i];
        }
        double sum = 0;
        foreach (var g in gap)
        {
            sum += Math.Abs(g);
        }
        return total == 0 ? null : sum / total;
    }
}
