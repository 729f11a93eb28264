namespace Odm.Classify.Statistics;

/// <summary>Wilcoxon's signed-rank test (1945, Biometrics Bulletin 1).</summary>
public static class Wilcoxon
{
    private const int Exactly = 50; // scipy's bound

    /// <summary>
    /// Two-sided p that differences are symmetric about 0. Zeros are left out, ties share their mean rank; the exact distribution for up to
    /// 50 differences without zeros and ties, else the normal one with the variance corrected for ties and no correction for continuity:
    /// what SciPy's <c>wilcoxon</c> does. 1 where all differences are 0.
    /// </summary>
    /// <param name="differences">One of each group.</param>
    /// <param name="spread">What seeds add; none by default.</param>
    public static double P(IReadOnlyList<double> differences, SeedSpread? spread = null)
    {
        ArgumentNullException.ThrowIfNull(differences);
        spread ??= SeedSpread.None;
        double[] kept = [.. differences.Where(d => d != 0)];
        var n = kept.Length;
        if (n == 0)
        {
            return 1;
        }
        var ranks = Ranks.Mid([.. kept.Select(Math.Abs)], out var tied);
        var plus = ranks.Where((_, i) => kept[i] > 0).Sum();
        var mean = n * (n + 1.0) / 4;
        if (n <= Exactly && n == differences.Count && tied == 0)
        {
            var chances = RankSums(n);
            return Math.Clamp(chances.Select((c, w) => c * spread.Reaches(Math.Abs(w - mean), Math.Abs(plus - mean))).Sum(), 1e-300, 1);
        }
        var variance = (n * (n + 1.0) * (2.0 * n + 1) - tied / 2) / 24;
        return Math.Clamp(spread.TwoSided((plus - mean) / Math.Sqrt(variance)), 1e-300, 1);
    }

    // chance of each sum of the positive ranks 1..n
    private static double[] RankSums(int n)
    {
        var chances = new double[n * (n + 1) / 2 + 1];
        chances[0] = 1;
        for (int rank = 1, reach = 0; rank <= n; reach += rank, rank++)
        {
            for (var w = reach + rank; w >= 0; w--)
            {
                chances[w] = (chances[w] + (w >= rank ? chances[w - rank] : 0)) / 2;
            }
        }
        return chances;
    }
}

/// <summary>Ranks from 1 on.</summary>
public static class Ranks
{
    /// <summary>Mid-ranks: ties share their mean rank.</summary>
    /// <param name="values">Values to rank.</param>
    /// <param name="tied">Sum of t³ - t over the sets of t tied values.</param>
    public static double[] Mid(IReadOnlyList<double> values, out double tied)
    {
        ArgumentNullException.ThrowIfNull(values);
        var order = Enumerable.Range(0, values.Count).OrderBy(i => values[i]).ToArray();
        var ranks = new double[values.Count];
        tied = 0;
        for (var start = 0; start < order.Length;)
        {
            var end = start;
            while (end < order.Length && values[order[end]] == values[order[start]])
            {
                end++;
            }
            double t = end - start;
            tied += t * t * t - t;
            for (var i = start; i < end; i++)
            {
                ranks[order[i]] = (start + 1 + end) / 2.0;
            }
            start = end;
        }
        return ranks;
    }
}
