using System.Text.RegularExpressions;
using Markdig;
using Markdig.Extensions.Tables;
using Markdig.Renderers;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Odm.Pipeline.Reports.Html;

/// <summary>A section of a page.</summary>
/// <param name="Title">Its heading.</param>
/// <param name="Body">What stands below it, as HTML.</param>
internal sealed record HtmlSection(string Title, string Body);

/// <summary>
/// A Markdown report as sections of HTML: whatever stands in <c>report.md</c> stands in the page too, its pictures inside it as data.
/// HTML in the text is shown as text.
/// </summary>
internal static class MarkdownPage
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().UsePipeTables().DisableHtml().Build();

    // a line may break before an interval, not within
    private static readonly Regex Interval = new(@"\[(-?[0-9.]+), (-?[0-9.]+)\]", RegexOptions.NonBacktracking);

    /// <summary>The sections, each from one heading of the second level to the next; the first has no title.</summary>
    /// <param name="markdown">The report.</param>
    /// <param name="folder">Where its pictures' paths start.</param>
    public static IReadOnlyList<HtmlSection> Sections(string markdown, string folder)
    {
        var document = Markdown.Parse(markdown, Pipeline);
        foreach (var picture in document.Descendants<LinkInline>().Where(l => l.IsImage))
        {
            Embed(picture, folder);
        }

        var sections = new List<(string Title, List<Block> Blocks)> { ("", []) };
        foreach (var block in document.ToList())
        {
            switch (block)
            {
                case HeadingBlock { Level: 1 }:
                    break;
                case HeadingBlock { Level: 2 } heading:
                    sections.Add((Plain(heading), []));
                    break;
                default:
                    sections[^1].Blocks.Add(block);
                    break;
            }
        }

        return [.. sections.Select(s => new HtmlSection(s.Title, string.Concat(s.Blocks.Select(Render))))];
    }

    /// <summary>A picture as a data URI; null where the file is absent.</summary>
    public static string? DataUri(string path)
        => File.Exists(path) ? "data:image/png;base64," + Convert.ToBase64String(File.ReadAllBytes(path)) : null;

    private static void Embed(LinkInline picture, string folder)
    {
        var data = DataUri(Path.Combine(folder, Uri.UnescapeDataString(picture.Url ?? "")));
        picture.IsImage = data is not null; // an absent one stays a link by its name
        picture.Url = data ?? picture.Url;
    }

    private static string Plain(HeadingBlock heading)
        => string.Concat(heading.Inline!.Descendants<LiteralInline>().Select(l => l.Content.ToString()));

    private static string Render(Block block)
    {
        using var writer = new StringWriter { NewLine = "\n" };
        var renderer = new HtmlRenderer(writer);
        Pipeline.Setup(renderer);
        renderer.Render(block);
        writer.Flush();
        var html = writer.ToString();
        return block is Table ? $"<div class=\"wide\">{Interval.Replace(html, "[$1,&nbsp;$2]")}</div>\n" : html;
    }
}
