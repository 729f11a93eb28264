using Spectre.Console;

namespace Odm.Pipeline;

/// <summary>The comparison as a table on stdout.</summary>
internal static class ComparisonTable
{
    private static readonly string[] Shown = ["balanced_accuracy", "macro_f1", "mcc", "accuracy"];

    /// <summary>Prints the arms, then the generators where truth is known.</summary>
    public static void Print(Study study, IReadOnlyList<SummaryRow> summary, IReadOnlyList<TruthScore> truths, string report)
    {
        var console = Terminal.Out();
        var table = new Table().Title($"{study.Name.EscapeMarkup()}: test side, 95 % intervals").AddColumn("arm");
        table.AddColumns([.. Shown]);
        foreach (var arm in study.Arms.Keys)
        {
            table.AddRow([arm.EscapeMarkup(), .. Shown.Select(m => Cells.Of(summary.FirstOrDefault(r => r.Arm == arm && r.Metric == m && r.Label == "")).EscapeMarkup())]);
        }

        console.Write(table);
        Print(console, truths);
        foreach (var arm in study.Arms.Keys.Where(a => a != study.Baseline))
        {
            Console.Out.WriteLine(Sentences.Of(study, arm, summary).Replace("**", "", StringComparison.Ordinal));
        }

        Console.Out.WriteLine($"report: {report}");
    }

    private static void Print(IAnsiConsole console, IReadOnlyList<TruthScore> truths)
    {
        if (truths.Count == 0)
        {
            return;
        }

        var table = new Table().Title("generated images, read by the phantom's rule").AddColumns("generator", "seed", "disc found", "Spearman asked/read grade", "read as asked", "n");
        foreach (var t in truths)
        {
            table.AddRow(t.Generator.EscapeMarkup(), t.Seed.ToString(System.Globalization.CultureInfo.InvariantCulture), Cells.Of(t, "disc_found").EscapeMarkup(),
                Cells.Of(t, "spearman").EscapeMarkup(), Cells.Of(t, "grade_agreement").EscapeMarkup(), t.Facts[0].N.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        console.Write(table);
    }
}

/// <summary>Tables on stdout: as wide as the terminal, or wide enough where it is a file or pipe.</summary>
internal static class Terminal
{
    /// <summary>A console on stdout.</summary>
    public static IAnsiConsole Out()
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = Console.IsOutputRedirected ? AnsiSupport.No : AnsiSupport.Detect, ColorSystem = Console.IsOutputRedirected ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect, Out = new AnsiConsoleOutput(Console.Out) });
        if (Console.IsOutputRedirected)
        {
            console.Profile.Width = 160;
        }

        return console;
    }
}
