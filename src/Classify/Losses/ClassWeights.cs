namespace Odm.Classify.Losses;

/// <summary>Weights and priors of classes from their numbers of training images; in double, an entry a class.</summary>
internal static class ClassWeights
{
    /// <summary>n / (C n_c) over the C classes that have images: a mean of 1 over the images; 0 for a class without any.</summary>
    public static double[] Inverse(IReadOnlyList<int> counts)
    {
        var (all, classes) = ((double)counts.Sum(), counts.Count(n => n > 0));
        return [.. counts.Select(n => n == 0 ? 0 : all / (classes * (double)n))];
    }

    /// <summary>
    /// (1 - β) / (1 - β^n_c), the inverse of the effective number of images, scaled to sum to the number C of classes that have images
    /// (Cui et al. 2019, equation 3 and section 4); 0 for a class without any. β 0 weighs all alike, β to 1 as <see cref="Inverse"/>
    /// does up to a factor.
    /// </summary>
    public static double[] Effective(IReadOnlyList<int> counts, double beta)
    {
        double[] weights = [.. counts.Select(n => n == 0 ? 0 : (1 - beta) / (1 - Math.Pow(beta, n)))];
        var scale = counts.Count(n => n > 0) / weights.Sum();
        return [.. weights.Select(w => w * scale)];
    }

    /// <summary>
    /// τ log π_c, π_c the class' share of the images (Menon et al. 2021, equation 10). A class without images counts as one image, since
    /// log 0 would leave its logit free.
    /// </summary>
    public static double[] Adjustment(IReadOnlyList<int> counts, double tau)
    {
        double all = counts.Sum(n => Math.Max(n, 1));
        return [.. counts.Select(n => tau * Math.Log(Math.Max(n, 1) / all))];
    }
}
