using System.Collections.Concurrent;
using MathNet.Numerics;
using MathNet.Numerics.Distributions;

namespace Odm.Classify.Statistics;

/// <summary>
/// What drawing other seeds would add to a difference that was averaged over seeds. Tests and intervals over cases alone take the trained
/// networks as given; stretched by this they speak of the arms. The variance of the mean is a part from seeds, s²/S, which is estimated
/// from S values and so is known within a factor nu / chi²_nu (nu = S - 1), and a part from cases, which is known well: Obuchowski and
/// Rockette's (1995, Communications in Statistics B 24) split for readers and cases, with a seed in the reader's place. A difference is
/// judged by the mean over that unknown factor, as Behrens and Fisher's problem is (docs/decisions/statistics.md).
/// </summary>
/// <param name="Seeds">Variance from seeds, in units of the null distribution's own.</param>
/// <param name="Cases">Variance from the cases that all seeds share, in the same units.</param>
/// <param name="Freedom">Degrees of freedom of <paramref name="Seeds"/>: seeds less one; infinite with one seed, where nothing is known of
/// others.</param>
public sealed record SeedSpread(double Seeds, double Cases, double Freedom)
{
    private const int Steps = 256; // of the integral over chi; 1e-8 of Student's p

    private static readonly ConcurrentDictionary<double, (double Chi, double Weight)[]> Nodes = new();

    /// <summary>Nothing added: cases alone.</summary>
    public static SeedSpread None { get; } = new(0, 1, double.PositiveInfinity);

    /// <summary>Variance from seeds and cases over that of the null distribution, at least 1.</summary>
    public double Ratio => Math.Max(1, Seeds + Cases);

    private bool Nothing => Seeds == 0;

    /// <summary>By how much an interval over cases widens.</summary>
    public double Stretch(double level)
    {
        var p = (1 + level) / 2;
        return Quantile(p) / Normal.InvCDF(0, 1, p);
    }

    /// <summary>Quantile of the difference, in standard deviations of the null distribution; p in (0, 1).</summary>
    public double Quantile(double p)
    {
        if (p < .5)
        {
            return -Quantile(1 - p);
        }
        if (Nothing || double.IsInfinity(Seeds))
        {
            return Nothing ? Math.Sqrt(Ratio) * Normal.InvCDF(0, 1, p) : double.PositiveInfinity;
        }
        double low = 0, high = 1;
        while (TwoSided(high) > 2 * (1 - p))
        {
            (low, high) = (high, 2 * high);
        }
        while (high - low > 1e-9 * high)
        {
            var middle = (low + high) / 2;
            (low, high) = TwoSided(middle) > 2 * (1 - p) ? (middle, high) : (low, middle);
        }
        return high;
    }

    /// <summary>
    /// Chance that a distance from the null distribution over cases, stretched, reaches the observed one: P(distance² max(1, seeds nu /
    /// chi²_nu + cases) >= observed²). Without seeds it is 0 or 1. Its mean over a normal null distribution is <see cref="TwoSided"/>.
    /// </summary>
    public double Reaches(double distance, double observed)
    {
        if (observed == 0 || double.IsInfinity(Seeds) || distance >= observed * (1 - 1e-12)) // equal values may differ in their last digits
        {
            return 1;
        }
        if (distance == 0)
        {
            return 0;
        }
        var missing = observed / distance * (observed / distance) - Cases;
        return missing <= 1e-12 ? 1 : Nothing ? 0 : ChiSquared.CDF(Freedom, Freedom * Seeds / missing);
    }

    /// <summary>
    /// Two-sided p of a value that is standard normal over cases: the mean of 2 Phi(-|z| / sqrt(max(1, seeds nu / chi²_nu + cases))).
    /// Student's with nu degrees of freedom where all is the seeds', the normal one where nothing is.
    /// </summary>
    public double TwoSided(double z)
    {
        if (Nothing)
        {
            return 2 * Normal.CDF(0, 1, -Math.Abs(z) / Math.Sqrt(Ratio));
        }
        double p = 0;
        foreach (var (chi, weight) in Nodes.GetOrAdd(Freedom, OfFreedom))
        {
            p += weight * SpecialFunctions.Erfc(Math.Abs(z) / Math.Sqrt(2 * Math.Max(1, Seeds * Freedom / (chi * chi) + Cases)));
        }
        return Math.Min(1, p);
    }

    // Simpson's rule over the chi distribution, dense at 0, where the factor is large: chi = most t³
    private static (double, double)[] OfFreedom(double freedom)
    {
        var most = Math.Sqrt(freedom) + 9;
        var nodes = new (double Chi, double Weight)[Steps];
        double mass = 0;
        for (var i = 1; i <= Steps; i++)
        {
            var t = (double)i / Steps;
            var chi = most * t * t * t;
            var weight = (i == Steps ? 1 : i % 2 == 1 ? 4 : 2) * t * t * Chi.PDF(freedom, chi);
            nodes[i - 1] = (chi, weight);
            mass += weight;
        }
        return Array.ConvertAll(nodes, n => (n.Chi, n.Weight / mass));
    }
}
