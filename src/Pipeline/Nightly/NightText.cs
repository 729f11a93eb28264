using System.Globalization;
using System.Text;
using Odm.Classify.Statistics;
using Odm.Engine.Files;
using Odm.Pipeline.Results;

namespace Odm.Pipeline.Nightly;

/// <summary><c>nightly.md</c> and <c>nightly.csv</c>.</summary>
internal static class NightText
{
    private static readonly string[] Columns = ["night", "item", "kind", "arm", "metric", "value", "nights", "reference", "worse", "limit",
        "diff", "diff_low", "diff_high", "p", "p_holm", "finding", "note"];

    /// <summary>What happened, in a few sentences; the first is the verdict.</summary>
    public static IReadOnlyList<string> Headline(NightReport night)
    {
        var lines = new List<string>();
        if (night.Regressions.Count > 0)
        {
            lines.Add($"{Count(night.Regressions.Count, "regression")}: {string.Join("; ", night.Regressions.Select(Sentence))}.");
        }

        lines.AddRange(night.Missing.Select(m => $"Not measured: {m.Item}, {m.Why}."));
        lines.Add(night.Earlier.Count switch
        {
            0 => "This is the first night on this machine: there is nothing to compare it with.",
            1 => "This is the second night on this machine: one earlier night says nothing of scatter, so nothing is compared yet.",
            var n => $"{(night.Regressions.Count == 0 ? "No regression. " : "")}Compared with the last "
                + $"{Math.Min(n, night.File.Rules.Nights)} nights on this machine.",
        });
        if (night.Others > 0)
        {
            lines.Add($"{Count(night.Others, "night")} of other machines {(night.Others == 1 ? "is" : "are")} in the history, not "
                + "compared.");
        }

        return lines;
    }

    /// <summary>A regression in words.</summary>
    public static string Sentence(Judged judged) => judged.Score?.Contrast is { } score
        ? $"{judged.Name} {Cells.Number(judged.Row.Value)}, {Difference(score)} against the night {judged.Score.Reference!.Night}"
            + $" (p {Verdicts.Chance(judged.PHolm)} after Holm's correction)"
        : judged.Change is { } change ? $"{judged.Name} {Number(judged.Row.Value)}, median {Number(change.Reference)}: "
            + $"{Share(change.Worse)} {Words(judged.Row.Kind)}, limit {Share(change.Limit)}" : judged.Name;

    /// <summary>The report.</summary>
    public static string Markdown(NightReport night)
    {
        var text = new StringBuilder($"# {night.File.Name}, night {night.Name}\n\n");
        var lines = Headline(night);
        text.Append(night.Regressions.Count + night.Missing.Count > 0 ? $"**{lines[0]}**\n\n" : $"{lines[0]}\n\n");
        text.AppendJoin("", lines.Skip(1).Select(l => l + "\n\n"));
        text.Append("| | |\n| --- | --- |\n").Append($"| machine | {night.Machine} |\n");
        if (night.Rows.Count > 0)
        {
            text.Append($"| commit | {night.Rows[0].Commit} |\n| versions | {night.Rows[0].Versions} |\n");
        }

        text.Append('\n');
        Scores(text, night);
        Figures(text, night);
        text.Append("## How this is judged\n\n").Append(Rule(night.File.Rules));
        return text.ToString();
    }

    /// <summary>What is said of each value; numbers in full.</summary>
    public static string Csv(NightReport night)
    {
        using var text = new StringWriter { NewLine = "\n" };
        CsvFile.Write(text, new[] { Columns }.Concat(night.Judged.Select(j => (string[])[night.Name, j.Row.Item, Word(j.Row.Kind),
            j.Row.Arm, j.Row.Metric, Full(j.Row.Value), j.Nights.ToString(CultureInfo.InvariantCulture),
            Full(j.Change?.Reference ?? j.Score?.Reference?.Mean), Full(j.Change?.Worse), Full(j.Change?.Limit),
            Full(j.Score?.Contrast?.Difference), Full(j.Score?.Contrast?.Low), Full(j.Score?.Contrast?.High),
            FactsCsv.Chance(j.Score?.Contrast?.P), FactsCsv.Chance(j.PHolm), Word(j.Finding), j.Note]))
            .Concat(night.Missing.Select(m => (string[])[night.Name, m.Item, .. Enumerable.Repeat("", 13), "not measured", m.Why])));
        return text.ToString();
    }

    /// <summary>What is said, in a word.</summary>
    public static string Word(Finding finding) => finding switch
    {
        Finding.NotCompared => "not compared",
        Finding.Unchanged => "no change",
        _ => finding.ToString().ToLowerInvariant(),
    };

