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

    /// <summary>A chart's place with its specification; nothing where there is no chart or no library to draw it.</summary>
    public static string Figure(Chart? chart)
        => chart is null || !VegaBundles.There ? ""
            : $"<figure class=\"chart\"><figcaption>{Escaped(chart.Description)}</figcaption><div class=\"plot\" role=\"group\" aria-label=\"{Escaped(chart.Description)}\"></div>"
                + $"<script type=\"application/json\">{chart.Spec.ToJsonString()}</script></figure>\n"; // the default encoder leaves no < in a string

    /// <summary>A picture inside the page; nothing where its file is absent.</summary>
    public static string Picture(string caption, string path)
        => MarkdownPage.DataUri(path) is { } data ? $"<figure><figcaption>{Escaped(caption)}</figcaption><img alt=\"{Escaped(caption)}\" src=\"{data}\"></figure>\n" : "";

    /// <summary>A count.</summary>
    public static string Count(long n) => n.ToString(CultureInfo.InvariantCulture);
}
