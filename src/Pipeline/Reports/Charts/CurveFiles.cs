using System.Globalization;
using Odm.Pipeline.Planning;

namespace Odm.Pipeline.Reports.Charts;

/// <summary>Reads the curves that trainings leave and thins them: a page needs no 20,000 points.</summary>
internal static class CurveFiles
{
    private const int Points = 100;

    /// <summary>
    /// What each arm's training left (<c>curves.csv</c>: <c>step,train_loss,...,val_loss,...</c>), the mean of its seeds.
    /// </summary>
    public static IReadOnlyList<CurvePoint> Arms(StudyPlan plan)
        => [.. plan.Fits.GroupBy(f => f.Name).SelectMany(arm => arm.SelectMany(f => Read(f.Name, Path.Combine(f.Fit.Folder, "curves.csv")))
            .GroupBy(p => (p.Side, p.Measure, p.Step)).Select(g => g.First() with { Value = g.Average(p => p.Value) })
            .GroupBy(p => (p.Side, p.Measure)).SelectMany(Thinned))];

    /// <summary>The loss of each generator (<c>curve.csv</c>), of each cluster's model where there are several.</summary>
    public static IReadOnlyList<CurvePoint> Generators(StudyPlan plan)
        => [.. plan.Generators.SelectMany(g =>
        {
            var files = Directory.GetFiles(g.Train.Folder, "curve.csv", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList();
            var subject = g.Train.Title["train ".Length..];
            return files.SelectMany((file, i) => Read(files.Count == 1 ? subject
                : string.Create(CultureInfo.InvariantCulture, $"{subject}, cluster {i + 1}"), file)
                .Where(p => p.Measure is "loss" && p.Value > 0).GroupBy(p => p.Measure).SelectMany(Thinned));
        })];

    // a column is train_MEASURE, val_MEASURE or, in a generator's curve, the measure itself
    private static IEnumerable<CurvePoint> Read(string series, string file)
    {
        if (!File.Exists(file))
        {
            yield break;
        }

        var lines = File.ReadAllLines(file);
        var columns = lines[0].Split(',').Select(c => c.StartsWith("train_", StringComparison.Ordinal) ? ("training", c[6..])
            : c.StartsWith("val_", StringComparison.Ordinal) ? ("validation", c[4..]) : ("training", c)).ToArray();
        foreach (var cells in lines.Skip(1).Select(l => l.Split(',')))
        {
            var step = long.Parse(cells[0], CultureInfo.InvariantCulture);
            for (var c = 1; c < cells.Length; c++)
            {
                if (double.TryParse(cells[c], NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value))
                {
                    yield return new(series, columns[c].Item1, columns[c].Item2, step, value);
                }
            }
        }
    }

    // neighbours are joined: their mean at the last one's step
    private static IEnumerable<CurvePoint> Thinned(IEnumerable<CurvePoint> curve)
    {
        var points = curve.ToList();
        return points.Chunk((points.Count + Points - 1) / Points).Select(chunk => chunk[^1] with { Value = chunk.Average(p => p.Value) });
    }
}
