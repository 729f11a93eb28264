using MathNet.Numerics.Distributions;

namespace Odm.Classify.Readers;

/// <summary>Shares of answers: exact intervals and tests, which hold for thirty images as well as for thousands.</summary>
internal static class Proportion
{
    /// <summary>
    /// Clopper and Pearson's interval (1934, Biometrika 26) of a share: quantiles of beta distributions.
    /// </summary>
    /// <param name="hits">Successes.</param>
    /// <param name="n">Trials, from 1.</param>
    /// <param name="level">Coverage, at least.</param>
    public static (double Low, double High) Interval(int hits, int n, double level = .95)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(n);
        ArgumentOutOfRangeException.ThrowIfNegative(hits);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(hits, n);
        var tail = (1 - level) / 2;
        return (hits == 0 ? 0 : Beta.InvCDF(hits, n - hits + 1, tail), hits == n ? 1 : Beta.InvCDF(hits + 1, n - hits, 1 - tail));
    }

    /// <summary>Two-sided p of the exact binomial test against a chance of one half.</summary>
    public static double AgainstHalf(int hits, int n)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(n);
        return Math.Min(1, 2 * Binomial.CDF(.5, n, Math.Min(hits, n - hits)));
    }

    /// <summary>
    /// The median's interval from order statistics (Conover 1999, 3.2): whatever the distribution, it covers with
    /// <paramref name="level"/> at least. Null under six values.
    /// </summary>
    public static (double Low, double High)? Median(IEnumerable<double> values, double level = .95)
    {
        double[] sorted = [.. values.Order()];
        var rank = 0; // values that may be cut off at each end
        while (rank < sorted.Length / 2 && Binomial.CDF(.5, sorted.Length, rank) <= (1 - level) / 2)
        {
            rank++;
        }
        return rank == 0 ? null : (sorted[rank - 1], sorted[^rank]);
    }

    /// <summary>
    /// Two-sided p of all readers' right answers together against guessing, by the exact permutation test: under the null hypothesis the
    /// answers do not depend on which images are generated, so every choice of as many images is equally likely. Readers who err on the
    /// same images do not make it too small, as a binomial test of all answers would be. The p is twice the smaller tail; for one reader
    /// that is twice the one-sided p of Fisher's exact test.
    /// </summary>
    /// <param name="votes">Readers who called each image generated.</param>
    /// <param name="generated">Whether it is.</param>
    public static double AgainstShuffled(IReadOnlyList<int> votes, IReadOnlyList<bool> generated)
    {
        ArgumentNullException.ThrowIfNull(votes);
        ArgumentNullException.ThrowIfNull(generated);
        int chosen = generated.Count(g => g), most = votes.Sum(), observed = votes.Where((_, i) => generated[i]).Sum();
        var ways = new double[chosen + 1, most + 1]; // [images taken, votes on them] -> share of the choices
        ways[0, 0] = 1;
        for (var i = 0; i < votes.Count; i++)
        {
            for (var k = Math.Min(i, chosen - 1); k >= 0; k--)
            {
                for (var s = most - votes[i]; s >= 0; s--)
                {
                    ways[k + 1, s + votes[i]] += ways[k, s];
                }
            }
        }
        double all = 0, below = 0, above = 0;
        for (var s = 0; s <= most; s++)
        {
            all += ways[chosen, s];
            below += s <= observed ? ways[chosen, s] : 0;
            above += s >= observed ? ways[chosen, s] : 0;
        }
        return Math.Min(1, 2 * Math.Min(below, above) / all);
    }
}
