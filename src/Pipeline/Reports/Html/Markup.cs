using System.Globalization;
using System.Net;
using System.Text;

namespace Odm.Pipeline;

/// <summary>Pieces of HTML; every text is escaped here.</summary>
internal static class Markup
{
    /// <summary>A text as HTML.</summary>
    public static string Escaped(string text) => WebUtility.HtmlEncode(text);

    /// <summary>A paragraph.</summary>
    public static string Paragraph(string text, string? of = null) => $"<p{(of is null ? "" : $" class=\"{of}\"")}>{Escaped(text)}</p>\n";

    /// <summary>A table; the first cell of each row is its heading.</summary>
    public static string Table(string? caption, IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows, string? of = null)
    {
        var html = new StringBuilder($"<div class=\"wide\"><table{(of is null ? "" : $" class=\"{of}\"")}>");
        html.Append(caption is null ? "" : $"<caption>{Escaped(caption)}</caption>").Append("<thead><tr>");
        html.AppendJoin("", columns.Select(c => $"<th scope=\"col\">{Escaped(c)}</th>")).Append("</tr></thead>\n<tbody>\n");
        foreach (var row in rows)
        {
            html.Append("<tr>").AppendJoin("", row.Select((c, i) => i == 0 ? $"<th scope=\"row\">{Escaped(c)}</th>" : $"<td>{Escaped(c)}</td>")).Append("</tr>\n");
        }

        return html.Append("</tbody></table></div>\n").ToString();
    }

    /// <summary>A chart with its caption and legend; nothing where there is none.</summary>
    public static string Figure(Chart? chart)
        => chart is null ? "" : $"<figure class=\"chart\"><figcaption>{Escaped(chart.Description)}</figcaption>{Legend(chart.Legend)}<div class=\"panels\">\n{string.Concat(chart.Panels)}</div></figure>\n";

    /// <summary>A picture inside the page; nothing where its file is absent.</summary>
    public static string Picture(string caption, string path)
        => MarkdownPage.DataUri(path) is { } data ? $"<figure><figcaption>{Escaped(caption)}</figcaption><img alt=\"{Escaped(caption)}\" src=\"{data}\"></figure>\n" : "";

    /// <summary>A count.</summary>
    public static string Count(long n) => n.ToString(CultureInfo.InvariantCulture);

    private static string Legend(IReadOnlyList<LegendEntry> entries)
        => entries.Count == 0 ? "" : $"<ul class=\"legend\">{string.Concat(entries.Select(e => $"<li>{Key(e)}{Escaped(e.Name)}</li>"))}</ul>\n";

    private static string Key(LegendEntry entry)
    {
        var stroke = entry.Stroke switch { LegendStroke.Bar => "stroke-width=\"12\"", LegendStroke.Dashed => "stroke-width=\"2\" stroke-dasharray=\"5 3\"", _ => "stroke-width=\"2.5\"" };
        return $"<svg viewBox=\"0 0 22 12\" aria-hidden=\"true\"><path d=\"M0 6H22\" stroke=\"{SvgContext.Colour(entry.Colour)}\" {stroke}/></svg>";
    }
}
