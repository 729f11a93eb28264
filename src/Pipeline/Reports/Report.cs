using System.Globalization;
using System.Text;
using Odm.Data;

namespace Odm.Pipeline;

/// <summary><c>report.md</c>: opens with the comparison, then says in plain words what it does and does not show.</summary>
internal static class Report
{
    /// <summary>The metrics of the comparison, in order.</summary>
    public static IReadOnlyList<string> Metrics { get; } = ["balanced_accuracy", "macro_f1", "mcc", "accuracy", "qwk", "mae"];

    /// <summary>The report's text.</summary>
    public static string Text(string folder, StudyPlan plan, Prepared prepared, IReadOnlyList<Score> scores, IReadOnlyList<SummaryRow> summary,
        IReadOnlyList<TruthScore> truths, IReadOnlyList<string> sheets)
    {
        var text = new StringBuilder();
        var study = plan.Study;
        text.Append(CultureInfo.InvariantCulture, $"# {study.Name}\n\n");
        Comparison(text, study, summary);
        text.Append('\n');
        foreach (var arm in study.Arms.Keys)
        {
            text.Append("- ").Append(Sentences.Of(study, arm, summary)).Append('\n');
        }

        text.Append('\n').Append(Sentences.HowToRead(study, prepared)).Append('\n');
        Transfer(text, study, scores);
        Truths(text, truths);
        Classes(text, study, summary);
        Confusion(text, folder, plan);
        Images(text, plan, prepared, sheets);
        Provenance(text, folder, plan);
        Costs(text, folder, plan);
        return text.ToString();
    }

    private static void Comparison(StringBuilder text, Study study, IReadOnlyList<SummaryRow> summary)
    {
        text.Append("| arm | ").AppendJoin(" | ", Metrics).Append(" |\n| --- |").Append(string.Concat(Metrics.Select(_ => " --- |"))).Append('\n');
        foreach (var arm in study.Arms.Keys)
        {
            text.Append("| ").Append(arm).Append(" | ").AppendJoin(" | ", Metrics.Select(m => Cells.Of(summary.FirstOrDefault(r => r.Arm == arm && r.Metric == m && r.Label == "")))).Append(" |\n");
        }
    }

