using System.Text;
using Odm.Pipeline.Checks;
using Odm.Pipeline.Planning;
using Odm.Pipeline.Preparing;
using Odm.Pipeline.Reports.Charts;
using Odm.Pipeline.Results;

namespace Odm.Pipeline.Reports.Html;

/// <summary>
/// <c>report.html</c>: the sections of <c>report.md</c> in one file that opens without a network, with charts beside the tables. Costs
/// are left out, since they hold times: equal runs give equal bytes. A section that report.md gains stands here too, its pictures inside.
/// </summary>
internal static class HtmlReport
{
    // the headings of report.md that receive charts, are written otherwise, or are left out
    private const string Differences = "Differences from "; // and the baseline's name
    private const string TestedOn = "Tested on "; // and the transfer set's
    private const string F1ByClass = "F1 by class";
    private const string RecallByClass = "Recall by class";
    private const string Copies = "Are the generated images copies of training images?";
    private const string Costs = "Costs";
    private static readonly string[] Training = ["Confusion and training", "Training"];

    // no request leaves the page, and nothing in it is a script
    private const string Policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";

    private const string OfStudy = "Odm. The record of this study: <code>results.csv</code>, <code>summary.csv</code>, "
        + "<code>report.md</code>; times and costs: <code>stage.json</code> of each stage.";

    /// <summary>The page.</summary>
    /// <param name="folder">The run's folder, with sheets and confusion matrices written.</param>
    /// <param name="plan">The study's stages, all finished.</param>
    /// <param name="prepared">The real images.</param>
    /// <param name="judged">What the arms scored, and which synthetic sets are noise.</param>
    /// <param name="markdown">report.md.</param>
    public static string Text(string folder, StudyPlan plan, Prepared prepared, Judgement judged, string markdown)
    {
        // the first sentence of the report stands above everything
        var alarm = NoisySets.Opening(judged.Noise);
        var rest = alarm is null ? markdown : markdown.Replace($"**{alarm}**\n\n", "", StringComparison.Ordinal);
        return Page(plan.Study.Name, $"{plan.Study.DatasetName}: {prepared.Train.Count} training, {prepared.Val.Count} validation, "
            + $"{prepared.Test.Count} test images; "
                + $"{plan.Study.Arms.Count} arms, {plan.Study.Seeds.Count} {(plan.Study.Seeds.Count == 1 ? "seed" : "seeds")}",
            [.. MarkdownPage.Sections(rest, folder).SelectMany(section => Charted(section, folder, plan, prepared, judged))],
                alarm);
    }

    /// <summary>A page of sections; those without content are left out. An alarm is its first sentence.</summary>
    public static string Page(string title, string subtitle, IReadOnlyList<HtmlSection> sections, string? alarm = null,
        string? footer = null)
    {
        var shown = sections.Where(s => !string.IsNullOrWhiteSpace(s.Body)).Select((s, i) => (s.Title, s.Body, Id: $"s{i + 1}")).ToList();
        var html = new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
            .Append($"<meta http-equiv=\"Content-Security-Policy\" content=\"{Policy}\">\n")
            .Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
            .Append($"<title>{ChartText.Escaped(title)}</title>\n<style>\n{Style()}</style>\n</head>\n<body>\n<div class=\"page\">\n")
            .Append($"<header><h1>{ChartText.Escaped(title)}</h1>{(alarm is null ? "" : Markup.Paragraph(alarm, "alarm"))}"
                + $"{Markup.Paragraph(subtitle)}")
            .Append("</header>\n<nav aria-label=\"Contents\"><ol>\n");
        html.AppendJoin("", shown.Select(s => $"<li><a href=\"#{s.Id}\">{ChartText.Escaped(s.Title)}</a></li>\n"))
            .Append("</ol></nav>\n<main>\n");
        html.AppendJoin("", shown.Select(s => $"<section id=\"{s.Id}\">\n<h2>{ChartText.Escaped(s.Title)}</h2>\n{s.Body}</section>\n"));
        return html.Append($"</main>\n<footer>{(footer is null ? OfStudy : ChartText.Escaped(footer))}</footer>\n</div>\n</body>\n"
            + "</html>\n").ToString();
    }

    private static IEnumerable<HtmlSection> Charted(HtmlSection section, string folder, StudyPlan plan, Prepared prepared,
        Judgement judged)
    {
        var summary = judged.Summary;
        string[] arms = [.. plan.Study.Arms.Keys];
        return section.Title switch
        {
            "" =>
                [new("Comparison", section.Body + Markup.Figure(ComparisonChart.Of(arms, plan.Study.Baseline, plan.Downstream.Metrics,
                    summary)))],
            var title when title == Differences + plan.Study.Baseline =>
                [section with { Body = section.Body + Markup.Figure(ComparisonChart.Differences(arms, plan.Study.Baseline,
                    plan.Downstream.Metrics, summary)) }],
            var title when judged.Transfer.FirstOrDefault(t => title == TestedOn + t.Name) is { Judged: { } other } =>
                [section with { Body = section.Body + Markup.Figure(ComparisonChart.Differences(arms, plan.Study.Baseline,
                    plan.Downstream.Metrics, other.Summary)) }],
            F1ByClass => [section with { Body = section.Body + Markup.Figure(ClassBars.Of(arms, prepared.All.Classes, summary)) }],
            RecallByClass => [section with { Body = section.Body + Markup.Figure(ClassBars.Of(arms, prepared.All.Classes, summary,
                "recall_class", "Recall")) }],
            var title when Training.Contains(title) =>
                [DoseSection.Of(plan, prepared, summary), ConfusionSection.Of(folder, plan), CurvesSection.Of(plan)],
            Copies => [section with { Body = section.Body + ClosestPairs(plan) }],
            Costs => [],
            _ => [section],
        };
    }

    private static string Style()
    {
        using var reader = new StreamReader(typeof(HtmlReport).Assembly.GetManifestResourceStream("report.css")
            ?? throw new InvalidOperationException("report.css is not embedded"));
        return reader.ReadToEnd();
    }

    private static string ClosestPairs(StudyPlan plan)
        => string.Concat(plan.Sets.Where(s => s.Audit is not null).DistinctBy(s => s.Audit!.Folder)
            .Select(s => Markup.Picture($"{s.Name}: its images closest to a training image, each above that image",
                Path.Combine(s.Audit!.Folder, "pairs.png"))));
}
