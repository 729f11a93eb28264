using System.Globalization;
using Odm.Engine.Files;
using Odm.Engine.Runtime;

namespace Odm.Pipeline.Results;

/// <summary>A row of <c>summary.csv</c>: one arm, metric and label over the seeds, beside the arm it is compared with.</summary>
/// <param name="Arm">The arm.</param>
/// <param name="Metric">The metric, as in <c>results.csv</c>.</param>
/// <param name="Label">Class name, empty for the whole test set.</param>
/// <param name="Mean">Mean over the seeds.</param>
/// <param name="Sd">Standard deviation over the seeds (n - 1); null with one seed.</param>
/// <param name="Seeds">Seeds that have a value.</param>
/// <param name="Baseline">The arm it is compared with; empty for that arm itself.</param>
/// <param name="Difference">Mean minus the baseline's; null for the baseline.</param>
/// <param name="Low">Lower end of the difference's 95 % interval; null where there is none.</param>
/// <param name="High">Upper end of it.</param>
/// <param name="P">p of the difference; null where it is not tested.</param>
/// <param name="PHolm">The same after Holm's correction.</param>
/// <param name="Verdict"><c>better</c>, <c>worse</c>, <c>not distinguishable</c>; empty without a test.</param>
public sealed record ArmSummary(string Arm, string Metric, string Label, double Mean, double? Sd, int Seeds, string Baseline,
    double? Difference, double? Low, double? High, double? P, double? PHolm, string Verdict)
{
    /// <summary>The rows of a run's own test set, in the file's order.</summary>
    /// <param name="folder">Folder of a run that has written its report.</param>
    /// <exception cref="UserException">There is no <c>summary.csv</c>, or it is damaged.</exception>
    public static IReadOnlyList<ArmSummary> Read(string folder) => [.. CsvFile.Read(Path.Combine(folder, "summary.csv")).Records
        .Select(r => new ArmSummary(r["arm"], r["metric"], r["label"], Number(r["mean"])!.Value, Number(r["sd"]),
            int.Parse(r["seeds"], CultureInfo.InvariantCulture), r["baseline"], Number(r["diff"]), Number(r["diff_low"]),
            Number(r["diff_high"]), Number(r["p"]), Number(r["p_holm"]), r["verdict"]))];

    private static double? Number(string text) => text.Length == 0 ? null : double.Parse(text, CultureInfo.InvariantCulture);
}