    /// <summary>A figure with four digits.</summary>
    public static string Number(double value) => Math.Abs(value) >= 1000 ? value.ToString("0", CultureInfo.InvariantCulture)
        : value.ToString("G4", CultureInfo.InvariantCulture);

    private static string Word(ValueKind kind) => kind.ToString().ToLowerInvariant();

    private static string Words(ValueKind kind) => kind == ValueKind.Memory ? "more" : kind == ValueKind.Time ? "longer" : "slower";

    private static void Scores(StringBuilder text, NightReport night)
    {
        List<Judged> scores = [.. night.Judged.Where(j => j.Row.Kind == ValueKind.Score)];
        if (scores.Count == 0)
        {
            return;
        }

        text.Append("## Scores\n\nThe primary metric of each arm, against the same arm in the median night.\n\n")
            .Append("| study | arm | metric | tonight | median night | difference | p (Holm) | |\n")
            .Append("| --- | --- | --- | --- | --- | --- | --- | --- |\n");
        foreach (var j in scores)
        {
            text.Append($"| {j.Row.Item} | {j.Row.Arm} | {j.Row.Metric} | {Cells.Number(j.Row.Value)} | "
                + $"{(j.Score!.Reference is { } then ? $"{Cells.Number(then.Mean)} ({then.Night})" : "-")} | "
                + $"{(j.Score.Contrast is { } c ? Difference(c) : "-")} | "
                + $"{(j.PHolm is { } p ? Verdicts.Chance(p).TrimStart('=', ' ') : "-")} | {Last(j)} |\n");
        }

        text.Append('\n');
    }

    private static void Figures(StringBuilder text, NightReport night)
    {
        List<Judged> figures = [.. night.Judged.Where(j => j.Row.Kind != ValueKind.Score)];
        if (figures.Count == 0)
        {
            return;
        }

        text.Append("## Speed, memory, time\n\nImages a second, MB, seconds. How much worse is by the time that an image takes, by "
            + "memory, by time; below 0 is better. `gemm_gflops` is the machine's own speed and is not judged.\n\n")
            .Append("| | | tonight | median | nights | worse by | limit | |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n");
        foreach (var j in figures)
        {
            var again = night.Remeasured.Contains(j.Row.Item, StringComparer.Ordinal) ? ", measured again" : "";
            text.Append(CultureInfo.InvariantCulture, $"| {j.Row.Item} | {j.Row.Metric} | {Number(j.Row.Value)} | "
                + $"{(j.Change is { } c ? Number(c.Reference) : "-")} | {j.Nights} | "
                + $"{(j.Change is { } d ? Share(d.Worse) : "-")} | {(j.Change is { } e ? Share(e.Limit) : "-")} | "
                + $"{Last(j)}{again} |\n");
        }

        text.Append('\n');
    }

    private static string Last(Judged j)
        => (j.Finding == Finding.Regression ? $"**{Word(j.Finding)}**" : Word(j.Finding)) + (j.Note.Length > 0 ? $": {j.Note}" : "");

    private static string Rule(NightlyRules rules) => string.Create(CultureInfo.InvariantCulture, $"""
        Nights on this machine alone are compared, the last {rules.Nights} of them, from {ChangeRule.Fewest} on.

        A speed, an amount of memory or a time is a regression where it is worse than the median of those nights by more than
        {rules.Deviations} robust standard deviations (median absolute deviation) and by more than {Share(rules.Speed)} (speed),
        {Share(rules.Memory)} (memory) or {Share(rules.Time)} (a study's time). The best of a bench's measurements counts, and one
        that looks worse is measured again before it is named.

        A score is a regression where the paired test of the study's primary metric on the same test images says so at a level of
        {rules.Level} after Holm's correction over all arms of the night, and the interval of the difference agrees.

        """);

    private static string Difference(Contrast c)
        => c is { Low: { } low, High: { } high } ? $"{Signed(c.Difference)} [{Signed(low)}, {Signed(high)}]" : Signed(c.Difference);

    private static string Signed(double value) => (value > 0 ? "+" : "") + Cells.Number(value);

    private static string Share(double share) => (100 * share).ToString("0.0", CultureInfo.InvariantCulture) + " %";

    private static string Full(double? value) => value?.ToString("G9", CultureInfo.InvariantCulture) ?? "";

    private static string Count(int n, string word) => string.Create(CultureInfo.InvariantCulture, $"{n} {word}{(n == 1 ? "" : "s")}");
}
