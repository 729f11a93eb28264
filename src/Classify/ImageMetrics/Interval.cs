namespace Odm.Classify.ImageMetrics;

/// <summary>95 % intervals from what each row adds to a value (infinitesimal jackknife, Efron 1982), rows of one group together.</summary>
internal static class Interval
{
    private const double Z = 1.959963984540054;

    /// <summary>Value ± 1.96 standard errors; null with fewer than two groups.</summary>
    /// <param name="value">On all rows.</param>
    /// <param name="parts">Influences (times the number of rows, mean 0) and groups, of independent samples.</param>
    public static (double Low, double High)? Normal(double value, params (double[] Influence, string[] Groups)[] parts)
    {
        if (parts.Any(p => Groups(p.Groups) < 2))
        {
            return null;
        }
        var error = Math.Sqrt(parts.Sum(p => Variance(p.Influence, p.Groups)));
        return (value - Z * error, value + Z * error);
    }

    /// <summary>
    /// Of a mean of zeros and ones: Wilson's interval (1927) at the number of independent rows that the groups' scatter comes to.
    /// </summary>
    public static (double Low, double High)? Share(double[] hits, string[] groups)
    {
        var (share, n) = (hits.Average(), (double)Groups(groups));
        if (n < 2)
        {
            return null;
        }
        var variance = Variance(Array.ConvertAll(hits, h => h - share), groups);
        n = variance > 0 ? Math.Min(share * (1 - share) / variance, hits.Length) : n;
        var (centre, spread) = (share + Z * Z / (2 * n), Z * Math.Sqrt(share * (1 - share) / n + Z * Z / (4 * n * n)));
        return (Math.Max(0, (centre - spread) / (1 + Z * Z / n)), Math.Min(1, (centre + spread) / (1 + Z * Z / n)));
    }

    /// <summary>Of a plain mean.</summary>
    public static (double Low, double High)? Mean(double[] values, string[] groups)
    {
        var mean = values.Average();
        return Normal(mean, (Array.ConvertAll(values, v => v - mean), groups));
    }

    private static int Groups(string[] groups) => groups.Distinct(StringComparer.Ordinal).Count();

    // sum over groups of (sum within)² / n², with the small-sample factor G / (G - 1)
    private static double Variance(double[] influence, string[] groups)
    {
        var sums = new Dictionary<string, double>(StringComparer.Ordinal);
        for (var i = 0; i < influence.Length; i++)
        {
            sums[groups[i]] = sums.GetValueOrDefault(groups[i]) + influence[i];
        }
        return sums.Values.Sum(s => s * s) / ((double)influence.Length * influence.Length) * sums.Count / (sums.Count - 1);
    }
}
