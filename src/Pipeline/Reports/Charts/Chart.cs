using System.Text.Json;
using System.Text.Json.Nodes;

namespace Odm.Pipeline;

/// <summary>A chart: a Vega-Lite specification with its data inside.</summary>
/// <param name="Description">What it shows, in a sentence: its caption and its text for those who do not see it.</param>
/// <param name="Spec">The specification.</param>
internal sealed record Chart(string Description, JsonObject Spec)
{
    /// <summary>Colours that stay apart for the colour-blind (Okabe and Ito 2008), the lighter ones last.</summary>
    private static readonly string[] Colours = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#5b6775", "#E69F00", "#56B4E9", "#8c6d1f"];

    /// <summary>A chart in the report's style; <paramref name="body"/> says what is particular to it.</summary>
    /// <param name="description">What it shows.</param>
    /// <param name="rows">Its data, a record each; their properties are the fields.</param>
    /// <param name="body">Marks, encodings, sizes.</param>
    public static Chart Of<T>(string description, IEnumerable<T> rows, object body)
    {
        var spec = Node(body);
        spec["description"] = description;
        spec["data"] = Node(new { values = rows });
        spec["config"] = Node(new
        {
            font = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', sans-serif",
            view = new { stroke = (string?)null },
            axis = new { labelFontSize = 12, titleFontSize = 12, titleFontWeight = "normal", gridColor = "#e6eaee", domainColor = "#8a95a1", tickColor = "#8a95a1", labelColor = "#1d2733", titleColor = "#5b6775", labelLimit = 220 },
            legend = new { labelFontSize = 12, titleFontSize = 12, titleFontWeight = "normal", orient = "top", labelLimit = 300, symbolLimit = 0 },
            header = new { labelFontSize = 13, labelFontWeight = 600, labelAnchor = "start", title = (string?)null },
            range = new { category = Colours },
        });
        return new(description, spec);
    }

    /// <summary>A value with four significant digits, so that the page stays small.</summary>
    public static double? Short(double? value)
        => value is not { } v || !double.IsFinite(v) ? null : v == 0 ? 0 : double.Parse(v.ToString("G4", System.Globalization.CultureInfo.InvariantCulture), System.Globalization.CultureInfo.InvariantCulture);

    private static JsonObject Node(object value) => JsonSerializer.SerializeToNode(value)!.AsObject();
}
