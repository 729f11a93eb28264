using System.Globalization;
using System.Text;
using Odm.Classify.Metrics;
using Odm.Pipeline.Results;

namespace Odm.Pipeline.Reports;

/// <summary>The report's section on what experts said of the images.</summary>
internal static class ReadersReport
{
    private const string Chance = "p_chance";

    /// <summary>The file beside the report that holds the same facts.</summary>
    public const string File = "readers.csv";

    // the columns of the table, as far as they were asked
    private static readonly (string Metric, string Title)[] Columns =
    [
        ("accuracy", "accuracy"), ("sensitivity", "generated images recognised"), ("specificity", "real images recognised"), ("d_prime",
            "d'"),
        ("auc", "AUC by confidence"), (Chance, "p against chance"), ("grade_accuracy_real", "real ones graded as labelled"),
        ("grade_accuracy_generated", "generated ones graded as asked"), ("lesion_plausible_real", "lesion plausible, real"),
        ("lesion_plausible_generated", "lesion plausible, generated"), ("seconds_per_image", "time an image (s)"),
    ];

    private static readonly string[] Agreement = ["cohen_kappa", "fleiss_kappa", "grade_cohen_kappa", "grade_fleiss_kappa",
        "lesion_cohen_kappa",
        "lesion_fleiss_kappa"];

    /// <summary>Appends it; nothing where no reader was asked.</summary>
    public static void Append(StringBuilder text, IReadOnlyList<Fact> facts)
    {
        if (facts.Count == 0)
        {
            return;
        }

        // every reader has a time; all readers together have no name
        string[] readers = [.. facts.Where(f => f.Metric == "seconds_per_image").Select(f => f.Label)];
        var columns = Columns.Where(c => facts.Any(f => f.Metric == c.Metric)).ToArray();
        text.Append("\n## What did experts say of the images?\n\n| reader |").Append(string.Concat(columns.Select(c => $" {c.Title} |")))
            .Append("\n| --- |").Append(string.Concat(columns.Select(_ => " --- |"))).Append('\n');
        foreach (var reader in readers)
        {
            text.Append("| ").Append(reader.Length == 0 ? "all, mean" : Plain(reader)).Append(" | ")
                .AppendJoin(" | ", columns.Select(c => Cell(facts.FirstOrDefault(f => f.Metric == c.Metric && f.Label == reader))))
                .Append(" |\n");
        }

        text.Append("\nHalf of the images were real, so guessing is right on half of them, d' 0 and AUC 0.5. Of a reader the intervals of "
            + "shares are Clopper and Pearson's and p is the exact binomial test's; of all readers together the images were resampled "
            + "(these readers, other images), and p is the exact permutation test's. p above 0.05 does not show that the images cannot be "
            + "told apart: the interval says what is compatible with the answers.\n");
        if (facts.Where(f => Agreement.Contains(f.Metric, StringComparer.Ordinal)).ToArray() is { Length: > 0 } agreed)
        {
            text.Append("\n| agreement | readers | κ |\n| --- | --- | --- |\n");
            foreach (var fact in agreed)
            {
                text.Append(CultureInfo.InvariantCulture, $"| {fact.Metric} | {(fact.Label.Length == 0 ? "all" : Plain(fact.Label))} ")
                    .Append(CultureInfo.InvariantCulture, $"| {Cell(fact)} |\n");
            }
        }

        text.Append($"\nAll numbers: [{File}]({File}).\n");
    }

    private static string Cell(Fact? fact) => fact is null ? "-" : fact.Metric == Chance ? FactsCsv.Chance(fact.Value)
        : Cells.Value(fact.Value, fact.Low, fact.High);

    // a name must not end a cell
    private static string Plain(string name) => name.Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" ");
}
