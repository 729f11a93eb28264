using Odm.Pipeline.Reports.Html;

namespace Odm.Pipeline.Nightly;

/// <summary><c>nightly.html</c>: what stands in <c>nightly.md</c>, and how every value went over the nights.</summary>
internal static class NightPage
{
    private const string Footer = "Odm. The record of all nights: history/history.csv; of the last one: nightly.csv, nightly.md.";

    /// <summary>The page; it loads nothing and holds no script.</summary>
    public static string Text(NightReport night)
    {
        var sections = MarkdownPage.Sections(NightText.Markdown(night), "");
        var trends = night.Judged.GroupBy(j => j.Row.Item)
            .Select(item => new HtmlSection($"{item.Key} over the nights", Markup.Figure(TrendChart.Of([.. item], night))));
        // the first section is the verdict, the last the rule; between them tables, then charts
        return HtmlReport.Page(night.File.Name, $"Night {night.Name}", [sections[0] with { Title = "Tonight" },
            .. sections.Skip(1).SkipLast(1), .. trends, sections[^1]], footer: Footer);
    }
}
