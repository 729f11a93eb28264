using Odm.Classify.Metrics;

namespace Odm.MLNet.Evaluation;

/// <summary>The metrics of a study for one scored view, each with its 95 % bootstrap interval over groups.</summary>
/// <param name="Facts">All of them: <c>balanced_accuracy</c>, <c>macro_f1</c>, <c>mcc</c>, <c>qwk</c>, per-class ones, ...</param>
public sealed record StudyMetrics(IReadOnlyList<Fact> Facts)
{
    /// <summary>The value of a metric over the whole view.</summary>
    /// <param name="metric">Its name, as in <c>results.csv</c>.</param>
    /// <exception cref="ArgumentException">No such metric here.</exception>
    public Fact this[string metric] => Facts.FirstOrDefault(f => f.Metric == metric && f.Label.Length == 0)
        ?? throw new ArgumentException($"metric '{metric}'; must be one of "
            + string.Join(", ", Facts.Where(f => f.Label.Length == 0).Select(f => f.Metric).Distinct(StringComparer.Ordinal)));
}
