using Odm.Engine.Runtime;

namespace Odm.Classify.Statistics;

/// <summary>
/// Permutation test of two arms that called the same images: their predictions are swapped, whole groups together, in all seeds at once.
/// </summary>
public static class PairedPermutation
{
    /// <summary>
    /// Two-sided p of several differences: the chance that swapping the arms' names in each group at random gives a difference as far from
    /// 0. Every one of the 2^groups swaps where they are no more than the permutations asked for, else as many drawn ones, and p = (1 +
    /// those as far) / (1 + drawn) (Phipson and Smyth 2010).
    /// </summary>
    /// <param name="groups">Groups whose swap can change something.</param>
    /// <param name="difference">Which of them are swapped [groups] -> differences, NaN where undefined (counted as far); antisymmetric: all
    /// swapped gives the negative of none.</param>
    /// <param name="permutations">Permutations to draw.</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <param name="variances">
    /// Of each difference, which other seeds would add to: the swapped differences are stretched to it from the variance that they have
    /// themselves; nothing is added where null.
    /// </param>
    public static double[] P(int groups, Func<bool[], double[]> difference, int permutations, ulong seed,
        IReadOnlyList<VarianceSplit?>? variances = null)
    {
        var swapped = new bool[groups];
        double[] observed = [.. difference(swapped)];
        var exact = groups < 31 && 1L << groups <= permutations + 1L;
        var (count, far) = (exact ? 1 << groups : permutations, new double[observed.Length]);
        var values = new double[count][];
        for (var r = 0; r < count; r++)
        {
            Swap(swapped, exact, r, seed);
            values[r] = [.. difference(swapped)];
        }
        for (var s = 0; s < far.Length; s++)
        {
            var spread = variances?[s]?.Over(Variance(values, s)) ?? SeedSpread.None;
            far[s] = values.Sum(v => double.IsNaN(v[s]) ? 1 : spread.Reaches(Math.Abs(v[s]), Math.Abs(observed[s])));
        }
        return [.. far.Select((f, s) => double.IsNaN(observed[s]) ? double.NaN : Math.Min(1, exact ? f / count : (f + 1) / (count + 1)))];
    }

    // about 0, which is their mean; 0 where all are undefined
    private static double Variance(double[][] values, int statistic)
    {
        var (sum, count) = (0.0, 0);
        foreach (var v in values)
        {
            (sum, count) = double.IsNaN(v[statistic]) ? (sum, count) : (sum + v[statistic] * v[statistic], count + 1);
        }
        return count == 0 ? 0 : sum / count;
    }

    private static void Swap(bool[] swapped, bool exact, int r, ulong seed)
    {
        var rng = exact ? null : Rng.For(seed, "permutation", r);
        ulong bits = 0;
        for (var g = 0; g < swapped.Length; g++)
        {
            bits = g % 64 == 0 ? rng?.NextUInt64() ?? (ulong)r : bits >> 1;
            swapped[g] = (bits & 1) == 1;
        }
    }
}
