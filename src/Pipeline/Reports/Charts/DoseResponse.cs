using Odm.Pipeline.Results;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace Odm.Pipeline.Reports.Charts;

/// <summary>An arm as a dose: how many images it trained on, and what came of it.</summary>
/// <param name="Series">Arms that differ in nothing but the dose.</param>
/// <param name="Images">Number of images.</param>
/// <param name="Arm">The arm.</param>
/// <param name="Mean">Its score.</param>
/// <param name="Low">Lower end of the interval.</param>
/// <param name="High">Upper end of it.</param>
internal sealed record Dose(string Series, int Images, string Arm, double Mean, double? Low, double? High);

/// <summary>Score against number of images: a line for each series of arms.</summary>
internal static class DoseResponse
{
    /// <summary>Draws the curves.</summary>
    /// <param name="of">What is counted: real training images, synthetic images.</param>
    /// <param name="headline">The score in words.</param>
    /// <param name="doses">The points.</param>
    public static Chart Of(string of, string headline, IReadOnlyList<Dose> doses)
    {
        var model = Panel.Of($"{headline} by {of}");
        var most = doses.Max(d => Math.Max(1, d.Images));
        var count = Panel.Values(AxisPosition.Bottom, $"number of {of}", (-.02 * most, 1.04 * most));
        count.MinimumMajorStep = 1;
        model.Axes.Add(count);
        model.Axes.Add(Panel.Values(AxisPosition.Left, headline,
            Panel.Range(doses.SelectMany(d => new[] { d.Mean, d.Low, d.High }.OfType<double>()))));
        var series = doses.GroupBy(d => d.Series).ToList();
        foreach (var (s, i) in series.Select((s, i) => (s, i)))
        {
            var line = new LineSeries { Color = Chart.Colour(i), StrokeThickness = 1.8, ToolTip = s.Key };
            line.Points.AddRange(s.Select(d => new DataPoint(d.Images, d.Mean)));
            model.Series.Add(line);
            foreach (var dose in s)
            {
                model.Series.Add(new IntervalSeries(false, dose.Images, dose.Mean, dose.Low, dose.High)
                {
                    Color = Chart.Colour(i),
                    Thickness = 1.4,
                    ToolTip = $"{dose.Arm}, {ChartText.Count(dose.Images)} {of}: {Cells.Value(dose.Mean, dose.Low, dose.High)}",
                });
            }
        }

        return new($"{headline} against the number of {of}, with 95 % intervals.",
            [.. series.Select((s, i) => new LegendEntry(s.Key, Chart.Colour(i), LegendStroke.Line))],
            [SvgContext.Draw(model, 620, 250 + Panel.Frame)]);
    }
}
