using System.Globalization;
using OxyPlot;
using OxyPlot.Axes;

namespace Odm.Pipeline.Reports.Charts;

/// <summary>The look that all panels share: their titles, axes and ranges. Lengths are in pixels of a page shown at full width.</summary>
internal static class Panel
{
    /// <summary>Height of the title and of a horizontal axis with its title.</summary>
    public const double Frame = 82;

    /// <summary>Width of a panel that shares a row with another one.</summary>
    public const double Half = 480;

    /// <summary>Size of labels.</summary>
    public const double FontSize = 12;

    private const int LongestName = 28;

    /// <summary>The colour of text and of whiskers over bars.</summary>
    public static OxyColor Ink { get; } = OxyColor.Parse("#1d2733");

    /// <summary>The colour of titles of axes.</summary>
    public static OxyColor Faint { get; } = OxyColor.Parse("#5b6775");

    /// <summary>The colour of axes and reference lines.</summary>
    public static OxyColor Line { get; } = OxyColor.Parse("#8a95a1");

    private static OxyColor Grid { get; } = OxyColor.Parse("#e6eaee");

    /// <summary>An empty panel.</summary>
    public static PlotModel Of(string title) => new()
    {
        Title = title,
        TitleFontSize = 13,
        TitleFontWeight = 600,
        TitleHorizontalAlignment = TitleHorizontalAlignment.CenteredWithinView,
        ClipTitle = false,
        Culture = CultureInfo.InvariantCulture,
        DefaultFont = "Arial",
        DefaultFontSize = FontSize,
        TextColor = Ink,
        PlotAreaBorderColor = Line,
        PlotAreaBorderThickness = new(1, 0, 0, 1),
        Padding = new(4, 4, 14, 4),
    };

    /// <summary>An axis of numbers with lines across the panel.</summary>
    public static LinearAxis Values(AxisPosition position, string title, (double Low, double High) range)
        => Styled(new LinearAxis
        {
            MajorGridlineStyle = LineStyle.Solid,
            MajorGridlineColor = Grid,
            IntervalLength = position == AxisPosition.Left ? 45 : 70
        }, position, title, range);

    /// <summary>A logarithmic axis of positive numbers.</summary>
    public static LogarithmicAxis Logarithmic(AxisPosition position, string title, (double Low, double High) range)
        => Styled(new LogarithmicAxis
        {
            MajorGridlineStyle = LineStyle.Solid,
            MajorGridlineColor = Grid,
            IntervalLength = 45,
            MinorTickSize = 2
        }, position, title, range);

    /// <summary>An axis of names at 0, 1, ...; on the left the first is uppermost.</summary>
    public static CategoryAxis Names(AxisPosition position, string? title, IReadOnlyList<string> names)
    {
        var axis = Styled(new CategoryAxis { GapWidth = 0 }, position, title, (-.5, names.Count - .5));
        axis.Labels.AddRange(names.Select(Short));
        (axis.StartPosition, axis.EndPosition) = position == AxisPosition.Left ? (1, 0) : (0, 1);
        return axis;
    }

    /// <summary>
    /// A name that leaves room for the marks, cut in its middle: the ends tell names apart. The marks' titles have it whole.
    /// </summary>
    public static string Short(string name)
        => name.Length <= LongestName ? name : $"{name[..(LongestName / 2)]}…{name[^(LongestName / 2 - 1)..]}";

    /// <summary>The range of values with a margin on both sides.</summary>
    public static (double Low, double High) Range(IEnumerable<double> values)
    {
        var (low, high) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (var value in values)
        {
            (low, high) = (Math.Min(low, value), Math.Max(high, value));
        }

        var margin = high > low ? .06 * (high - low) : Math.Max(.01, .05 * Math.Abs(high));
        return (low - margin, high + margin);
    }

    private static T Styled<T>(T axis, AxisPosition position, string? title, (double Low, double High) range)
        where T : Axis
    {
        axis.Position = position;
        axis.Title = title;
        axis.TitleColor = Faint;
        axis.AxisTitleDistance = 8;
        axis.TicklineColor = Line;
        axis.TickStyle = TickStyle.Outside;
        axis.MajorTickSize = axis is CategoryAxis ? 0 : 4;
        axis.MinorTickSize = axis is LogarithmicAxis ? axis.MinorTickSize : 0;
        (axis.Minimum, axis.Maximum) = range;
        return axis;
    }
}
