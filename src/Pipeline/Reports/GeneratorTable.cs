using System.Globalization;
using System.Text;
using Odm.Classify.Metrics;
using Odm.Pipeline.Planning;
using Odm.Pipeline.Results;

namespace Odm.Pipeline.Reports;

/// <summary>
/// The generators in a row each, at the report's top: are their images like real ones, and do they show what was asked for.
/// </summary>
internal static class GeneratorTable
{
    /// <summary>Appends it; nothing where no synthetic set was measured.</summary>
    public static void Append(StringBuilder text, StudyPlan plan)
    {
        var measured = plan.Measures.Where(m => m.Measured).ToList();
        if (measured.Count == 0)
        {
            return;
        }

        text.Append("\n| generator | precision / real | recall / real | Fréchet / floor | read as asked | Spearman |\n| --- | --- | --- | "
            + "--- | --- | --- |\n");
        foreach (var measure in measured)
        {
            text.Append(Row(measure.Set.Name, measure.Facts()));
        }

        text.Append("\nThe generated images beside the real ones that their generator saw. Behind the slash, and as the floor: two halves "
            + "of those real images beside each other. ")
            .Append("Read as asked: share of images in which networks that know real images alone see the asked class; Spearman: rank "
                + "correlation of the asked class with the one they see.\n");
    }

    /// <summary>One row; what was not measured is a dash.</summary>
    /// <param name="name">The set's name.</param>
    /// <param name="facts">The facts of its measure stage.</param>
    internal static string Row(string name, IReadOnlyList<Fact> facts)
    {
        var whole = facts.Where(f => f.Label == "").DistinctBy(f => f.Metric).ToDictionary(f => f.Metric, StringComparer.Ordinal);
        return $"| {name} | {Beside("image_precision")} | {Beside("image_recall")} | {Ratio()} | {Cell("read_as_asked")} | "
            + $"{Cell("spearman")} |\n";

        string Cell(string metric) => whole.TryGetValue(metric, out var f) ? Cells.Value(f.Value, f.Low, f.High) : "-";

        string Beside(string metric) => whole.TryGetValue("floor_" + metric, out var floor)
            ? $"{Cell(metric)} / {Cells.Number(floor.Value)}" : Cell(metric);

        // fid, or frechet_ and the extractor's name
        string Ratio()
        {
            var frechet = whole.Keys.FirstOrDefault(m => (m == "fid" || m.StartsWith("frechet_", StringComparison.Ordinal))
                && !m.EndsWith("_infinity", StringComparison.Ordinal));
            return frechet is not null && whole.TryGetValue("floor_" + frechet, out var floor) && floor.Value > 0
                ? (whole[frechet].Value / floor.Value).ToString("0.0", CultureInfo.InvariantCulture) : "-";
        }
    }
}
