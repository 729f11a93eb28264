using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;
using Odm.Data;

namespace Odm.Classify;

/// <summary>Reads a predictions file; every fault is one line that names the file, the row, the value and what is allowed.</summary>
internal static class PredictionsFile
{
    private const string ProbabilityPrefix = "p_";

    private sealed record Row(int Line, string Id, string Group, string Truth, string Prediction, double[] Probabilities);

    public static Predictions Read(string path)
    {
        var (names, rows) = ReadRows(path);
        var classes = names.Count > 0 ? names : ClassesOf(rows);
        var index = classes.Select((name, k) => (name, k)).ToDictionary(p => p.name, p => p.k, StringComparer.Ordinal);
        int IndexOf(Row row, string column, string value) => index.TryGetValue(value, out var k)
            ? k
            : throw Fault(path, row.Line, $"{column} '{value}' has no column {ProbabilityPrefix}{value}; allowed: {string.Join(", ", classes)}");

        return new Predictions
        {
            Ids = [.. rows.Select(r => r.Id)],
            Groups = [.. rows.Select(r => r.Group)],
            Classes = classes,
            Truth = [.. rows.Select(r => IndexOf(r, "truth", r.Truth))],
            Predicted = [.. rows.Select(r => IndexOf(r, "prediction", r.Prediction))],
            Probabilities = names.Count > 0 ? Table(rows, names.Count) : null,
        };
    }

    private static (IReadOnlyList<string> Names, List<Row> Rows) ReadRows(string path)
    {
        try
        {
            using var reader = new StreamReader(path);
            using var csv = new CsvReader(reader, new CsvConfiguration(CultureInfo.InvariantCulture) { TrimOptions = TrimOptions.Trim, BadDataFound = null });
            if (!csv.Read() || !csv.ReadHeader())
            {
                throw new DatasetException($"{path}: is empty; expected a header with id, truth, prediction");
            }
            var header = csv.HeaderRecord!;
            if (new[] { "id", "truth", "prediction" }.FirstOrDefault(c => !header.Contains(c, StringComparer.Ordinal)) is { } missing)
            {
                throw new DatasetException($"{path}: has no column '{missing}'; its columns are {string.Join(", ", header)}; needed: id, truth, prediction");
            }
            if (header.GroupBy(c => c, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice && twice.Key.Length > 0)
            {
                throw new DatasetException($"{path}: has the column '{twice.Key}' {twice.Count()} times; allowed: once");
            }
            var probabilities = header.Where(c => c.StartsWith(ProbabilityPrefix, StringComparison.Ordinal) && c.Length > 2).ToArray();
            var rows = ReadRows(path, csv, probabilities, header.Contains("group", StringComparer.Ordinal));
            return ([.. probabilities.Select(c => c[ProbabilityPrefix.Length..])], rows);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var reason = e is FileNotFoundException or DirectoryNotFoundException ? "no such file" : e.Message;
            throw new DatasetException($"{path}: {reason}; expected a CSV file with id, truth, prediction", e);
        }
    }

    private static List<Row> ReadRows(string path, CsvReader csv, string[] probabilities, bool grouped)
    {
        var rows = new List<Row>();
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        while (csv.Read())
        {
            var line = csv.Parser.Row;
            string Field(string column) => csv.TryGetField<string>(column, out var text) && !string.IsNullOrEmpty(text)
                ? text
                : throw Fault(path, line, $"{column} is empty; allowed: any text");
            var id = Field("id");
            if (!seen.TryAdd(id, line))
            {
                throw Fault(path, line, $"id '{id}' stands in row {seen[id]} already; allowed: each id once");
            }
            var group = grouped && csv.TryGetField<string>("group", out var g) && !string.IsNullOrEmpty(g) ? g : id;
            rows.Add(new Row(line, id, group, Field("truth"), Field("prediction"), [.. probabilities.Select(c => Probability(path, line, c, Field(c)))]));
        }
        return rows.Count > 0 ? rows : throw new DatasetException($"{path}: has a header but no rows; expected one row an image");
    }

    private static double Probability(string path, int line, string column, string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var p) && p >= 0 && p <= 1 + 1e-6
            ? p
            : throw Fault(path, line, $"{column} is '{text}'; allowed: a number from 0 to 1");

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

    private static DatasetException Fault(string path, int line, string what) => new($"{path}: row {line}: {what}");
}
