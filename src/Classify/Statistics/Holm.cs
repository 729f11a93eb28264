namespace Odm.Classify.Statistics;

/// <summary>Holm's correction for several tests (1979, Scandinavian Journal of Statistics 6).</summary>
public static class Holm
{
    /// <summary>Adjusted p: sorted upwards, the i-th of m is multiplied by m - i, none below one before it, at most 1.</summary>
    public static double[] Adjust(IReadOnlyList<double> p)
    {
        ArgumentNullException.ThrowIfNull(p);
        var adjusted = new double[p.Count];
        double most = 0;
        foreach (var (i, rank) in Enumerable.Range(0, p.Count).OrderBy(i => p[i]).Select((i, rank) => (i, rank)))
        {
            adjusted[i] = most = Math.Min(1, Math.Max(most, (p.Count - rank) * p[i]));
        }
        return adjusted;
    }
}
