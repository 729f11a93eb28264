using Odm.Data;

namespace Odm.Classify;

/// <summary>How an interval is read off the bootstrap's replicates.</summary>
public enum IntervalKind
{
    /// <summary>The replicates' quantiles (Efron 1979).</summary>
    Percentile,

    /// <summary>Bias-corrected and accelerated (Efron 1987); the acceleration from leaving out one group at a time.</summary>
    Bca,
}

/// <summary>Settings of the bootstrap.</summary>
public sealed record BootstrapConfig
{
    /// <summary>Resampled sets; 1000 puts the 2.5 % quantile on 25 of them (Efron and Tibshirani 1993, chapter 14).</summary>
    public int Replicates { get; init; } = 1000;

    /// <summary>Coverage aimed at.</summary>
    public double Level { get; init; } = .95;

    /// <summary>How the interval is read off.</summary>
    public IntervalKind Kind { get; init; } = IntervalKind.Percentile;

    /// <summary>Seed of the resampling; equal seeds give equal intervals.</summary>
    public ulong Seed { get; init; }
}

/// <summary>
/// Bootstrap clustered by group: whole groups (a patient's, a lesion's images) are drawn with replacement, since images of one patient
/// are not independent. A statistic sees only how often each group was drawn.
/// </summary>
public static class Bootstrap
{
    /// <summary>Intervals of several statistics from the same resampled sets.</summary>
    /// <param name="groups">Number of groups; under two there is nothing to resample and every interval is null.</param>
    /// <param name="statistics">Times each group counts [groups] -> values, NaN where undefined; always the same number of them.</param>
    /// <param name="config">Replicates, level, kind, seed.</param>
    /// <returns>(low, high) a statistic; null where it is undefined on the whole set or on more than half of the replicates.</returns>
    public static IReadOnlyList<(double Low, double High)?> Intervals(int groups, Func<int[], double[]> statistics, BootstrapConfig config)
    {
        var times = new int[groups];
        Array.Fill(times, 1);
        var whole = statistics(times);
        if (groups < 2 || config.Replicates < 2)
        {
            return new (double, double)?[whole.Length];
        }
        var replicates = new List<double>[whole.Length];
        for (var s = 0; s < whole.Length; s++)
        {
            replicates[s] = new List<double>(config.Replicates);
        }
        for (var r = 0; r < config.Replicates; r++)
        {
            Draw(times, Rng.For(config.Seed, "bootstrap", r));
            Collect(statistics(times), replicates);
        }
        var accelerations = config.Kind == IntervalKind.Bca ? Accelerations(groups, statistics, whole.Length) : null;
        return [.. whole.Select((value, s) => Interval(value, replicates[s], accelerations?[s], config))];
    }

    /// <summary>Quantile of sorted values by linear interpolation (NumPy's default, Hyndman and Fan's type 7).</summary>
    public static double Quantile(IReadOnlyList<double> sorted, double q) => Quantiles.At(sorted, q);

    private static void Draw(int[] times, Rng rng)
    {
        Array.Clear(times);
        for (var i = 0; i < times.Length; i++)
        {
            times[rng.NextInt(times.Length)]++;
        }
    }

    private static void Collect(double[] values, List<double>[] replicates)
    {
        for (var s = 0; s < values.Length; s++)
        {
            if (!double.IsNaN(values[s]))
            {
                replicates[s].Add(values[s]);
            }
        }
    }

    private static (double, double)? Interval(double whole, List<double> values, double? acceleration, BootstrapConfig config)
    {
        if (double.IsNaN(whole) || values.Count * 2 < config.Replicates)
        {
            return null;
        }
        values.Sort();
        var tail = (1 - config.Level) / 2;
        return acceleration is { } a
            ? (Quantile(values, Normal.Bca(values, whole, a, tail)), Quantile(values, Normal.Bca(values, whole, a, 1 - tail)))
            : (Quantile(values, tail), Quantile(values, 1 - tail));
    }

    // Efron 1987, equation 6.6: a = sum d³ / (6 (sum d²)^1.5), d = mean of the leave-one-out values minus each
    private static double[] Accelerations(int groups, Func<int[], double[]> statistics, int count)
    {
        var jackknife = new List<double>[count];
        for (var s = 0; s < count; s++)
        {
            jackknife[s] = new List<double>(groups);
        }
        var times = new int[groups];
        Array.Fill(times, 1);
        for (var g = 0; g < groups; g++)
        {
            times[g] = 0;
            Collect(statistics(times), jackknife);
            times[g] = 1;
        }
        return [.. jackknife.Select(Acceleration)];
    }

    private static double Acceleration(List<double> leaveOneOut)
    {
        if (leaveOneOut.Count == 0)
        {
            return 0;
        }
        double mean = leaveOneOut.Average(), squares = 0, cubes = 0;
        foreach (var value in leaveOneOut)
        {
            var d = mean - value;
            squares += d * d;
            cubes += d * d * d;
        }
        return squares == 0 ? 0 : cubes / (6 * Math.Pow(squares, 1.5));
    }

    private static class Normal
    {
        // Efron 1987: the percentile moves to Phi(z0 + (z0 + z) / (1 - a (z0 + z))), z0 = Phi^-1(share of replicates below the value)
        public static double Bca(List<double> sorted, double whole, double acceleration, double tail)
        {
            double below = sorted.Count(v => v < whole) + 0.5 * sorted.Count(v => v == whole);
            if (below == 0 || below == sorted.Count)
            {
                return tail; // the value lies outside all replicates: no correction is estimable
            }
            var z0 = MathNet.Numerics.Distributions.Normal.InvCDF(0, 1, below / sorted.Count);
            var z = z0 + MathNet.Numerics.Distributions.Normal.InvCDF(0, 1, tail);
            return MathNet.Numerics.Distributions.Normal.CDF(0, 1, z0 + z / (1 - acceleration * z));
        }
    }
}
