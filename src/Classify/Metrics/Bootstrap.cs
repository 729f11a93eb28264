using Odm.Engine.Runtime;
using Normal = MathNet.Numerics.Distributions.Normal;

namespace Odm.Classify.Metrics;

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
    /// <param name="biased">Whether a statistic grows with resampling itself: its interval is shifted back by the replicates' mean less its
    /// value.</param>
    /// <returns>(low, high) a statistic; null where it is undefined on the whole set or on more than half of the replicates.</returns>
    public static IReadOnlyList<(double Low, double High)?> Intervals(int groups, Func<int[], double[]> statistics, BootstrapConfig config,
        Func<int, bool>? biased = null)
    {
        var times = new int[groups];
        Array.Fill(times, 1);
        var whole = statistics(times);
        if (groups < 2 || config.Replicates < 2)
        {
            return new (double, double)?[whole.Length];
        }
        var replicates = Resample(groups, statistics, config);
        var jackknife = config.Kind == IntervalKind.Bca ? Jackknife(groups, statistics, config.Seed) : null;
        return [.. whole.Select((value, s) =>
        {
            var column = Column(replicates, s);
            var interval = Interval(value, column, jackknife is null ? null : Column(jackknife, s), config);
            var shift = interval is not null && biased?.Invoke(s) == true ? column.Where(v => !double.IsNaN(v)).Average() - value : 0;
            return interval is var (low, high) ? (low - shift, high - shift) : ((double, double)?)null;
        })];
    }

    /// <summary>Quantile of sorted values by linear interpolation (NumPy's default, Hyndman and Fan's type 7).</summary>
    public static double Quantile(IReadOnlyList<double> sorted, double q) => Quantiles.At(sorted, q);

    /// <summary>The statistics of each resampled set.</summary>
    internal static double[][] Resample(int groups, Func<int[], double[]> statistics, BootstrapConfig config)
    {
        var times = new int[groups];
        var replicates = new double[config.Replicates][];
        for (var r = 0; r < replicates.Length; r++)
        {
            var rng = Rng.For(config.Seed, "bootstrap", r);
            Array.Clear(times);
            for (var i = 0; i < groups; i++)
            {
                times[rng.NextInt(groups)]++;
            }
            replicates[r] = statistics(times);
        }
        return replicates;
    }

    /// <summary>
    /// The statistics without one group at a time; above <paramref name="blocks"/> groups without one block of drawn ones at a time, which
    /// leaves acceleration and variance as they are (a block's skewness shrinks with its size as much as the number of blocks does).
    /// Neighbours would not: where files are sorted by class a block would be of one class, and its scatter the classes'.
    /// </summary>
    internal static double[][] Jackknife(int groups, Func<int[], double[]> statistics, ulong seed, int blocks = 1000)
    {
        blocks = Math.Min(blocks, groups);
        int[] order = groups > blocks ? Rng.For(seed, "jackknife").Permutation(groups) : [.. Enumerable.Range(0, groups)];
        var times = new int[groups];
        return [.. Enumerable.Range(0, blocks).Select(b =>
        {
            Array.Fill(times, 1);
            for (var i = (int)((long)groups * b / blocks); i < (int)((long)groups * (b + 1) / blocks); i++)
            {
                times[order[i]] = 0;
            }
            return statistics(times);
        })];
    }

    /// <summary>The interval of one statistic.</summary>
    /// <param name="whole">Its value on the whole set.</param>
    /// <param name="replicates">Its values on the resampled sets, NaN where undefined.</param>
    /// <param name="jackknife">Its values without one group at a time; null for the percentile interval.</param>
    /// <param name="config">Level.</param>
    internal static (double Low, double High)? Interval(double whole, double[] replicates, double[]? jackknife, BootstrapConfig config)
    {
        double[] values = [.. replicates.Where(v => !double.IsNaN(v)).Order()];
        if (double.IsNaN(whole) || values.Length * 2 < replicates.Length)
        {
            return null;
        }
        var tail = (1 - config.Level) / 2;
        var a = jackknife is null ? null : Acceleration([.. jackknife.Where(v => !double.IsNaN(v))]);
        return a is { } acceleration
            ? (Quantile(values, Bca(values, whole, acceleration, tail)), Quantile(values, Bca(values, whole, acceleration, 1 - tail)))
            : (Quantile(values, tail), Quantile(values, 1 - tail));
    }

    /// <summary>One statistic of all sets.</summary>
    internal static double[] Column(double[][] sets, int statistic) => Array.ConvertAll(sets, s => s[statistic]);

    // Efron 1987, equation 6.6: a = sum d³ / (6 (sum d²)^1.5), d = mean of the leave-one-out values minus each
    private static double? Acceleration(double[] leaveOneOut)
    {
        if (leaveOneOut.Length == 0)
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

    // Efron 1987: the percentile moves to Phi(z0 + (z0 + z) / (1 - a (z0 + z))), z0 = Phi^-1(share of replicates below the value)
    private static double Bca(double[] sorted, double whole, double acceleration, double tail)
    {
        double below = sorted.Count(v => v < whole) + 0.5 * sorted.Count(v => v == whole);
        if (below == 0 || below == sorted.Length)
        {
            return tail; // the value lies outside all replicates: no correction is estimable
        }
        var z0 = Normal.InvCDF(0, 1, below / sorted.Length);
        var z = z0 + Normal.InvCDF(0, 1, tail);
        return Normal.CDF(0, 1, z0 + z / (1 - acceleration * z));
    }
}
