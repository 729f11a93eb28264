using System.Globalization;
using System.Net;

namespace Odm.Pipeline.Reports.Charts;

/// <summary>Texts inside SVG and HTML.</summary>
internal static class ChartText
{
    /// <summary>A text as HTML.</summary>
    public static string Escaped(string text) => WebUtility.HtmlEncode(text);

    /// <summary>A count.</summary>
    public static string Count(long n) => n.ToString(CultureInfo.InvariantCulture);
}
