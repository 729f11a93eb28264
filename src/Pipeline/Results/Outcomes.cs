using Odm.Classify.Metrics;
using Odm.Classify.Statistics;

namespace Odm.Pipeline.Results;

/// <summary>What one arm scored with one seed on one test set.</summary>
/// <param name="Dataset">Name of the test set's dataset.</param>
/// <param name="Arm">The arm.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Facts">Its metrics.</param>
/// <param name="Transfer">Whether this is a transfer set and not the study's own test side.</param>
internal sealed record Score(string Dataset, string Arm, ulong Seed, IReadOnlyList<Fact> Facts, bool Transfer = false);

/// <summary>What the arms of a study scored, and how they compare with the baseline.</summary>
/// <param name="Scores">The scores of all arms and seeds on the test set that is judged, and on further ones.</param>
/// <param name="Comparison">Differences, intervals, tests and verdicts on that test set.</param>
/// <param name="BaselineOf">The arm that an arm is compared with; null for the study's baseline.</param>
internal sealed record Judgement(IReadOnlyList<Score> Scores, ArmComparison Comparison, Func<string, string?> BaselineOf)
{
    /// <summary>The rows of its summary.</summary>
    public IReadOnlyList<SummaryRow> Summary { get; } = SummaryTable.Of(Scores, BaselineOf, Comparison);

    /// <summary>The same on each transfer set by name: a family of tests of its own.</summary>
    public IReadOnlyList<(string Name, Judgement Judged)> Transfer { get; init; } = [];

    /// <summary>The synthetic sets that are noise.</summary>
    public IReadOnlyList<NoisySet> Noise { get; init; } = [];

    /// <summary>What experts said of the images; none where no reader was asked.</summary>
    public IReadOnlyList<Fact> Readers { get; init; } = [];

    /// <summary>An arm's value of a metric of the whole set; null where undefined.</summary>
    public SummaryRow? Row(string arm, string metric) => Summary.FirstOrDefault(r => r.Arm == arm && r.Metric == metric && r.Label == "");
}

/// <summary>A generator judged by the phantom's rule.</summary>
/// <param name="Generator">Its name.</param>
/// <param name="Seed">Seed of its training.</param>
/// <param name="Facts"><c>disc_found</c>, <c>spearman</c>, <c>grade_agreement</c>.</param>
internal sealed record TruthScore(string Generator, ulong Seed, IReadOnlyList<Fact> Facts);
