using Odm.Classify.Metrics;

namespace Odm.Classify.Audit;

/// <summary>A synthetic image beside the training image that it is nearest to.</summary>
/// <param name="Synthetic">Place of the synthetic image.</param>
/// <param name="Training">Place of the training image.</param>
/// <param name="Distance">Root mean square difference.</param>
/// <param name="Ratio">That distance over the distance to the nearest held-out image.</param>
public readonly record struct CopyPair(int Synthetic, int Training, double Distance, double Ratio);

/// <summary>What the audit of a synthetic set found.</summary>
/// <param name="Facts"><c>nn_ratio</c>, <c>copy_rate</c> and what they rest on.</param>
/// <param name="Threshold">Ratio of distances below which an image counts as a copy, where its class has no threshold of its own.</param>
/// <param name="Pairs">All synthetic images with their nearest training images, the smallest ratio first.</param>
public sealed record MemorisationAudit(IReadOnlyList<Fact> Facts, double Threshold, IReadOnlyList<CopyPair> Pairs)
{
    /// <summary>Thresholds of single classes by name; empty where the classes are not told apart.</summary>
    public IReadOnlyDictionary<string, double> Thresholds { get; init; } = new Dictionary<string, double>(StringComparer.Ordinal);

    /// <summary>
    /// Classes of which <c>nn_ratio</c> takes as many training as held-out images; empty where it does not tell them apart.
    /// </summary>
    public IReadOnlyList<string> Matched { get; init; } = [];

    /// <summary>Whether the images have classes.</summary>
    public bool HasClasses { get; init; }

    /// <summary>What to know before believing the facts; a line each.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The facts with what they were measured against, <paramref name="real"/> training images.</summary>
    public IEnumerable<ImageFact> Rows(long real) => Facts.Select(fact =>
    {
        IReadOnlyList<string> classes = fact.Metric.StartsWith("copy_rate", StringComparison.Ordinal) ? [.. Thresholds.Keys] : Matched;
        return new ImageFact(fact, real) { Mix = !HasClasses ? "" : classes.Count > 0 ? "by_class" : "pooled", Classes = classes };
    });
}
