using Odm.Classify.Metrics;
using Odm.Classify.Statistics;
using Odm.Pipeline.Configuration;

namespace Odm.Pipeline.Nightly;

/// <summary>An arm of a study in one night.</summary>
/// <param name="Night">The night.</param>
/// <param name="Mean">Mean of the primary metric over the seeds.</param>
/// <param name="Seeds">Seeds and the hashes of their predictions.</param>
internal sealed record ArmNight(string Night, double Mean, IReadOnlyList<(ulong Seed, string Predictions)> Seeds)
{
    /// <summary>Whether all seeds said the same, bit for bit.</summary>
    public bool Equals(ArmNight? other) => other is not null && Seeds.SequenceEqual(other.Seeds);

    /// <inheritdoc/>
    public override int GetHashCode() => Seeds.Count;
}

/// <summary>An arm tonight against itself in an earlier night.</summary>
/// <param name="Reference">That night; null where none can be compared.</param>
/// <param name="Contrast">Difference, interval and test of the primary metric; null where there is none.</param>
/// <param name="Note">Why there is none, or that the two are equal.</param>
internal sealed record ScoreChange(ArmNight? Reference, Contrast? Contrast, string Note);

/// <summary>
/// Scores are compared by the study's own statistics: the paired difference of the primary metric on the same test images, over all seeds,
/// between tonight and the night whose value is the median of the last ones. One bad night among them is so never the measure of the next.
/// </summary>
internal static class ScoreRule
{
    /// <summary>Compares an arm.</summary>
    /// <param name="before">The nights before.</param>
    /// <param name="tonight">Tonight.</param>
    /// <param name="study">Its study.</param>
    /// <param name="store">Where the predictions are.</param>
    /// <param name="config">Level and permutations.</param>
    /// <param name="cancel">Looked at often.</param>
    public static ScoreChange Of(IReadOnlyList<ArmNight> before, ArmNight tonight, Study study, PredictionStore store,
        ComparisonConfig config, CancellationToken cancel)
    {
        if (before.Count < ChangeRule.Fewest)
        {
            return new(null, null, Earlier(before.Count));
        }

        List<ArmNight> kept = [.. before.Where(n => n.Seeds.All(s => store.Find(s.Predictions) is not null))];
        if (kept.Count < ChangeRule.Fewest)
        {
            return new(null, null, $"predictions of {before.Count - kept.Count} earlier nights are no longer kept");
        }

        List<ArmNight> alike = [.. kept.Where(n => n.Seeds.Select(s => s.Seed).SequenceEqual(tonight.Seeds.Select(s => s.Seed)))];
        if (alike.Count < ChangeRule.Fewest)
        {
            return new(null, null, "other seeds than in the nights before");
        }

        // of two nights in the middle the worse one
        var less = Contrast.LowerIsBetter(Primary(study));
        var reference = alike.OrderBy(n => less ? -n.Mean : n.Mean).ElementAt((alike.Count - 1) / 2);
        if (reference.Equals(tonight))
        {
            return new(reference, new(tonight.Night, Primary(study), "", 0, 0, 0, "", 1, null, Verdict.NotDistinguishable, null),
                "equal bit for bit");
        }

        var comparison = Compare(Files(reference, store), Files(tonight, store), study, config, cancel);
        return comparison?.Contrasts.FirstOrDefault(comparison.IsPrimary) is { P: not null } contrast ? new(reference, contrast, "")
            : new(reference, null, comparison is null ? "other test images or classes than in the nights before" : "undefined");
    }

    /// <summary>Why nothing is compared with so few nights.</summary>
    public static string Earlier(int nights) => nights == 0 ? "no earlier night has it" : $"{nights} earlier night has it, "
        + $"{ChangeRule.Fewest} are needed";

    /// <summary>The metric that decides.</summary>
    public static string Primary(Study study) => study.Primary ?? (study.Downstream is Classify.Segmentation.SegmenterConfig
        ? PrimaryMetric.OfMasks : PrimaryMetric.OfClasses)[0];

    private static string[] Files(ArmNight night, PredictionStore store)
        => [.. night.Seeds.Select(s => store.Find(s.Predictions)!)];

    private static ArmComparison? Compare(string[] then, string[] tonight, Study study, ComparisonConfig config, CancellationToken cancel)
    {
        config = config with { Primary = Primary(study) };
        if (study.Downstream is Classify.Segmentation.SegmenterConfig)
        {
            var (a, b) = (Array.ConvertAll(then, MaskPredictions.ReadCsv), Array.ConvertAll(tonight, MaskPredictions.ReadCsv));
            return a.Concat(b).All(m => m.Rows.Select(r => r.Id).SequenceEqual(a[0].Rows.Select(r => r.Id), StringComparer.Ordinal))
                ? ArmComparison.Of([("then", a), ("tonight", b)], "then", config: config, cancel: cancel) : null;
        }

        var (c, d) = (Array.ConvertAll(then, Predictions.ReadCsv), Array.ConvertAll(tonight, Predictions.ReadCsv));
        return c.Concat(d).All(p => p.Ids.SequenceEqual(c[0].Ids, StringComparer.Ordinal)
            && p.Classes.SequenceEqual(c[0].Classes, StringComparer.Ordinal) && p.Truth.SequenceEqual(c[0].Truth))
            ? ArmComparison.Of([("then", c), ("tonight", d)], "then", c[0].Classes, config, cancel: cancel) : null;
    }
}
