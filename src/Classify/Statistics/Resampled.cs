using Odm.Classify.Metrics;

namespace Odm.Classify.Statistics;

/// <summary>A difference over the seeds in one score.</summary>
/// <param name="Key">The score.</param>
/// <param name="Value">Mean over the seeds less the other arm's; NaN where undefined.</param>
/// <param name="Interval">Null where there is none.</param>
/// <param name="Variance">Null where it is not defined for all seeds and cases.</param>
internal sealed record Difference(ScoreKey Key, double Value, (double Low, double High)? Interval, VarianceSplit? Variance);

/// <summary>The scores of all networks of a study on the same resampled test sets.</summary>
/// <param name="Keys">Names of the scores.</param>
/// <param name="Whole">[arm][seed][score] on all groups.</param>
/// <param name="Replicates">[arm][replicate][score], means over the seeds; empty without an interval.</param>
/// <param name="Jackknife">[arm][block][seed * scores + score].</param>
internal sealed record Resampled(IReadOnlyList<ScoreKey> Keys, double[][][] Whole, double[][][] Replicates, double[][][] Jackknife)
{
    /// <summary>Scores each arm on the same draws, arms side by side.</summary>
    public static Resampled Of(IScorer[][] scorers, ComparisonConfig config, CancellationToken cancel)
    {
        var first = scorers[0][0];
        var groups = first.Groups.Count;
        var whole = scorers.Select(a => a.Select(s => s.Values(first.Groups.Ones())).ToArray()).ToArray();
        if (groups < 2 || config.Replicates < 2)
        {
            return new(first.Keys, whole, [], []);
        }
        var (replicates, jackknife) = (new double[scorers.Length][][], new double[scorers.Length][][]);
        Parallel.For(0, scorers.Length, new ParallelOptions { CancellationToken = cancel }, arm =>
        {
            replicates[arm] = Bootstrap.Resample(groups, times => Mean(Seeds(times)),
                new() { Replicates = config.Replicates, Seed = config.Seed });
            jackknife[arm] = Bootstrap.Jackknife(groups, times => [.. Seeds(times).SelectMany(v => v)], config.Seed);

            double[][] Seeds(int[] times)
            {
                cancel.ThrowIfCancellationRequested();
                return Array.ConvertAll(scorers[arm], s => s.Values(times));
            }
        });
        return new(first.Keys, whole, replicates, jackknife);
    }

    /// <summary>
    /// Differences of one arm from another, with BCa intervals (Efron 1987) over whole groups; with several seeds their bounds are moved
    /// away from the difference by
    /// <see cref="SeedSpread.Stretch"/>.
    /// </summary>
    public IReadOnlyList<Difference> Differences(int arm, int other, ComparisonConfig config)
    {
        var (scores, seeds) = (Keys.Count, Whole[0].Length);
        var (mine, theirs) = (Mean(Whole[arm]), Mean(Whole[other]));
        return [.. Keys.Select((key, s) =>
        {
            var value = mine[s] - theirs[s];
            if (double.IsNaN(value) || Replicates.Length == 0)
            {
                return new Difference(key, value, null, null);
            }
            double[] values = [.. Enumerable.Range(0, seeds).Select(i => Whole[arm][i][s] - Whole[other][i][s])];
            double[][] left = [.. Jackknife[arm].Zip(Jackknife[other], (a, b) => Enumerable.Range(0, seeds)
                .Select(i => a[i * scores + s] - b[i * scores + s]).ToArray())];
            var variance = values.Concat(left.SelectMany(l => l)).Any(double.IsNaN) ? null : VarianceSplit.Of(values, left);
            var interval = Bootstrap.Interval(value, [.. Replicates[arm].Zip(Replicates[other], (a, b) => a[s] - b[s])],
                [.. left.Select(Defined)], new() { Replicates = config.Replicates, Level = config.Level });
            return new Difference(key, value, Stretched(value, interval, seeds == 1 ? SeedSpread.None : variance?.Spread, config.Level),
                variance);
        })];
    }

    private static (double, double)? Stretched(double value, (double Low, double High)? interval, SeedSpread? spread, double level)
    {
        if (interval is not { } bounds || spread is null || double.IsInfinity(spread.Ratio))
        {
            return null;
        }
        var k = spread == SeedSpread.None ? 1 : spread.Stretch(level);
        return (value + k * (bounds.Low - value), value + k * (bounds.High - value));
    }

    // mean over the seeds that have a value
    private static double[] Mean(double[][] seeds)
        => [.. Enumerable.Range(0, seeds[0].Length).Select(s => Defined(Array.ConvertAll(seeds, v => v[s])))];

    private static double Defined(double[] values)
    {
        var (sum, count) = (0.0, 0);
        foreach (var v in values)
        {
            (sum, count) = double.IsNaN(v) ? (sum, count) : (sum + v, count + 1);
        }
        return sum / count; // 0 / 0 is NaN
    }
}
