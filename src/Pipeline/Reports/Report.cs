using System.Globalization;
using System.Text;
using Odm.Data.Images;
using Odm.Pipeline.Checks;
using Odm.Pipeline.Configuration;
using Odm.Pipeline.Planning;
using Odm.Pipeline.Preparing;
using Odm.Pipeline.Results;
using Odm.Pipeline.Stages;

namespace Odm.Pipeline.Reports;

/// <summary><c>report.md</c>: opens with the comparison, then says in plain words what it does and does not show.</summary>
internal static class Report
{
    private const string Generated = GeneratedSheet.Name + ".png"; // stands at the top

    /// <summary>The report's text.</summary>
    public static string Text(string folder, StudyPlan plan, Prepared prepared, Judgement judged,
        IReadOnlyList<TruthScore> truths, IReadOnlyList<string> sheets)
    {
        var text = new StringBuilder();
        var study = plan.Study;
        text.Append(CultureInfo.InvariantCulture, $"# {study.Name}\n\n");
        text.Append(NoisySets.Opening(judged.Noise) is { } noise ? $"**{noise}**\n\n" : "");
        Comparison(text, plan, judged.Summary);
        GeneratorTable.Append(text, plan);
        text.Append('\n');
        foreach (var arm in study.Arms.Keys)
        {
            text.Append("- ").Append(Sentences.Of(plan, arm, judged)).Append('\n');
        }

        text.Append(sheets.Contains(Generated, StringComparer.Ordinal)
            ? $"\n![real and generated images of each class](sheets/{Generated})\n" : "");
        text.Append('\n').Append(Sentences.HowToRead(plan, prepared, judged.Comparison)).Append('\n');
        ContrastTable.Append(text, plan, prepared, judged);
        Transfer(text, plan, prepared, judged);
        Truths(text, truths);
        CopyAudit.Append(text, folder, plan);
        SourceFiles.Append(text, folder, plan);
        MembershipAudit.Append(text, plan);
        MeasuresReport.Append(text, folder, plan);
        OnlineReport.Append(text, folder, plan);
        ReadersReport.Append(text, judged.Readers);
        Classes(text, study, judged.Summary, "f1", "F1 by class");
        Classes(text, study, judged.Summary, "recall_class", "Recall by class");
        Training(text, folder, plan);
        CounterpartTable.Append(text, plan, judged.Scores);
        Images(text, folder, plan, prepared, sheets);
        Provenance(text, folder, plan);
        Costs(text, folder, plan);
        return text.ToString();
    }

    private static void Comparison(StringBuilder text, StudyPlan plan, IReadOnlyList<SummaryRow> summary)
    {
        var metrics = plan.Downstream.Metrics;
        Table(text, [.. LearningColumns.Headings(plan), .. metrics], plan.Study, arm => [.. LearningColumns.Of(plan, arm),
            .. metrics.Select(m => Cells.Of(summary.FirstOrDefault(r => r.Arm == arm && r.Metric == m && r.Label == "")))]);
    }

