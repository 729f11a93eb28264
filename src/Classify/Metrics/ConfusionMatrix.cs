using System.Globalization;
using System.Text;
using Odm.Data.Drawing;
using Odm.Engine.Files;

namespace Odm.Classify.Metrics;

/// <summary>Counts of truth (rows) against prediction (columns).</summary>
public sealed class ConfusionMatrix
{
    private readonly long[] counts;

    private ConfusionMatrix(int classes) => (Classes, counts) = (classes, new long[classes * classes]);

    /// <summary>Number of classes.</summary>
    public int Classes { get; }

    /// <summary>Images in all.</summary>
    public long Total { get; private set; }

    /// <summary>Images of class <paramref name="truth"/> that were called <paramref name="predicted"/>.</summary>
    public long this[int truth, int predicted] => counts[truth * Classes + predicted];

    /// <summary>Counts each image once, or <paramref name="weights"/>[i] times.</summary>
    /// <param name="truth">Class index of each image.</param>
    /// <param name="predicted">Class index called for each image.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="weights">How often each image counts; empty for once.</param>
    /// <exception cref="ArgumentException">Lengths differ or an index lies outside the classes.</exception>
    public static ConfusionMatrix From(ReadOnlySpan<int> truth, ReadOnlySpan<int> predicted, int classes,
        ReadOnlySpan<int> weights = default)
    {
        if (truth.Length != predicted.Length || (!weights.IsEmpty && weights.Length != truth.Length))
        {
            throw new ArgumentException($"{truth.Length} truths, {predicted.Length} predictions and {weights.Length} weights");
        }
        var matrix = new ConfusionMatrix(classes);
        for (var i = 0; i < truth.Length; i++)
        {
            if ((uint)truth[i] >= (uint)classes || (uint)predicted[i] >= (uint)classes)
            {
                throw new ArgumentException($"row {i}: truth {truth[i]}, prediction {predicted[i]}; allowed 0 to {classes - 1}");
            }
            matrix.Add(truth[i], predicted[i], weights.IsEmpty ? 1 : weights[i]);
        }
        return matrix;
    }

    /// <summary>A matrix from its cells, rows = truth.</summary>
    public static ConfusionMatrix From(int[,] cells)
    {
        var matrix = new ConfusionMatrix(cells.GetLength(0));
        for (var t = 0; t < matrix.Classes; t++)
        {
            for (var p = 0; p < matrix.Classes; p++)
            {
                matrix.Add(t, p, cells[t, p]);
            }
        }
        return matrix;
    }

    /// <summary>Images whose truth is class <paramref name="k"/> (scikit-learn's support).</summary>
    public long Truth(int k)
    {
        long sum = 0;
        for (var p = 0; p < Classes; p++)
        {
            sum += this[k, p];
        }
        return sum;
    }

    /// <summary>Images called class <paramref name="k"/>.</summary>
    public long Predicted(int k)
    {
        long sum = 0;
        for (var t = 0; t < Classes; t++)
        {
            sum += this[t, k];
        }
        return sum;
    }

    /// <summary>The matrix as CSV: a column a called class, a row a true class, names in the margins.</summary>
    public string ToCsv(IReadOnlyList<string> names)
    {
        var text = new StringBuilder("truth\\prediction");
        foreach (var name in names)
        {
            text.Append(',').Append(Csv.Field(name));
        }
        for (var t = 0; t < Classes; t++)
        {
            text.Append('\n').Append(Csv.Field(names[t]));
            for (var p = 0; p < Classes; p++)
            {
                text.Append(CultureInfo.InvariantCulture, $",{this[t, p]}");
            }
        }
        return text.Append('\n').ToString();
    }

    /// <summary>Writes <c>NAME.csv</c> and <c>NAME.png</c>.</summary>
    /// <param name="path">Path of both without the ending.</param>
    /// <param name="title">Above the picture.</param>
    /// <param name="names">Class names.</param>
    public void Write(string path, string title, IReadOnlyList<string> names)
    {
        Durable.WriteText(path + ".csv", ToCsv(names));
        var cells = new long[Classes, Classes];
        for (var i = 0; i < counts.Length; i++)
        {
            cells[i / Classes, i % Classes] = counts[i];
        }
        MatrixChart.Draw(title, names, cells).Save(path + ".png");
    }

    private void Add(int truth, int predicted, int times)
    {
        counts[truth * Classes + predicted] += times;
        Total += times;
    }
}
