using Odm.Pipeline.Results;

namespace Odm.MLNet.Comparing;

/// <summary>What a comparison found; its files are those of any study's run.</summary>
public sealed class Comparison
{
    internal Comparison(string folder) => (Folder, Rows) = (folder, ArmSummary.Read(folder));

    /// <summary>Folder of the run: results.csv, summary.csv, image_metrics.csv, report.md, report.html, sheets/, stages/.</summary>
    public string Folder { get; }

    /// <summary>The report, one HTML file.</summary>
    public string Report => Path.Combine(Folder, "report.html");

    /// <summary>Each arm and metric beside the baseline: <c>summary.csv</c>.</summary>
    public IReadOnlyList<ArmSummary> Rows { get; }

    /// <summary>An arm's row of a metric over the whole test set.</summary>
    /// <param name="arm">The arm.</param>
    /// <param name="metric">The metric, as in <c>results.csv</c>.</param>
    /// <exception cref="ArgumentException">There is no such arm or metric.</exception>
    public ArmSummary this[string arm, string metric]
    {
        get
        {
            var whole = Rows.Where(r => r.Label.Length == 0).ToList();
            return whole.FirstOrDefault(r => r.Arm == arm && r.Metric == metric) ?? throw (whole.Exists(r => r.Arm == arm)
                ? new ArgumentException($"metric '{metric}'; must be one of {Names(whole.Select(r => r.Metric))}")
                : new ArgumentException($"arm '{arm}'; must be one of {Names(whole.Select(r => r.Arm))}"));
        }
    }

    private static string Names(IEnumerable<string> names) => string.Join(", ", names.Distinct(StringComparer.Ordinal));
}
