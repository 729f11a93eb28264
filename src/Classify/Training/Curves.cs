using System.Globalization;
using System.Text;
using Odm.Data.Drawing;
using Odm.Engine.Files;

namespace Odm.Classify.Training;

/// <summary>
/// <c>curves.csv</c>: at each validation the training loss and a share (accuracy, IoU) since the one before (in training mode, on changed
/// images) and the validation's loss, share and choosing score. Part of the checkpoint, so that a resumed training writes the same file.
/// </summary>
/// <param name="share">What the share is: <c>accuracy</c>, or <c>iou_global</c>.</param>
/// <param name="selectBy">The score that chooses the weights.</param>
internal sealed class Curves(string share, string selectBy)
{
    private readonly List<Point> points = [];
    private double loss;
    private long hits, of, steps;

    /// <summary>One validation.</summary>
    internal readonly record struct Point(long Step, double TrainLoss, double TrainShare, double ValLoss, double ValShare, double Score);

    public IReadOnlyList<Point> Points => points;

    /// <summary>A line for the progress report.</summary>
    public string Latest => points.Count == 0 || steps > 0
        ? string.Create(CultureInfo.InvariantCulture, $"loss {loss / Math.Max(1, steps):0.000}")
        : string.Create(CultureInfo.InvariantCulture,
            $"loss {points[^1].TrainLoss:0.000}, validation {points[^1].ValLoss:0.000}, {selectBy} {points[^1].Score:0.000}");

    /// <summary>Notes a training step.</summary>
    public void Learned(double batchLoss, long batchHits, long batchOf)
    {
        loss += batchLoss;
        (hits, of, steps) = (hits + batchHits, of + batchOf, steps + 1);
    }

    /// <summary>Notes a validation and starts the next stretch.</summary>
    public void Validated(long step, double valLoss, double valShare, double score)
    {
        points.Add(new(step, loss / Math.Max(1, steps), (double)hits / Math.Max(1, of), valLoss, valShare, score));
        (loss, hits, of, steps) = (0, 0, 0, 0);
    }

    /// <summary>Everything as texts, exactly.</summary>
    public Dictionary<string, string> Export() => new(StringComparer.Ordinal)
    {
        ["curves"] = Csv("R"),
        ["stretch"] = string.Create(CultureInfo.InvariantCulture, $"{loss:R},{hits},{of},{steps}"),
    };

    /// <summary>Takes over what <see cref="Export"/> gave.</summary>
    public void Import(IReadOnlyDictionary<string, string> saved)
    {
        points.Clear();
        foreach (var line in saved["curves"].Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1))
        {
            var v = Array.ConvertAll(line.Split(','), f => double.Parse(f, CultureInfo.InvariantCulture));
            points.Add(new((long)v[0], v[1], v[2], v[3], v[4], v[5]));
        }
        var s = saved["stretch"].Split(',');
        loss = double.Parse(s[0], CultureInfo.InvariantCulture);
        (hits, of, steps) = (long.Parse(s[1], CultureInfo.InvariantCulture), long.Parse(s[2], CultureInfo.InvariantCulture),
            long.Parse(s[3], CultureInfo.InvariantCulture));
    }

    /// <summary>Writes <c>curves.csv</c>, <c>loss.png</c> and a chart of the share.</summary>
    public void Write(string folder)
    {
        Durable.WriteText(Path.Combine(folder, "curves.csv"), Csv("0.000000"));
        Draw("Loss", "loss", [("training", p => p.TrainLoss), ("validation", p => p.ValLoss)]).Save(Path.Combine(folder, "loss.png"));
        Draw(share == "accuracy" ? "Accuracy" : "IoU", "share", [("training", p => p.TrainShare), ("validation", p => p.ValShare)], (0, 1))
            .Save(Path.Combine(folder, share + ".png"));
    }

    private Canvas Draw(string title, string yLabel, IReadOnlyList<(string Name, Func<Point, double> Value)> curves,
        (double, double)? range = null) =>
        LineChart.Draw(title, "step", yLabel, [.. curves
            .Select(c => new Curve(c.Name, [.. points.Select(p => ((double)p.Step, c.Value(p)))]))], range);

    private string Csv(string format)
    {
        var text = new StringBuilder($"step,train_loss,train_{share},val_loss,val_{share},val_{selectBy}\n");
        foreach (var p in points)
        {
            text.Append(CultureInfo.InvariantCulture, $"{p.Step}");
            foreach (var value in new[] { p.TrainLoss, p.TrainShare, p.ValLoss, p.ValShare, p.Score })
            {
                text.Append(',').Append(value.ToString(format, CultureInfo.InvariantCulture));
            }
            text.Append('\n');
        }
        return text.ToString();
    }
}
