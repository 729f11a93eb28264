using MathNet.Numerics.Distributions;

namespace Odm.Classify.Statistics;

/// <summary>
/// The smallest true difference between two arms that a paired two-sided test at level .05 finds with a power of 80 %. Cases are the only
/// source of variance here: what seeds add is not known before a study, and a correction for several tests asks for more.
/// </summary>
public static class DetectableDifference
{
    /// <summary>Level of the test.</summary>
    public const double Alpha = .05;

    /// <summary>Chance to find the difference.</summary>
    public const double Power = .8;

    /// <summary>
    /// Of a share of images such as accuracy, by McNemar's test: the root of |d| sqrt(n) = z_.975 sqrt(psi) + z_.8 sqrt(psi - d²) (Connor
    /// 1987, Biometrics 43, equation 2). Null where even images that all differ in one direction are too few.
    /// </summary>
    /// <param name="n">Independent images.</param>
    /// <param name="discordance">psi, share of images that one arm alone calls right.</param>
    public static double? OfShare(double n, double discordance)
    {
        var (za, zb) = (Normal.InvCDF(0, 1, 1 - Alpha / 2), Normal.InvCDF(0, 1, Power));
        double low = 0, high = discordance;
        if (Missing(high) > 0)
        {
            return null;
        }
        while (high - low > 1e-12)
        {
            var middle = (low + high) / 2;
            (low, high) = Missing(middle) > 0 ? (middle, high) : (low, middle);
        }
        return high;

        double Missing(double d) => za * Math.Sqrt(discordance) + zb * Math.Sqrt(Math.Max(0, discordance - d * d)) - d * Math.Sqrt(n);
    }

    /// <summary>
    /// Of a mean over images such as Dice: (t_.975 + t_.8) sd / sqrt(n), n - 1 degrees of freedom. Null below two images.
    /// </summary>
    /// <param name="n">Independent images.</param>
    /// <param name="sd">Standard deviation of the images' paired differences.</param>
    public static double? OfMean(double n, double sd) => n < 2 ? null : OfError(sd / Math.Sqrt(n), n - 1);

    /// <summary>Of a difference with a known standard error: (t_.975 + t_.8) times it.</summary>
    /// <param name="standardError">Of the difference.</param>
    /// <param name="freedom">Degrees of freedom behind it.</param>
    public static double OfError(double standardError, double freedom)
    {
        return (Quantile(1 - Alpha / 2) + Quantile(Power)) * standardError;

        double Quantile(double p) => double.IsInfinity(freedom) ? Normal.InvCDF(0, 1, p) : StudentT.InvCDF(0, 1, freedom, p);
    }
}
