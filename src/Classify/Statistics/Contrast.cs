namespace Odm.Classify.Statistics;

/// <summary>What a study may say of a difference.</summary>
public enum Verdict
{
    /// <summary>Neither better nor worse is shown at this number of cases and seeds.</summary>
    NotDistinguishable,

    /// <summary>Better than the baseline.</summary>
    Better,

    /// <summary>Worse than the baseline.</summary>
    Worse,
}

/// <summary>An arm against the baseline in one metric.</summary>
/// <param name="Arm">The arm.</param>
/// <param name="Metric">The metric.</param>
/// <param name="Label">Class name, empty for the whole set.</param>
/// <param name="Difference">Mean over the seeds less the baseline's.</param>
/// <param name="Low">Lower end of its 95 % interval; null where there is none.</param>
/// <param name="High">Upper end.</param>
/// <param name="Test">Name of the test; empty where none is done (values of single classes).</param>
/// <param name="P">Its two-sided p.</param>
/// <param name="PHolm">The same after Holm's correction: of the primary metric over the arms, of the others over all their tests.</param>
/// <param name="Verdict">What may be said; null without a test.</param>
/// <param name="Variance">Where the difference's uncertainty comes from; null where it is not defined for all seeds and cases.</param>
public sealed record Contrast(string Arm, string Metric, string Label, double Difference, double? Low, double? High, string Test,
    double? P, double? PHolm, Verdict? Verdict, VarianceSplit? Variance)
{
    /// <summary>
    /// Smallest true difference that a test with this standard error finds with a power of 80 %, before Holm's correction; null where
    /// nothing varies.
    /// </summary>
    public double? Detectable => Variance?.Detectable;

    /// <summary>Whether less of a metric is better.</summary>
    public static bool LowerIsBetter(string metric) => metric is "mae" or "ece" or "log_loss" or "hd95" or "fp" or "fn";
}

/// <summary>Settings of a comparison.</summary>
public sealed record ComparisonConfig
{
    /// <summary>
    /// Resampled sets; BCa reads tails that a percentile interval does not need (Efron and Tibshirani 1993, chapter 14.3: some thousands).
    /// </summary>
    public int Replicates { get; init; } = 2000;

    /// <summary>Drawn permutations; more where Holm's correction over the tests could not reach .01 otherwise.</summary>
    public int Permutations { get; init; } = 9999;

    /// <summary>Coverage of the intervals; 1 - it is the level of the tests.</summary>
    public double Level { get; init; } = .95;

    /// <summary>
    /// Metric that the comparison decides by, one of <see cref="PrimaryMetric"/>; null for <c>balanced_accuracy</c> of classifiers and
    /// <c>dice_hard</c> of segmenters.
    /// </summary>
    public string? Primary { get; init; }

    /// <summary>Seed of all draws.</summary>
    public ulong Seed { get; init; }
}
