using Odm.Classify.Metrics;
using Odm.Classify.Statistics;
using Odm.Data.Images;

namespace Odm.Pipeline.Downstream;

/// <summary>What everything that judges by classes shares: scores, comparison, what is wrong with the images.</summary>
public static class ClassScores
{
    /// <summary>The scores of the comparison, the one that decides first.</summary>
    /// <param name="primary">The metric that decides; null for balanced accuracy.</param>
    public static IReadOnlyList<string> Of(string? primary) => [.. new[] { primary ?? PrimaryMetric.OfClasses[0] }
        .Union(["balanced_accuracy", "macro_f1", "mcc", "accuracy", "qwk", "mae", "auc", "ece"])];

    /// <summary>Compares the arms; parameters as those of <see cref="IDownstream.Compare"/>.</summary>
    public static ArmComparison Compare(IReadOnlyList<(string Arm, IReadOnlyList<string> Files)> arms, string baseline,
        Func<string, string?> own, string primary, CancellationToken cancel)
    {
        var said = arms.Select(a => (a.Arm, (IReadOnlyList<Predictions>)[.. a.Files.Select(Predictions.ReadCsv)])).ToList();
        return ArmComparison.Of(said, baseline, said[0].Item2[0].Classes, new() { Primary = primary }, own, cancel: cancel);
    }

    /// <summary>What is wrong with the images of a study for it.</summary>
    public static IEnumerable<string> Faults(ImageSet all)
    {
        ArgumentNullException.ThrowIfNull(all);
        return all.Rows.FirstOrDefault(r => r.Label < 0) is { } bare ? [$"dataset: image {bare.Id} has no label"]
            : all.ClassCounts().Count(n => n > 0) < 2
                ? [$"dataset: all images are of one class ({string.Join(", ", all.Classes)}); a classifier needs two or more"] : [];
    }
}
