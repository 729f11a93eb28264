namespace Odm.Classify.Statistics;

/// <summary>
/// Where the uncertainty of a value comes from, by the method of moments in a crossed layout of seeds and cases: with s² the variance of
/// the seeds' values, v the mean of their case variances and c the mean covariance between two seeds (both by leaving out one group at a
/// time), case = c, interaction = v
/// - c, seed = s² - v + c.
/// Negative estimates are 0.
/// </summary>
/// <param name="Seed">Variance between networks of different seeds, on endlessly many cases; null with one seed.</param>
/// <param name="Case">Variance from drawing this many cases that all seeds share; with one seed that and the interaction.</param>
/// <param name="Interaction">Variance from drawing cases that each seed has for itself; null with one seed.</param>
/// <param name="StandardError">Of the mean over the seeds: sqrt(case + (seed + interaction) / seeds), not below that from cases with these
/// very networks.</param>
/// <param name="Given">Variance of the mean over the seeds from cases alone, with these very networks.</param>
/// <param name="Spread">What seeds add, in units of <paramref name="Given"/>.</param>
public sealed record VarianceSplit(double? Seed, double Case, double? Interaction, double StandardError, double Given, SeedSpread Spread)
{
    /// <summary>
    /// What seeds add to a null distribution of this variance, which may be another than <see cref="Given"/>: swapping the predictions of
    /// two arms counts a whole class that one network has not learnt as scatter of cases.
    /// </summary>
    public SeedSpread Over(double variance)
        => Spread.Freedom is var freedom && double.IsInfinity(freedom) ? SeedSpread.None
            : SpreadOf(Given > 0 ? Spread.Seeds * Given : StandardError * StandardError - Case, Case, variance, freedom);

    /// <summary>Smallest true difference that is found with a power of 80 %; null where nothing varies.</summary>
    public double? Detectable => StandardError == 0 ? null
        : Given == 0 ? DetectableDifference.OfError(StandardError, Spread.Freedom)
        : Math.Sqrt(Given) * (Spread.Quantile(1 - DetectableDifference.Alpha / 2) + Spread.Quantile(DetectableDifference.Power));

    /// <summary>Splits.</summary>
    /// <param name="values">Value of each seed.</param>
    /// <param name="jackknife">[block][seed]: the values without one block of cases at a time.</param>
    public static VarianceSplit Of(IReadOnlyList<double> values, IReadOnlyList<double[]> jackknife)
    {
        var (seeds, blocks) = (values.Count, jackknife.Count);
        double own = 0, shared = 0;
        double[] means = [.. Enumerable.Range(0, seeds).Select(s => jackknife.Average(j => j[s]))];
        foreach (var j in jackknife)
        {
            double sum = 0, squares = 0;
            for (var s = 0; s < seeds; s++)
            {
                var d = j[s] - means[s];
                sum += d;
                squares += d * d;
            }
            own += squares;
            shared += sum * sum - squares; // twice the products of different seeds
        }
        var factor = (blocks - 1.0) / blocks; // Tukey's jackknife variance
        var v = factor * own / seeds;
        if (seeds == 1)
        {
            return new(null, v, null, Math.Sqrt(v), v, SeedSpread.None);
        }
        var c = Math.Max(0, factor * shared / (seeds * (seeds - 1.0)));
        var mean = values.Average();
        var between = values.Sum(x => (x - mean) * (x - mean)) / (seeds - 1);
        var given = v / seeds + (1 - 1.0 / seeds) * c;
        return new(Math.Max(0, between - v + c), c, Math.Max(0, v - c), Math.Sqrt(Math.Max(given, between / seeds + c)), given,
            SpreadOf(between / seeds, c, given, seeds - 1));
    }

    private static SeedSpread SpreadOf(double seeds, double cases, double variance, double freedom)
        => variance > 0 ? new(seeds / variance, cases / variance, freedom)
            : new(seeds + cases > 0 ? double.PositiveInfinity : 0, 0, freedom);
}
