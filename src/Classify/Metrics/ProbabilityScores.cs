namespace Odm.Classify.Metrics;

/// <summary>
/// The scores that need probabilities, as equations in double over weighted images (a bootstrap draws an image 0, 1, 2... times).
/// </summary>
public static class ProbabilityScores
{
    /// <summary>Bins of the calibration error, as in Guo et al. 2017 (arXiv 1706.04599), equation 3.</summary>
    public const int Bins = 15;

    /// <summary>Indices that sort one column of the probabilities upwards.</summary>
    public static int[] Order(double[,] probabilities, int k)
    {
        var order = new int[probabilities.GetLength(0)];
        var keys = new double[order.Length];
        for (var i = 0; i < order.Length; i++)
        {
            (order[i], keys[i]) = (i, probabilities[i, k]);
        }
        Array.Sort(keys, order);
        return order;
    }

    /// <summary>
    /// One-vs-rest area under the ROC curve of class k = the probability that an image of the class gets more than one of the others,
    /// ties counting half (Hanley and McNeil 1982). Null where all or none of the images are of the class.
    /// </summary>
    /// <param name="probabilities">[N, K].</param>
    /// <param name="order">What <see cref="Order"/> gives for k.</param>
    /// <param name="truth">Class indices [N].</param>
    /// <param name="weights">How often each image counts [N].</param>
    /// <param name="k">The class.</param>
    public static double? Auc(double[,] probabilities, int[] order, int[] truth, int[] weights, int k)
    {
        double below = 0, pairs = 0, positives = 0;
        for (var start = 0; start < order.Length;)
        {
            double tiedPositives = 0, tiedNegatives = 0;
            var value = probabilities[order[start], k];
            for (; start < order.Length && probabilities[order[start], k] == value; start++)
            {
                var i = order[start];
                if (truth[i] == k)
                {
                    tiedPositives += weights[i];
                }
                else
                {
                    tiedNegatives += weights[i];
                }
            }
            pairs += tiedPositives * (below + tiedNegatives / 2);
            positives += tiedPositives;
            below += tiedNegatives;
        }
        return positives == 0 || below == 0 ? null : pairs / (positives * below);
    }

    /// <summary>Least probability that <see cref="LogLoss"/> takes a logarithm of; ML.NET's evaluator has the same.</summary>
    public const double LeastProbability = 1e-15;

    /// <summary>Mean over images of -ln of the probability given to the true class, which counts at least
    /// <see cref="LeastProbability"/>.</summary>
    /// <param name="probabilities">[N, K].</param>
    /// <param name="truth">Class indices [N].</param>
    /// <param name="weights">How often each image counts [N].</param>
    public static double? LogLoss(double[,] probabilities, int[] truth, int[] weights)
    {
        double sum = 0, total = 0;
        for (var i = 0; i < truth.Length; i++)
        {
            if (weights[i] > 0)
            {
                sum -= weights[i] * Math.Log(Math.Clamp(probabilities[i, truth[i]], LeastProbability, 1));
                total += weights[i];
            }
        }
        return total == 0 ? null : sum / total;
    }

    /// <summary>
    /// Expected calibration error: the mean over images of |accuracy - mean confidence| of their bin; 15 equal bins (a, b], confidence =
    /// the probability of the class that was called.
    /// </summary>
    public static double? CalibrationError(double[,] probabilities, int[] truth, int[] predicted, int[] weights)
    {
        Span<double> gap = stackalloc double[Bins]; // hits minus confidences: n |acc - conf| = |their sum|
        double total = 0;
        for (var i = 0; i < truth.Length; i++)
        {
            var confidence = probabilities[i, predicted[i]];
            var bin = Math.Clamp((int)Math.Ceiling(confidence * Bins) - 1, 0, Bins - 1);
            gap[bin] += weights[i] * ((truth[i] == predicted[i] ? 1 : 0) - confidence);
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