    // images of another source: their tests are a family of their own
    private static void Transfer(StringBuilder text, StudyPlan plan, Prepared prepared, Judgement judged)
    {
        foreach (var ((name, own), (_, set)) in judged.Transfer.Zip(prepared.Transfer))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n## Tested on {name}\n\n");
            Comparison(text, plan, own.Summary);
            text.Append('\n');
            foreach (var arm in plan.Study.Arms.Keys)
            {
                text.Append("- ").Append(Sentences.Of(plan, arm, own)).Append('\n');
            }

            ContrastTable.Tables(text, plan, set, own);
        }
    }

    private static void Truths(StringBuilder text, IReadOnlyList<TruthScore> truths)
    {
        if (truths.Count == 0)
        {
            return;
        }

        // the rule reads grades of images without masks, lesions of those with
        (string Metric, string Title)[] columns = truths[0].Facts.All(f => f.Metric is "disc_found" or "mask_dice")
            ? [("disc_found", "disc found"), ("mask_dice", "Dice of generated mask and rule's")]
            : [("disc_found", "disc found"), ("spearman", "Spearman, asked and read grade"), ("grade_agreement", "read as asked")];
        text.Append("\n## Do the generated images show what was asked for?\n\n")
            .Append("A fixed rule that reads the lesions of a drawn image (nothing is fitted) read the generated ones.\n\n| generator | "
                + "seed | ")
            .AppendJoin(" | ", columns.Select(c => c.Title)).Append(" | images |\n| --- | --- | --- |")
            .Append(string.Concat(columns.Select(_ => " --- |"))).Append('\n');
        foreach (var t in truths)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {t.Generator} | {t.Seed} | ")
                .AppendJoin(" | ", columns.Select(c => Cells.Of(t, c.Metric)))
                .Append(CultureInfo.InvariantCulture, $" | {t.Facts[0].N} |\n");
        }
    }

    private static void Classes(StringBuilder text, Study study, IReadOnlyList<SummaryRow> summary, string metric, string title)
    {
        var labels = summary.Where(r => r.Metric == metric && r.Label != "").Select(r => r.Label).Distinct(StringComparer.Ordinal).ToList();
        if (labels.Count == 0)
        {
            return;
        }

        text.Append("\n## ").Append(title).Append("\n\n");
        Table(text, labels, study,
            arm => labels.Select(l => Cells.Of(summary.FirstOrDefault(r => r.Arm == arm && r.Metric == metric && r.Label == l))));
    }

    // a row an arm
    private static void Table(StringBuilder text, IReadOnlyList<string> columns, Study study, Func<string, IEnumerable<string>> cells)
    {
        text.Append("| arm | ").AppendJoin(" | ", columns).Append(" |\n| --- |").Append(string.Concat(columns.Select(_ => " --- |")))
            .Append('\n');
        foreach (var arm in study.Arms.Keys)
        {
            text.Append("| ").Append(arm).Append(" | ").AppendJoin(" | ", cells(arm)).Append(" |\n");
        }
    }

    private static void Training(StringBuilder text, string folder, StudyPlan plan)
    {
        var graded = !plan.Study.Downstream.Masks;
        text.Append(graded ? "\n## Confusion and training\n\nRows are the truth, columns the prediction; pictures of the first seed.\n\n"
            : "\n## Training\n\n");
        foreach (var fit in plan.Fits)
        {
            var path = Path.GetRelativePath(folder, fit.Fit.Folder);
            string[] links = [.. plan.Downstream.Charts.Select(c => $"[{c}]({path}/{c}.png)")];
            text.Append(CultureInfo.InvariantCulture, $"- {fit.Name}, seed {fit.Seed}: ").AppendJoin(", ", [
                .. graded ? [string.Create(CultureInfo.InvariantCulture, $"[confusion](confusion/{fit.Name}-{fit.Seed}.csv)")] : links[..0],
                .. links.Length > 0 ? [$"[curves]({path}/curves.csv)"] : links, .. links]).Append('\n');
        }

        foreach (var fit in graded ? plan.FirstFits : [])
        {
            text.Append(CultureInfo.InvariantCulture, $"\n![confusion of {fit.Name}](confusion/{fit.Name}-{fit.Seed}.png)\n");
        }
    }

    private static void Images(StringBuilder text, string folder, StudyPlan plan, Prepared prepared, IReadOnlyList<string> sheets)
    {
        text.Append("\n## Images\n\n| side | images |").Append(string.Concat(prepared.All.Classes.Select(c => $" {c} |")))
            .Append("\n| --- | --- |").Append(string.Concat(prepared.All.Classes.Select(_ => " --- |"))).Append('\n');
        foreach (var (side, set) in prepared.Sides)
        {
            Row(side, set);
        }

        foreach (var set in plan.Sets)
        {
            Row($"synthetic, {set.Name}", set.Open());
        }

        if (plan.Study.Downstream.Masks)
        {
            text.Append("\nImages whose mask is empty: ")
                .AppendJoin(", ", prepared.Sides.Select(s => (s.Name, s.Set))
                    .Concat(prepared.Transfer.Select(t => ("transfer " + t.Name, t.Set)))
                .Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.Item1} {s.Set.EmptyMasks.Count}"))).Append(".\n");
        }

        var o = prepared.Overlap;
        text.Append('\n').Append(o is { Duplicates: 0, Groups: 0 }
            ? $"Guard: no image and no {(prepared.All.Rows.Any(r => r.Group != "") ? "group" : "known group (the data name none)")} is on "
                + $"two sides.\n"
            : string.Create(CultureInfo.InvariantCulture, $"**Guard: {o.Images} images are affected by overlap between the sides ("
                + $"{o.Duplicates} duplicates, {o.Groups} groups). The study allows it (split.allow_overlap); its scores are too good by "
                + $"an unknown amount.**\n"));
        if (GroupNotice.Line(plan.Study, prepared) is { } notice)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n**Note: {notice}.**\n");
        }

        text.Append('\n').Append(NearGuard.Sentence(prepared, Path.GetRelativePath(folder, plan.Sources.Prepare.Folder))).Append('\n');
        foreach (var sheet in sheets.Where(s => s != Generated))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n![{Path.GetFileNameWithoutExtension(sheet)}](sheets/{sheet})\n");
        }

        void Row(string name, ImageSet set)
            => text.Append(CultureInfo.InvariantCulture, $"| {name} | {set.Count} |")
            .Append(string.Concat(set.ClassCounts().Select(n => string.Create(CultureInfo.InvariantCulture, $" {n} |")))).Append('\n');
    }

    private static void Provenance(StringBuilder text, string folder, StudyPlan plan)
    {
        if (plan.Sets.Count == 0)
        {
            return;
        }

        text.Append("\n## Provenance\n\nEvery synthetic image has a row in its set's `rows.csv`; `./odm sample --from-row SETDIR ID --out "
            + "DIR` makes it again.\n\n")
            .Append("| set | generator | trained | images | network evaluations |\n| --- | --- | --- | --- | --- |\n");
        foreach (var set in plan.Sets)
        {
            var facts = set.Synthesize.Facts!;
            var path = Path.GetRelativePath(folder, Path.Combine(set.Final.Folder, "set"));
            var often = set.Config.Anew ? "anew for each seed" : "once, for all seeds";
            var weights = ((string)facts["generator"]!).Split(' ');
            var hashes = weights.Length == 1 ? "weights " + weights[0].Split(':')[^1][..12]
                : string.Create(CultureInfo.InvariantCulture, $"{weights.Length} cluster models");
            text.Append(CultureInfo.InvariantCulture, $"| [{path}]({path}/rows.csv) | {set.Name}, {hashes} | {often} | {set.Open().Count} "
                + $"| {facts["network_evaluations"]} |\n");
        }

        text.Append('\n').Append(GeneratorGuard.Sentence(plan));
        PaintedReport.Append(text, plan);
    }

    private static void Costs(StringBuilder text, string folder, StudyPlan plan)
    {
        text.Append("\n## Costs\n\nSeconds, images/s, devices and versions of each stage are in its `stage.json`:\n\n");
        foreach (var stage in StudyWork.Stages(plan).Select(s => s.Stage))
        {
            text.Append(CultureInfo.InvariantCulture, $"- [{stage.Title}]({Path.GetRelativePath(folder, stage.Folder)}/stage.json)\n");
        }
    }
}
