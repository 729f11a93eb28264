using System.Globalization;
using System.Text;
using Odm.Classify.Statistics;
using Odm.Data.Images;
using Odm.Pipeline.Checks;
using Odm.Pipeline.Planning;
using Odm.Pipeline.Preparing;
using Odm.Pipeline.Results;

namespace Odm.Pipeline.Reports;

/// <summary>
/// The report's sections on differences, of the study's own test set and of each transfer set: interval, test, verdict, what could have
/// been found, where the uncertainty comes from. The primary metric stands apart from the secondary ones.
/// </summary>
internal static class ContrastTable
{
    /// <summary>Appends the section of the study's own test set; nothing where the study has one arm.</summary>
    public static void Append(StringBuilder text, StudyPlan plan, Prepared prepared, Judgement judged)
    {
        if (judged.Comparison.Tests > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n## Differences from {plan.Study.Baseline}\n");
            Tables(text, plan, prepared.Test, judged);
        }
    }

    /// <summary>Appends the tables of one test set.</summary>
    public static void Tables(StringBuilder text, StudyPlan plan, ImageSet test, Judgement judged)
    {
        var (comparison, several) = (judged.Comparison, judged.Comparison.Seeds > 1);
        if (comparison.Tests == 0)
        {
            return;
        }

        text.Append(CultureInfo.InvariantCulture, $"\nOn {Verdicts.Size(comparison)}. "
            + $"Intervals: 95 %, BCa bootstrap of the paired difference, whole groups drawn")
            .Append(several ? ", widened by what other seeds would add. " : ". ")
            .Append("Tests swap the two arms within whole groups: accuracy by McNemar's exact test, Dice, IoU and hd95 of images by "
                + "Wilcoxon's signed-rank test, the others by permutation.\n");
        Table(text, plan, judged, primary: true);
        foreach (var sentence in Resolution.Sentences(plan.Downstream, test))
        {
            text.Append('\n').Append("Known before the start: ").Append(sentence).Append('\n');
        }

        Table(text, plan, judged, primary: false);
    }

    private static void Table(StringBuilder text, StudyPlan plan, Judgement judged, bool primary)
    {
        var (comparison, several) = (judged.Comparison, judged.Comparison.Seeds > 1);
        var shown = comparison.Contrasts.Where(c => c.Verdict is not null && comparison.IsPrimary(c) == primary).ToList();
        if (shown.Count == 0)
        {
            text.Append(primary ? $"\n{comparison.Primary}, the primary metric, is not defined for enough images to be tested.\n" : "");
            return;
        }

        var tests = string.Create(CultureInfo.InvariantCulture, $"{shown.Count} test{(shown.Count == 1 ? "" : "s")}");
        text.Append(primary ? $"\nThe primary metric, {comparison.Primary}; Holm's correction counts its {tests}. Detectable: the smallest "
            + "true difference that one test with this standard error finds with 80 % power.\n\n"
            : $"\nThe secondary metrics describe and do not decide; Holm's correction counts their {tests}.\n\n")
            .Append("| arm | metric | difference | p | p, Holm | verdict |").Append(primary ? " detectable |" : "")
            .Append(several ? " variance: seed, cases, both |" : "").Append("\n| --- | --- | --- | --- | --- | --- |")
            .Append(primary ? " --- |" : "").Append(several ? " --- |" : "").Append('\n');
        foreach (var c in shown)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {Named(c.Arm)} | {c.Metric}"
                + $"{(Contrast.LowerIsBetter(c.Metric) ? " (less is better)" : "")} | {Cells.Value(c.Difference, c.Low, c.High)} | "
                + $"{P(c.P)} | {P(c.PHolm)} | {Verdicts.Cell(c.Verdict, NoisySets.OfArm(plan, c.Arm, judged.Noise))} |")
                .Append(primary ? $" {(c.Detectable is { } d ? Cells.Number(d) : "-")} |" : "")
                .Append(several ? $" {Shares(c.Variance, comparison.Seeds)} |" : "").Append('\n');
        }

        // one that is compared with another arm than most says so
        string Named(string arm) => plan.Study.BaselineOf(arm) is { } other && other != plan.Study.Baseline ? $"{arm} (from {other})" : arm;

        static string P(double? p) => Verdicts.Chance(p).Replace("= ", "", StringComparison.Ordinal);
    }

    // of the variance of the mean over the seeds
    private static string Shares(VarianceSplit? variance, int seeds)
    {
        var parts = variance is { Seed: { } seed, Interaction: { } both } v ? new[] { seed / seeds, v.Case, both / seeds } : [];
        return parts.Sum() > 0 ? string.Join(", ",
            parts.Select(x => string.Create(CultureInfo.InvariantCulture, $"{100 * x / parts.Sum():0} %"))) : "-";
    }
}
