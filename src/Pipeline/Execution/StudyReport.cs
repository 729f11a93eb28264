using Odm.Pipeline.Reports;

namespace Odm.Pipeline.Execution;

/// <summary>The last step of a run: what its finished stages found, written beside them and printed.</summary>
internal static class StudyReport
{
    /// <summary>Writes results, summary, sheets and reports, and prints the comparison.</summary>
    public static void Write(OpenedStudy study)
    {
        var (plan, cancel) = (study.Plan, study.Context.Cancel);
        var (judged, truths) = (StudyResults.Read(plan, study.Prepared, cancel), StudyResults.Truths(plan));
        RunOutput.Write(study.Folder, plan, study.Prepared, judged, truths, cancel);
        ComparisonTable.Print(plan, judged, truths, Path.Combine(study.Folder, "report.md"));
    }
}
