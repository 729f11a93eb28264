using Odm.Pipeline.Downstream;
using Odm.Pipeline.Planning;

namespace Odm.Pipeline.Reports;

/// <summary>
/// Columns of loss and sampling beside the arms' scores; none where every classifier learns by cross-entropy as images come.
/// </summary>
internal static class LearningColumns
{
    /// <summary>The headings: loss and sampling, or nothing.</summary>
    public static IReadOnlyList<string> Headings(StudyPlan plan)
        => plan.Downstream is Classification
            && plan.Fits.Any(f => f.Downstream is not { Loss: "cross_entropy", Sampling: "natural" }) ? ["loss", "sampling"] : [];

    /// <summary>An arm's cells below them.</summary>
    public static IReadOnlyList<string> Of(StudyPlan plan, string arm)
        => Headings(plan).Count == 0 ? [] : [.. plan.FirstFits.Where(f => f.Name == arm)
            .SelectMany(f => new[] { f.Downstream.Loss, f.Downstream.Sampling })];
}
