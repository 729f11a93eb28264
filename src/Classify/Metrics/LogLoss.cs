namespace Odm.Classify.Metrics;

/// <summary>-ln of the probability that is given to the true class, which counts at least <see cref="LeastProbability"/>.</summary>
public static class LogLoss
{
    /// <summary>Least probability that a logarithm is taken of; ML.NET's evaluator has the same.</summary>
    public const double LeastProbability = 1e-15;

    /// <summary>The loss of each image [N].</summary>
    /// <param name="probabilities">[N, K].</param>
    /// <param name="truth">Class indices [N].</param>
    public static double[] Each(double[,] probabilities, IReadOnlyList<int> truth)
        => [.. truth.Select((k, i) => -Math.Log(Math.Clamp(probabilities[i, k], LeastProbability, 1)))];

    /// <summary>Mean over the images; null where nothing counts.</summary>
    /// <param name="losses">What <see cref="Each"/> gives [N].</param>
    /// <param name="weights">How often each image counts [N].</param>
    public static double? Mean(ReadOnlySpan<double> losses, ReadOnlySpan<int> weights)
    {
        double sum = 0;
        long total = 0;
        for (var i = 0; i < losses.Length; i++)
        {
            sum += weights[i] * losses[i];
            total += weights[i];
        }
        return total == 0 ? null : sum / total;
    }
}
