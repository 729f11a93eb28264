using Odm.Pipeline.Results;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace Odm.Pipeline.Reports.Charts;

/// <summary>A score by class: a bar an arm with its 95 % interval.</summary>
internal static class ClassBars
{
    private const double Widest = 960;
    private const double Left = 60; // what the axis takes
    private const double Right = 14;
    private const int MostBars = 72; // in a panel

    /// <summary>
    /// Draws a score of the classes side by side, in several panels where bars would get thin; null where no class has it.
    /// </summary>
    /// <param name="arms">Arms, in order.</param>
    /// <param name="classes">Classes, in order.</param>
    /// <param name="summary">The study's summary.</param>
    /// <param name="metric">The score's name in it.</param>
    /// <param name="word">The score's name for people.</param>
    public static Chart? Of(string[] arms, IReadOnlyList<string> classes, IReadOnlyList<SummaryRow> summary, string metric = "f1",
        string word = "F1")
    {
        var rows = summary.Where(r => r.Metric == metric && r.Label != "" && arms.Contains(r.Arm)).ToList();
        var panels = (classes.Count * arms.Length + MostBars - 1) / MostBars;
        return rows.Count == 0 ? null
            : new($"{word} of each class by arm, with 95 % intervals.",
                [.. arms.Select((a, i) => new LegendEntry(a, Chart.Colour(i), LegendStroke.Bar))],
                [.. classes.Chunk((classes.Count + panels - 1) / panels).Select(part => Drawn(arms, part, rows, word))]);
    }

    private static string Drawn(string[] arms, string[] classes, IReadOnlyList<SummaryRow> rows, string word)
    {
        var width = Math.Min(Widest, Math.Max(420, Left + Right + classes.Length * (16 * arms.Length + 24)));
        var names = Panel.Names(AxisPosition.Bottom, "class", classes);
        var (slot, longest) = ((width - Left - Right) / classes.Length, names.Labels.Max(l => SvgContext.Width(l, Panel.FontSize)));
        var model = Panel.Of($"{word} by class");
        model.Axes.Add(names);
        model.Axes.Add(Panel.Values(AxisPosition.Left, word, (0, 1)));
        model.Padding = new(0, 4, 0, 4);
        names.Angle = longest > slot - 8 ? -35 : 0;
        // a turned name reaches to the left
        model.PlotMargins = new(names.Angle == 0 ? Left : Math.Max(Left, .85 * longest - slot / 2), double.NaN, Right, double.NaN);

        var step = .84 / arms.Length; // of the distance between two classes
        foreach (var row in rows.Where(r => classes.Contains(r.Label)))
        {
            var arm = Array.IndexOf(arms, row.Arm);
            var centre = Array.IndexOf(classes, row.Label) + (arm - (arms.Length - 1) / 2.0) * step;
            var title = $"{row.Arm}, class {row.Label}: {Cells.Value(row.Mean, row.Low, row.High)}";
            model.Series.Add(new RectangleBarSeries
            {
                Items = { new(centre - .46 * step, 0, centre + .46 * step, row.Mean) },
                FillColor = Chart.Colour(arm),
                StrokeThickness = 0,
                ToolTip = title
            });
            model.Series.Add(new IntervalSeries(false, centre, row.Mean, row.Low, row.High)
            {
                Color = Panel.Ink,
                Thickness = 1.2,
                Radius = 0,
                ToolTip = title
            });
        }

        return SvgContext.Draw(model, width, 250 + Panel.Frame + (names.Angle == 0 ? 0 : .6 * longest));
    }
}
