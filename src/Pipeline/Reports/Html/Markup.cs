using System.Text;
using Odm.Pipeline.Reports.Charts;

namespace Odm.Pipeline.Reports.Html;

/// <summary>Pieces of HTML; every text is escaped in them.</summary>
internal static class Markup
{
    /// <summary>A paragraph.</summary>
    public static string Paragraph(string text, string? of = null)
        => $"<p{(of is null ? "" : $" class=\"{of}\"")}>{ChartText.Escaped(text)}</p>\n";

    /// <summary>A table; the first cell of each row is its heading.</summary>
    public static string Table(string? caption, IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows, string? of = null)
    {
        var html = new StringBuilder($"<div class=\"wide\"><table{(of is null ? "" : $" class=\"{of}\"")}>");
        html.Append(caption is null ? "" : $"<caption>{ChartText.Escaped(caption)}</caption>").Append("<thead><tr>");
        html.AppendJoin("", columns.Select(c => $"<th scope=\"col\">{ChartText.Escaped(c)}</th>")).Append("</tr></thead>\n<tbody>\n");
        foreach (var row in rows)
        {
            html.Append("<tr>").AppendJoin("", row.Select((c, i) => i == 0 ? $"<th scope=\"row\">{ChartText.Escaped(c)}</th>"
                : $"<td>{ChartText.Escaped(c)}</td>")).Append("</tr>\n");
        }

        return html.Append("</tbody></table></div>\n").ToString();
    }

    /// <summary>A chart with its caption and legend; nothing where there is none.</summary>
    public static string Figure(Chart? chart)
        => chart is null ? "" : $"<figure class=\"chart\"><figcaption>{ChartText.Escaped(chart.Description)}</figcaption>"
            + $"{Legend(chart.Legend)}<div class=\"panels\">\n{string.Concat(chart.Panels)}</div></figure>\n";

    /// <summary>A picture inside the page; nothing where its file is absent.</summary>
    public static string Picture(string caption, string path)
        => MarkdownPage.DataUri(path) is { } data ? $"<figure><figcaption>{ChartText.Escaped(caption)}</figcaption><img alt=\""
            + $"{ChartText.Escaped(caption)}\" src=\"{data}\"></figure>\n" : "";

    private static string Legend(IReadOnlyList<LegendEntry> entries)
        => entries.Count == 0 ? "" : $"<ul class=\"legend\">"
            + $"{string.Concat(entries.Select(e => $"<li>{Key(e)}{ChartText.Escaped(e.Name)}</li>"))}</ul>\n";

    private static string Key(LegendEntry entry)
    {
        var stroke = entry.Stroke switch
        {
            LegendStroke.Bar => "stroke-width=\"12\"",
            LegendStroke.Dashed => "stroke-width=\"2\" stroke-dasharray=\"5 3\"",
            _ => "stroke-width=\"2.5\""
        };
        return $"<svg viewBox=\"0 0 22 12\" aria-hidden=\"true\"><path d=\"M0 6H22\" stroke=\"{SvgContext.Colour(entry.Colour)}\" "
            + $"{stroke}/></svg>";
    }
}
