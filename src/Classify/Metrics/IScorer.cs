namespace Odm.Classify.Metrics;

/// <summary>
/// What a bootstrap, a jackknife or a permutation judges again and again: all scores of one set of predictions, whole groups counting 0, 1,
/// 2... times.
/// </summary>
internal interface IScorer
{
    /// <summary>Group of each image.</summary>
    Groups Groups { get; }

    /// <summary>The scores, in the order of <see cref="Values"/>.</summary>
    IReadOnlyList<ScoreKey> Keys { get; }

    /// <summary>The scores where group g counts times[g] times; NaN where undefined. Not for two threads at once.</summary>
    double[] Values(int[] times);
}

/// <summary>Which score: its metric, the class (empty for the whole set) and the number of images behind it.</summary>
internal readonly record struct ScoreKey(string Metric, string Label, long N);

/// <summary>Scores as facts.</summary>
internal static class Scoring
{
    private const string Calibration = "ece";

    /// <summary>The defined scores of all groups, each with its bootstrap interval.</summary>
    public static IReadOnlyList<Fact> Facts(this IScorer scorer, BootstrapConfig? bootstrap)
    {
        var values = scorer.Values(scorer.Groups.Ones());
        // resampled images repeat and scatter more in their bins: the calibration error's replicates lie above its value, often all of them
        var intervals = Bootstrap.Intervals(scorer.Groups.Count, scorer.Values, bootstrap ?? new BootstrapConfig(),
            s => scorer.Keys[s].Metric == Calibration);
        var facts = new List<Fact>();
        for (var s = 0; s < values.Length; s++)
        {
            if (!double.IsNaN(values[s]))
            {
                var (metric, label, n) = scorer.Keys[s];
                facts.Add(new Fact(metric, label, values[s], metric == Calibration && intervals[s] is var (least, _) ? Math.Max(0, least)
                    : intervals[s]?.Low, intervals[s]?.High, n));
            }
        }
        return facts;
    }
}
