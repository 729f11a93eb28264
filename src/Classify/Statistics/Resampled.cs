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
/// <param name="Replicates">[replicate][arm * scores + score], means over the seeds.</param>
/// <param name="Jackknife">[block][(arm * seeds + seed) * scores + score].</param>
internal sealed record Resampled(IReadOnlyList<ScoreKey> Keys, double[][][] Whole, double[][] Replicates, double[][] Jackknife)
{
    public static Resampled Of(IScorer[][] scorers, ComparisonConfig config, CancellationToken cancel)
    {
        var first = scorers[0][0];
        var groups = first.Groups.Count;
        var whole = scorers.Select(a => a.Select(s => s.Values(first.Groups.Ones())).ToArray()).ToArray();
        double[] Means(int[] times)
        {
            cancel.ThrowIfCancellationRequested();
            return [.. scorers.SelectMany(a => Mean([.. a.Select(s => s.Values(times))]))];
        }
        double[] All(int[] times)
        {
            cancel.ThrowIfCancellationRequested();
            return [.. scorers.SelectMany(a => a.SelectMany(s => s.Values(times)))];
        }
        return groups < 2 || config.Replicates < 2
            ? new(first.Keys, whole, [], [])
            : new(first.Keys, whole, Bootstrap.Resample(groups, Means, new() { Replicates = config.Replicates, Seed = config.Seed }),
                Bootstrap.Jackknife(groups, All, config.Seed));
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
            double[][] left = [.. Jackknife.Select(j => Enumerable.Range(0, seeds)
                .Select(i => j[(arm * seeds + i) * scores + s] - j[(other * seeds + i) * scores + s]).ToArray())];
            var variance = values.Concat(left.SelectMany(l => l)).Any(double.IsNaN) ? null : VarianceSplit.Of(values, left);
            var interval = Bootstrap.Interval(value, Array.ConvertAll(Replicates, r => r[arm * scores + s] - r[other * scores + s]),
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
