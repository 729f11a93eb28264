using OxyPlot;

namespace Odm.Pipeline.Reports.Charts;

/// <summary>A chart of the report: one panel or several with a legend in common.</summary>
/// <param name="Description">What it shows, in a sentence: its caption.</param>
/// <param name="Legend">What the colours and strokes mean; empty where labels beside the marks say it.</param>
/// <param name="Panels">Each panel as an <c>svg</c> element.</param>
internal sealed record Chart(string Description, IReadOnlyList<LegendEntry> Legend, IReadOnlyList<string> Panels)
{
    // stay apart for the colour-blind (Okabe and Ito 2008), the lighter ones last
    private static readonly string[] Colours = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#5b6775", "#E69F00", "#56B4E9", "#8c6d1f"];

    /// <summary>The colour of the i-th arm or series; those after the first eight are paler.</summary>
    public static OxyColor Colour(int i) => OxyColor.Interpolate(OxyColor.Parse(Colours[i % Colours.Length]), OxyColors.White,
        i / Colours.Length % 2 == 0 ? 0 : .45);
}

/// <summary>An entry of a chart's legend.</summary>
/// <param name="Name">Whose it is.</param>
/// <param name="Colour">Its colour.</param>
/// <param name="Stroke">How its marks are drawn.</param>
internal sealed record LegendEntry(string Name, OxyColor Colour, LegendStroke Stroke);

/// <summary>How marks are drawn.</summary>
internal enum LegendStroke
{
    /// <summary>A line drawn through.</summary>
    Line,

    /// <summary>A dashed line.</summary>
    Dashed,

    /// <summary>A bar.</summary>
    Bar,
}
