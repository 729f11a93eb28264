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
/// <param name="Spread">What seeds add to the case variance.</param>
public sealed record VarianceSplit(double? Seed, double Case, double? Interaction, double StandardError, SeedSpread Spread)
{
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
            return new(null, v, null, Math.Sqrt(v), SeedSpread.None);
        }
        var c = Math.Max(0, factor * shared / (seeds * (seeds - 1.0)));
        var mean = values.Average();
        var between = values.Sum(x => (x - mean) * (x - mean)) / (seeds - 1);
        var fixedSeeds = v / seeds + (1 - 1.0 / seeds) * c;
        var total = Math.Max(fixedSeeds, between / seeds + c);
        return new(Math.Max(0, between - v + c), c, Math.Max(0, v - c), Math.Sqrt(total),
            SpreadOf(total, fixedSeeds, between / seeds, seeds));
    }

    private static SeedSpread SpreadOf(double total, double cases, double seeds, int count)
    {
        if (total == 0 || seeds == 0)
        {
            return SeedSpread.None;
        }
        var part = seeds / total;
        return new(cases == 0 ? double.PositiveInfinity : total / cases, (count - 1) / (part * part));
    }
}
