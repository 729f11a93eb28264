using Odm.Pipeline.Checks;
using Odm.Pipeline.Planning;
using Odm.Pipeline.Results;
using Spectre.Console;

namespace Odm.Pipeline.Reports;

/// <summary>The comparison as a table on stdout.</summary>
internal static class ComparisonTable
{
    /// <summary>Prints the arms, then the generators where truth is known.</summary>
    public static void Print(StudyPlan plan, Judgement judged, IReadOnlyList<TruthScore> truths, string report)
    {
        var (study, shown) = (plan.Study, plan.Downstream.Metrics.Take(4).ToArray());
        var console = Terminal.Out();
        var table = new Table().Title($"{study.Name.EscapeMarkup()}: test side, 95 % intervals").AddColumn("arm");
        table.AddColumns([.. LearningColumns.Headings(plan), .. shown]);
        foreach (var arm in study.Arms.Keys)
        {
            table.AddRow([arm.EscapeMarkup(), .. LearningColumns.Of(plan, arm).Select(Markup.Escape),
                .. shown.Select(m => Cells.Of(judged.Row(arm, m)).EscapeMarkup())]);
        }

        console.Write(table);
        Print(console, truths);
        if (NoisySets.Opening(judged.Noise) is { } noise)
        {
            Console.Out.WriteLine(noise);
        }

        foreach (var arm in study.Arms.Keys.Where(a => a != study.Baseline))
        {
            Console.Out.WriteLine(Sentences.Of(plan, arm, judged).Replace("**", "", StringComparison.Ordinal));
        }

        foreach (var (name, own) in judged.Transfer)
        {
            foreach (var arm in study.Arms.Keys.Where(a => a != study.Baseline))
            {
                Console.Out.WriteLine($"on {name}: {Sentences.Of(plan, arm, own).Replace("**", "", StringComparison.Ordinal)}");
            }
        }

        Console.Out.WriteLine($"report: {report}");
    }

    private static void Print(IAnsiConsole console, IReadOnlyList<TruthScore> truths)
    {
        if (truths.Count == 0)
        {
            return;
        }

        (string Metric, string Title)[] columns = truths[0].Facts.All(f => f.Metric is "disc_found" or "mask_dice")
            ? [("disc_found", "disc found"), ("mask_dice", "Dice of mask and rule's")]
            : [("disc_found", "disc found"), ("spearman", "Spearman asked/read grade"), ("grade_agreement", "read as asked")];
        var table = new Table().Title("generated images, read by the phantom's rule")
            .AddColumns(["generator", "seed", .. columns.Select(c => c.Title), "n"]);
        foreach (var t in truths)
        {
            table.AddRow([t.Generator.EscapeMarkup(), Text(t.Seed), .. columns.Select(c => Cells.Of(t, c.Metric).EscapeMarkup()),
                Text(t.Facts[0].N)]);
        }

        console.Write(table);

        static string Text(IFormattable value) => value.ToString(null, System.Globalization.CultureInfo.InvariantCulture);
    }
}
