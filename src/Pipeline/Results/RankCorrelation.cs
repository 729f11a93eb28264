using Odm.Classify.Statistics;

namespace Odm.Pipeline.Results;

/// <summary>Spearman's rank correlation and its interval.</summary>
internal static class RankCorrelation
{
    /// <summary>Pearson's correlation of the mid-ranks (ties share their mean rank); null where one side is constant.</summary>
    public static double? Spearman(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        if (x.Count != y.Count)
        {
            throw new ArgumentException($"{x.Count} and {y.Count} values: as many are needed");
        }

        var (a, b) = (Ranks.Mid(x, out _), Ranks.Mid(y, out _));
        var mean = (x.Count + 1) / 2.0;
        double ab = 0, aa = 0, bb = 0;
        for (var i = 0; i < a.Length; i++)
        {
            ab += (a[i] - mean) * (b[i] - mean);
            aa += (a[i] - mean) * (a[i] - mean);
            bb += (b[i] - mean) * (b[i] - mean);
        }

        return aa == 0 || bb == 0 ? null : ab / Math.Sqrt(aa * bb);
    }

    /// <summary>
    /// 95 % interval through Fisher's z with the standard error sqrt((1 + rho²/2) / (n - 3)) of Bonett and Wright 2000,
    /// which holds its coverage for Spearman's rho. Null under 4 pairs.
    /// </summary>
    public static (double Low, double High)? Interval(double rho, int n)
    {
        if (n < 4)
        {
            return null;
        }

        const double Normal975 = 1.959963984540054;
        var bounded = Math.Clamp(rho, -1 + 1e-12, 1 - 1e-12);
        var half = Normal975 * Math.Sqrt((1 + rho * rho / 2) / (n - 3));
        return (Math.Tanh(Math.Atanh(bounded) - half), Math.Tanh(Math.Atanh(bounded) + half));
    }

    /// <summary>
    /// Wilson's 95 % interval of a share.
    /// </summary>
    public static (double Low, double High) Share(long hits, long n)
    {
        const double Z = 1.959963984540054;
        var p = (double)hits / n;
        var middle = (p + Z * Z / (2 * n)) / (1 + Z * Z / n);
        var half = Z * Math.Sqrt(p * (1 - p) / n + Z * Z / (4.0 * n * n)) / (1 + Z * Z / n);
        return (Math.Max(0, middle - half), Math.Min(1, middle + half));
    }
}
