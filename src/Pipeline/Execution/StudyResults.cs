using Odm.Classify.Metrics;
using Odm.Classify.Readers;
using Odm.Classify.Statistics;
using Odm.Engine.Runtime;
using Odm.Pipeline.Checks;
using Odm.Pipeline.Configuration;
using Odm.Pipeline.Planning;
using Odm.Pipeline.Preparing;
using Odm.Pipeline.Results;
using Odm.Pipeline.Sets;

namespace Odm.Pipeline.Execution;

/// <summary>Reads what the finished stages of a study found.</summary>
internal static class StudyResults
{
    /// <summary>Scores of all arms, their comparison on each test set, and the sets that are noise.</summary>
    public static Judgement Read(StudyPlan plan, Prepared prepared, CancellationToken cancel)
    {
        var (scores, noise) = (Scores(plan, prepared), NoisySets.Of(plan));
        return new(scores, Compare(plan, "predictions.csv", cancel), plan.Study.BaselineOf)
        {
            Noise = noise,
            Readers = Readers(plan.Study),
            Transfer = [.. prepared.Transfer.Select(t => (t.Name, new Judgement(
                [.. scores.Where(s => s.Transfer && s.Dataset == t.Name).Select(s => s with { Transfer = false })],
                Compare(plan, $"predictions-{t.Name}.csv", cancel), plan.Study.BaselineOf) { Noise = noise }))],
        };
    }

    /// <summary>What experts said of the images.</summary>
    /// <exception cref="DatasetException">A fault in their files.</exception>
    public static IReadOnlyList<Fact> Readers(Study study)
        => study.Readers is { } readers ? ReaderScores.Run(readers.Answers, readers.Key) : [];

    /// <summary>What the phantom's rule says of each synthetic set; empty for other datasets.</summary>
    public static IReadOnlyList<TruthScore> Truths(StudyPlan plan)
        => !Truth.Knows(plan.Study.Dataset) ? [] : [.. plan.Sets.Select(s => new TruthScore(s.Name, s.Generator.Seed,
            FactsCsv.Read(Path.Combine(s.Final.Folder, "truth.csv"))))];

    // the study's own test side first
    private static IReadOnlyList<Score> Scores(StudyPlan plan, Prepared prepared)
        => [.. plan.Fits.Select(f => Of(plan.Study.DatasetName, f, "facts.csv", transfer: false)),
            .. prepared.Transfer.SelectMany(t => plan.Fits.Select(f => Of(t.Name, f, $"facts-{t.Name}.csv", transfer: true)))];

    private static Score Of(string dataset, PlannedFit fit, string file, bool transfer)
        => new(dataset, fit.Name, fit.Seed, FactsCsv.Read(Path.Combine(fit.Evaluate.Folder, file)), transfer);

    private static ArmComparison Compare(StudyPlan plan, string file, CancellationToken cancel)
        => plan.Downstream.Compare([.. plan.Study.Arms.Keys.Select(a => (a, Predictions(plan, a, file)))], plan.Study.Baseline,
            plan.Study.BaselineOf, cancel);

    private static IReadOnlyList<string> Predictions(StudyPlan plan, string arm, string file)
        => [.. plan.Fits.Where(f => f.Name == arm).Select(f => Path.Combine(f.Evaluate.Folder, file))];
}
