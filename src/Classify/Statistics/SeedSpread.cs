using MathNet.Numerics.Distributions;

namespace Odm.Classify.Statistics;

/// <summary>
/// What drawing other seeds would add to a difference that was averaged over seeds: its variance from seeds and cases over that from cases
/// alone, and the degrees of freedom of that estimate. Tests and intervals over cases alone take the trained networks as given; stretched
/// by this they speak of the arms. The estimate is Obuchowski and Rockette's (1995, Communications in Statistics B 24) for readers and
/// cases, with a seed in the reader's place; the degrees of freedom are Hillis' (2007, Statistics in Medicine 26).
/// </summary>
/// <param name="Ratio">At least 1; 1 with one seed, where nothing is known of others.</param>
/// <param name="Freedom">Degrees of freedom; infinite with one seed.</param>
public sealed record SeedSpread(double Ratio, double Freedom)
{
    /// <summary>Nothing added: cases alone.</summary>
    public static SeedSpread None { get; } = new(1, double.PositiveInfinity);

    private bool Normally => Freedom > 1e6;

    /// <summary>By how much an interval over cases widens: sqrt(ratio) t / z.</summary>
    public double Stretch(double level)
    {
        var p = (1 + level) / 2;
        return Math.Sqrt(Ratio) * Quantile(p) / Normal.InvCDF(0, 1, p);
    }

    /// <summary>Student's quantile.</summary>
    public double Quantile(double p) => Normally ? Normal.InvCDF(0, 1, p) : StudentT.InvCDF(0, 1, Freedom, p);

    /// <summary>
    /// Chance that a distance from the null distribution over cases, stretched, reaches the observed one: P(null sqrt(ratio nu / chi²_nu)
    /// >= observed). Without seeds it is 0 or 1. Its mean over a normal null distribution is Student's two-sided p.
    /// </summary>
    public double Reaches(double distance, double observed)
    {
        if (observed == 0 || double.IsInfinity(Ratio))
        {
            return 1;
        }
        if (Normally)
        {
            return Math.Sqrt(Ratio) * distance >= observed * (1 - 1e-12) ? 1 : 0; // equal values may differ in their last digits
        }
        var q = distance / observed;
        return q == 0 ? 0 : ChiSquared.CDF(Freedom, Freedom * Ratio * q * q);
    }

    /// <summary>Two-sided p of a standard normal value over cases.</summary>
    public double TwoSided(double z)
    {
        var t = -Math.Abs(z) / Math.Sqrt(Ratio);
        return 2 * (Normally ? Normal.CDF(0, 1, t) : StudentT.CDF(0, 1, Freedom, t));
    }
}
