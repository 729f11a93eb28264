namespace Odm.Classify.Statistics;

/// <summary>McNemar's exact test (1947, Psychometrika 12) of two arms that called the same images, for groups of images.</summary>
public static class McNemar
{
    private const long MostCells = 200_000_000;

    /// <summary>
    /// Two-sided p. Under the null hypothesis the arms' names may be swapped in each group, so the sum of the nets is one of signed sums
    /// ±net, each equally likely; their distribution is added up exactly. Where every group is one image the nets are ±1 and this is the
    /// binomial test of the discordant images.
    /// </summary>
    /// <param name="nets">Of each group: images that the first arm alone calls right less those that the second alone does, summed over the
    /// seeds.</param>
    /// <param name="spread">What seeds add; none by default.</param>
    public static double P(IReadOnlyList<int> nets, SeedSpread? spread = null)
    {
        ArgumentNullException.ThrowIfNull(nets);
        spread ??= SeedSpread.None;
        long observed = Math.Abs(nets.Sum(n => (long)n)), most = nets.Sum(n => Math.Abs((long)n));
        if (observed == 0)
        {
            return 1;
        }
        if (most * nets.Count > MostCells)
        {
            return spread.TwoSided(observed / Math.Sqrt(nets.Sum(n => (double)n * n)));
        }
        var chances = SignedSums(nets, (int)most);
        double p = 0;
        for (var i = 0; i < chances.Length; i++)
        {
            p += chances[i] == 0 ? 0 : chances[i] * spread.Reaches(Math.Abs(i - most), observed);
        }
        return Math.Clamp(p, 1e-300, 1);
    }

    // [-most, most] -> chance
    private static double[] SignedSums(IReadOnlyList<int> nets, int most)
    {
        var (chances, next) = (new double[2 * most + 1], new double[2 * most + 1]);
        chances[most] = 1;
        var reach = 0;
        foreach (var step in nets.Where(n => n != 0).Select(Math.Abs))
        {
            Array.Clear(next);
            for (var i = most - reach; i <= most + reach; i++)
            {
                next[i - step] += chances[i] / 2;
                next[i + step] += chances[i] / 2;
            }
            (chances, next, reach) = (next, chances, reach + step);
        }
        return chances;
    }
}
