using Odm.Pipeline.Reports.Charts;
using Odm.Pipeline.Reports.Html;

namespace Odm.Pipeline.Tests;

public sealed class HtmlPageTests
{
    [Fact]
    public void Names_are_shown_as_they_are_and_never_become_markup()
    {
        const string Name = "<script>alert('x')</script> & \"y\"";
        var chart = DoseResponse.Of(Name, Name, [new(Name, 10, Name, .5, .4, .6)]);
        var page = HtmlReport.Page(Name, Name, [new(Name, Markup.Table(Name, [Name], [[Name, Name]]) + Markup.Paragraph(Name) + Markup.Figure(chart))]);
        page.ShouldNotContain("<script>alert");
        page.ShouldContain("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;y&quot;");
    }

    [Fact]
    public void Markdown_is_cut_at_its_headings_and_html_in_it_is_text()
    {
        var sections = MarkdownPage.Sections("# s\n\nhello **all**\n\n## Of <b>\n\n| a | b |\n| --- | --- |\n| <i>x</i> | .1 [-0.05, 0.2] |\n\n![none](sheets/none.png)\n", "/nowhere");
        sections.Select(s => s.Title).ShouldBe(["", "Of <b>"]);
        sections[0].Body.ShouldBe("<p>hello <strong>all</strong></p>\n");
        sections[1].Body.ShouldContain("<td>&lt;i&gt;x&lt;/i&gt;</td>\n<td>.1 [-0.05,&nbsp;0.2]</td>");
        sections[1].Body.ShouldContain("<a href=\"sheets/none.png\">none</a>");
    }

    [Fact]
    public void An_alarm_is_the_first_sentence()
    {
        HtmlReport.Page("t", "subtitle", [new("Here", "<p>1</p>")], "No <image>.").ShouldContain("<h1>t</h1><p class=\"alarm\">No &lt;image&gt;.</p>\n<p>subtitle</p>");
        HtmlReport.Page("t", "subtitle", [new("Here", "<p>1</p>")]).ShouldContain("<h1>t</h1><p>subtitle</p>");
    }

    [Fact]
    public void An_empty_section_is_left_out_with_its_entry()
        => HtmlReport.Page("t", "s", [new("Here", "<p>1</p>"), new("Gone", " ")]).ShouldSatisfyAllConditions(p => p.ShouldContain("Here"), p => p.ShouldNotContain("Gone"));

    [Fact]
    public void A_page_with_a_chart_has_no_script_and_its_policy_allows_none()
    {
        var page = HtmlReport.Page("t", "s", [new("Here", Markup.Figure(DoseResponse.Of("images", "accuracy", [new("dm", 10, "more", .5, .4, .6)])))]);
        page.ShouldContain("<svg class=\"panel");
        page.ShouldNotContain("script");
        page.ShouldContain("content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\"");
    }
}
