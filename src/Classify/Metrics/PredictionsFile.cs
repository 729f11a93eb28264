using System.Globalization;
using Odm.Data.Images;
using Odm.Engine.Runtime;

namespace Odm.Classify.Metrics;

/// <summary>
/// Reads a file of predicted classes; every fault is one line that names the file, the line, the value and what is allowed. Classes that
/// are all numbers are in the order of their values, wherever their columns stand; others in that of the columns.
/// </summary>
internal static class PredictionsFile
{
    private const string Prefix = "p_";

    private sealed record Row(int Line, string Id, string Group, string Truth, string Prediction, string[] Names, double[] Probabilities);

    public static Predictions Read(string path)
    {
        var rows = CsvTable.Read(path, ["id", "truth", "prediction"], Convert);
        var order = Order(rows[0].Names);
        string[] names = [.. order.Select(k => rows[0].Names[k])];
        var classes = names.Length > 0 ? names : ClassNames.Of(rows.SelectMany(r => new[] { r.Truth, r.Prediction }));
        if (names.GroupBy(ClassNames.Key, StringComparer.Ordinal).FirstOrDefault(g => g.Skip(1).Any())?.ToArray() is { } twice)
        {
            throw new DatasetException($"{path}: has the columns {Prefix}{twice[0]} and {Prefix}{twice[1]} of one class; allowed: one");
        }
        if (names.Length == 0)
        {
            CheckShared(path, rows);
        }
        var index = classes.Select((name, k) => (Key: ClassNames.Key(name), k)).ToDictionary(p => p.Key, p => p.k, StringComparer.Ordinal);
        int IndexOf(Row row, string column, string value) => index.TryGetValue(ClassNames.Key(value), out var k)
            ? k
            : throw CsvTable.Fault(path, row.Line, $"{column} '{value}' has no column {Prefix}{value}; allowed: "
                + $"{string.Join(", ", classes)}");

        return new Predictions
        {
            Ids = [.. rows.Select(r => r.Id)],
            Groups = [.. rows.Select(r => r.Group)],
            Classes = classes,
            Truth = [.. rows.Select(r => IndexOf(r, "truth", r.Truth))],
            Predicted = [.. rows.Select(r => IndexOf(r, "prediction", r.Prediction))],
            Probabilities = names.Length > 0 ? Table(rows, order) : null,
        };
    }

    private static Row Convert(CsvTable.Row row)
    {
        string[] columns = [.. row.Columns.Where(c => c.StartsWith(Prefix, StringComparison.Ordinal) && c.Length > Prefix.Length)];
        var id = row.Id();
        var group = row.Optional("group");
        return new(row.Line, id, group is null || ClassNames.IsMissing(group) ? id : group, Label(row, "truth"), Label(row, "prediction"),
            [.. columns.Select(c => c[Prefix.Length..])], Probabilities(row, columns));
    }

    private static string Label(CsvTable.Row row, string column) => row.Text(column) is var label && !ClassNames.IsMissing(label) ? label
        : throw row.Fault($"{column} is '{label}', which stands for none; allowed: a class");

    // a score that knows the order of grades must not take it from that of the columns
    private static int[] Order(string[] names)
    {
        var values = Array.ConvertAll(names, n
            => double.TryParse(n, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : double.NaN);
        var columns = Enumerable.Range(0, names.Length);
        return Array.TrueForAll(values, double.IsFinite) ? [.. columns.OrderBy(k => values[k])] : [.. columns];
    }

    /// <summary>Probabilities of two decimals miss 1 by this for each class at most.</summary>
    private const double MostOff = .005;

    // a probability of -1e-9 is rounding, one of -.1 is none
    private static double[] Probabilities(CsvTable.Row row, string[] columns)
    {
        var values = Array.ConvertAll(columns, c => Math.Max(0, row.Number(c, 0, 1)));
        var sum = values.Sum();
        return columns.Length < 2 || Math.Abs(sum - 1) <= MostOff * columns.Length + 1e-3 ? values
            : throw row.Fault(string.Create(CultureInfo.InvariantCulture, $"the probabilities sum to {sum:0.####}; allowed: 1, but for "
                + $"rounding"));
    }

    // labels of two kinds of writing never agree, which no score tells
    private static void CheckShared(string path, List<Row> rows)
    {
        var truths = rows.Select(r => r.Truth).Distinct(StringComparer.Ordinal).ToArray();
        var predictions = rows.Select(r => r.Prediction).Distinct(StringComparer.Ordinal).ToArray();
        if (ClassNames.DifferInCase(truths.Concat(predictions)) is { } pair)
        {
            throw new DatasetException($"{path}: the classes '{pair.First}' and '{pair.Second}' differ in case alone; write them alike");
        }
        if (!truths.Select(ClassNames.Key).Intersect(predictions.Select(ClassNames.Key), StringComparer.Ordinal).Any())
        {
            throw new DatasetException($"{path}: truth and prediction share no label; truth has {Some(truths)}, prediction "
                + $"{Some(predictions)}");
        }
    }

    private static string Some(string[] names)
        => string.Join(", ", names.Order(StringComparer.Ordinal).Take(5)) + (names.Length > 5 ? ", ..." : "");

    private static double[,] Table(List<Row> rows, int[] order)
    {
        var table = new double[rows.Count, order.Length];
        for (var i = 0; i < rows.Count; i++)
        {
            for (var k = 0; k < order.Length; k++)
            {
                table[i, k] = rows[i].Probabilities[order[k]];
            }
        }
        return table;
    }
}
