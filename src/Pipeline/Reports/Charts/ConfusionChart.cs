using Odm.Pipeline.Results;
using OxyPlot;
using OxyPlot.Annotations;
using OxyPlot.Axes;

namespace Odm.Pipeline.Reports.Charts;

/// <summary>A confusion matrix: counts in cells shaded by their share of the true class.</summary>
internal static class ConfusionChart
{
    private static readonly OxyColor Pale = OxyColor.Parse("#f1f5f9");
    private static readonly OxyColor Deep = OxyColor.Parse("#084583");

    /// <summary>Draws counts[truth][prediction].</summary>
    public static Chart Of(string title, IReadOnlyList<string> classes, IReadOnlyList<IReadOnlyList<long>> counts)
    {
        // 72: the axis's title
        double[] sides = [classes.Count > 8 ? 32 : 40, 8 + SvgContext.Width(ChartText.Count(counts.Max(r => r.Max())), Panel.FontSize),
            72.0 / classes.Count];
        var side = sides.Max();
        var (across, down) = (Panel.Names(AxisPosition.Top, "prediction", classes), Panel.Names(AxisPosition.Left, "truth", classes));
        var longest = across.Labels.Max(l => SvgContext.Width(l, Panel.FontSize));
        across.Angle = longest > side - 4 ? -40 : 0;
        var (left, top) = (longest + 34, (across.Angle == 0 ? 16 : .65 * longest + 18) + 22);
        var model = Panel.Of(title);
        model.Axes.Add(across);
        model.Axes.Add(down);
        model.PlotAreaBorderThickness = new(0);
        model.Padding = new(0);
        model.PlotMargins = new(left, top, across.Angle == 0 ? 6 : .78 * longest, 4);
        foreach (var (t, p) in classes.SelectMany((_, t) => classes.Select((_, p) => (t, p))))
        {
            var (n, sum) = (counts[t][p], counts[t].Sum());
            var share = sum == 0 ? 0 : (double)n / sum;
            model.Annotations.Add(new RectangleAnnotation
            {
                MinimumX = p - .5,
                MaximumX = p + .5,
                MinimumY = t - .5,
                MaximumY = t + .5,
                Fill = OxyColor.Interpolate(Pale, Deep, share),
                Stroke = OxyColors.White,
                StrokeThickness = 1,
                Text = ChartText.Count(n),
                TextColor = share > .45 ? OxyColors.White : Panel.Ink,
                ToolTip = $"truth {classes[t]}, prediction {classes[p]}: {ChartText.Count(n)} of {ChartText.Count(sum)} ("
                    + $"{Cells.Number(share)})",
            });
        }

        var titled = SvgContext.Width(title, model.TitleFontSize, bold: true);
        var width = left + classes.Count * side + model.PlotMargins.Right;
        model.PlotMargins = new(left, top, model.PlotMargins.Right + Math.Max(0, titled + 8 - width), 4);
        return new($"{title}: rows are the truth, columns the prediction; the shade is the share of the row.", [],
            [SvgContext.Draw(model, Math.Max(width, titled + 8), 24 + top + classes.Count * side + 4)]);
    }
}
