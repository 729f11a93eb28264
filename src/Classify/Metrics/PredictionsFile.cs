using System.Globalization;

namespace Odm.Classify.Metrics;

/// <summary>
/// Reads a file of predicted classes; every fault is one line that names the file, the row, the value and what is allowed.
/// </summary>
internal static class PredictionsFile
{
    private const string Prefix = "p_";

    private sealed record Row(int Line, string Id, string Group, string Truth, string Prediction, string[] Names, double[] Probabilities);

    public static Predictions Read(string path)
    {
        var rows = CsvTable.Read(path, ["id", "truth", "prediction"], Convert);
        var names = rows[0].Names;
        IReadOnlyList<string> classes = names.Length > 0 ? names : ClassesOf(rows);
        var index = classes.Select((name, k) => (name, k)).ToDictionary(p => p.name, p => p.k, StringComparer.Ordinal);
        int IndexOf(Row row, string column, string value) => index.TryGetValue(value, out var k)
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
            Probabilities = names.Length > 0 ? Table(rows, names.Length) : null,
        };
    }

    private static Row Convert(CsvTable.Row row)
    {
        string[] columns = [.. row.Columns.Where(c => c.StartsWith(Prefix, StringComparison.Ordinal) && c.Length > Prefix.Length)];
        var id = row.Id();
        return new(row.Line, id, row.Optional("group") ?? id, row.Text("truth"), row.Text("prediction"),
            [.. columns.Select(c => c[Prefix.Length..])], [.. columns.Select(c => row.Number(c, 0, 1))]);
    }

    // by value where all are numbers, else by character code
    private static IReadOnlyList<string> ClassesOf(List<Row> rows)
    {
        var names = rows.SelectMany(r => new[] { r.Truth, r.Prediction }).Distinct(StringComparer.Ordinal).ToList();
        return names.All(n => double.TryParse(n, NumberStyles.Float, CultureInfo.InvariantCulture, out _))
            ? [.. names.OrderBy(n => double.Parse(n, CultureInfo.InvariantCulture)).ThenBy(n => n, StringComparer.Ordinal)]
            : [.. names.Order(StringComparer.Ordinal)];
    }

    private static double[,] Table(List<Row> rows, int columns)
    {
        var table = new double[rows.Count, columns];
        for (var i = 0; i < rows.Count; i++)
        {
            for (var k = 0; k < columns; k++)
            {
                table[i, k] = rows[i].Probabilities[k];
            }
        }
        return table;
    }
}