    private static void Transfer(StringBuilder text, Study study, IReadOnlyList<Score> scores)
    {
        foreach (var set in scores.Where(s => s.Transfer).GroupBy(s => s.Dataset))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n## Tested on {set.Key}\n\n");
            Comparison(text, study, Summary.Of([.. set.Select(s => s with { Transfer = false })], study.Baseline));
        }
    }

    private static void Truths(StringBuilder text, IReadOnlyList<TruthScore> truths)
    {
        if (truths.Count == 0)
        {
            return;
        }

        text.Append("\n## Do the generated images show the grade that was asked for?\n\n")
            .Append("A fixed rule that reads the grade of a drawn image (nothing is fitted) read the generated ones.\n\n")
            .Append("| generator | seed | disc found | Spearman, asked and read grade | read as asked | images |\n| --- | --- | --- | --- | --- | --- |\n");
        foreach (var t in truths)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {t.Generator} | {t.Seed} | {Cells.Of(t, "disc_found")} | {Cells.Of(t, "spearman")} | {Cells.Of(t, "grade_agreement")} | {t.Facts[0].N} |\n");
        }
    }

    private static void Classes(StringBuilder text, Study study, IReadOnlyList<SummaryRow> summary)
    {
        var labels = summary.Where(r => r.Metric == "f1" && r.Label != "").Select(r => r.Label).Distinct(StringComparer.Ordinal).ToList();
        text.Append("\n## F1 by class\n\n| arm | ").AppendJoin(" | ", labels).Append(" |\n| --- |").Append(string.Concat(labels.Select(_ => " --- |"))).Append('\n');
        foreach (var arm in study.Arms.Keys)
        {
            text.Append("| ").Append(arm).Append(" | ").AppendJoin(" | ", labels.Select(l => Cells.Of(summary.FirstOrDefault(r => r.Arm == arm && r.Metric == "f1" && r.Label == l)))).Append(" |\n");
        }
    }

    private static void Confusion(StringBuilder text, string folder, StudyPlan plan)
    {
        text.Append("\n## Confusion and training\n\nRows are the truth, columns the prediction; pictures of the first seed.\n\n");
        foreach (var fit in plan.Fits)
        {
            var path = Path.GetRelativePath(folder, fit.Fit.Folder);
            text.Append(CultureInfo.InvariantCulture, $"- {fit.Name}, seed {fit.Seed}: [confusion](confusion/{fit.Name}-{fit.Seed}.csv), [curves]({path}/curves.csv), [loss]({path}/loss.png), [accuracy]({path}/accuracy.png)\n");
        }

        foreach (var fit in plan.Fits.Where(f => f.Seed == plan.Study.Seeds[0]))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n![confusion of {fit.Name}](confusion/{fit.Name}-{fit.Seed}.png)\n");
        }
    }

    private static void Images(StringBuilder text, StudyPlan plan, Prepared prepared, IReadOnlyList<string> sheets)
    {
        text.Append("\n## Images\n\n| side | images | ").AppendJoin(" | ", prepared.All.Classes).Append(" |\n| --- | --- |").Append(string.Concat(prepared.All.Classes.Select(_ => " --- |"))).Append('\n');
        foreach (var (side, set) in new[] { ("train", prepared.Train), ("val", prepared.Val), ("test", prepared.Test) })
        {
            Row(side, set);
        }

        foreach (var set in plan.Sets)
        {
            Row($"synthetic, {set.Synthesize.Title["synthesize ".Length..]}", StudyRun.Synthetic(set));
        }

        var o = prepared.Overlap;
        text.Append('\n').Append(o is { Duplicates: 0, Groups: 0 }
            ? $"Guard: no image and no {(prepared.All.Rows.Any(r => r.Group != "") ? "group" : "known group (the data name none)")} is on two sides.\n"
            : string.Create(CultureInfo.InvariantCulture, $"**Guard: {o.Images} images are concerned by overlap between the sides ({o.Duplicates} duplicates, {o.Groups} groups). The study allows it (split.allow_overlap); its scores are too good by an unknown amount.**\n"));
        foreach (var sheet in sheets)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n![{Path.GetFileNameWithoutExtension(sheet)}](sheets/{sheet})\n");
        }

        void Row(string name, ImageSet set)
            => text.Append(CultureInfo.InvariantCulture, $"| {name} | {set.Count} | ").AppendJoin(" | ", set.ClassCounts()).Append(" |\n");
    }

    private static void Provenance(StringBuilder text, string folder, StudyPlan plan)
    {
        if (plan.Sets.Count == 0)
        {
            return;
        }

        text.Append("\n## Provenance\n\nEvery synthetic image has a row in its set's `rows.csv`; `./odm sample --from-row SETDIR ID --out DIR` makes it again.\n\n")
            .Append("| set | generator | trained | images | network evaluations |\n| --- | --- | --- | --- | --- |\n");
        foreach (var set in plan.Sets)
        {
            var facts = set.Synthesize.Facts!;
            var path = Path.GetRelativePath(folder, Path.Combine(set.Synthesize.Folder, "set"));
            var often = set.Generator.Config.Diffusion.PerSeed ? "anew for each seed" : "once, for all seeds";
            text.Append(CultureInfo.InvariantCulture, $"| [{path}]({path}/rows.csv) | {set.Generator.Name}, weights {((string)facts["generator"]!)[..12]} | {often} | {facts["images"]} | {facts["network_evaluations"]} |\n");
        }
    }

    private static void Costs(StringBuilder text, string folder, StudyPlan plan)
    {
        text.Append("\n## Costs\n\nSeconds, images/s, devices and versions of each stage are in its `stage.json`:\n\n");
        foreach (var stage in plan.Stages)
        {
            text.Append(CultureInfo.InvariantCulture, $"- [{stage.Title}]({Path.GetRelativePath(folder, stage.Folder)}/stage.json)\n");
        }
    }
}
