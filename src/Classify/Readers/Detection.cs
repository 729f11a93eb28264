using MathNet.Numerics.Distributions;
using MathNet.Numerics.RootFinding;

namespace Odm.Classify.Readers;

/// <summary>How well a reader tells generated from real images, whatever the reader's inclination to say one of them.</summary>
internal static class Detection
{
    /// <summary>
    /// d' = z(hits) - z(false alarms). Half an answer is added to each of the four counts (the log-linear rule of Hautus 1995, Behavior
    /// Research Methods 27), so that it is finite where no error was made. 0 is chance.
    /// </summary>
    /// <param name="hits">Generated images called generated.</param>
    /// <param name="generated">Generated images.</param>
    /// <param name="alarms">Real images called generated.</param>
    /// <param name="real">Real images.</param>
    public static double DPrime(double hits, double generated, double alarms, double real)
        => Normal.InvCDF(0, 1, Rate(hits, generated)) - Normal.InvCDF(0, 1, Rate(alarms, real));

    /// <summary>
    /// Its interval by Gourevitch and Galanter's variance (1967, Psychometrika 32): H (1 - H) / (n phi(z(H))²) of both rates H, added.
    /// </summary>
    public static (double Low, double High) DPrimeInterval(double hits, double generated, double alarms, double real, double level = .95)
    {
        static double Variance(double rate, double n)
            => rate * (1 - rate) / (n * Math.Pow(Normal.PDF(0, 1, Normal.InvCDF(0, 1, rate)), 2));
        var half = Normal.InvCDF(0, 1, (1 + level) / 2)
            * Math.Sqrt(Variance(Rate(hits, generated), generated) + Variance(Rate(alarms, real), real));
        var d = DPrime(hits, generated, alarms, real);
        return (d - half, d + half);
    }

    /// <summary>
    /// Newcombe's interval of an area under the ROC curve (2006, Statistics in Medicine 25, method 5): the areas whose own standard error
    /// (Hanley and McNeil's, for exponential ratings, with both sample sizes' mean in its two terms) reaches the one that was measured.
    /// It stays within 0 and 1, and has a width where no pair is ranked wrongly.
    /// </summary>
    /// <param name="area">The area measured.</param>
    /// <param name="generated">Generated images.</param>
    /// <param name="real">Real images.</param>
    /// <param name="level">Coverage.</param>
    public static (double Low, double High) AreaInterval(double area, int generated, int real, double level = .95)
    {
        var z = Normal.InvCDF(0, 1, (1 + level) / 2);
        var more = (generated + real) / 2.0 - 1;
        double Gap(double t) => Math.Abs(area - t)
            - z * Math.Sqrt(t * (1 - t) * (1 + more * (1 - t) / (2 - t) + more * t / (1 + t)) / ((double)generated * real));
        const double Tiny = 1e-12;
        return (area <= 0 ? 0 : Brent.FindRoot(Gap, Tiny, area - Math.Min(Tiny, area / 2), 1e-10),
            area >= 1 ? 1 : Brent.FindRoot(Gap, area + Math.Min(Tiny, (1 - area) / 2), 1 - Tiny, 1e-10));
    }

    // with half an answer added to both counts
    private static double Rate(double hits, double n) => (hits + .5) / (n + 1);
}
