using System.Globalization;
using Odm.Engine.Files;
using Odm.Engine.Runtime;

namespace Odm.Classify.Metrics;

/// <summary>
/// Reads a CSV file of one row an image; every fault is one line that names the file, the line, the value and what is allowed.
/// </summary>
internal static class CsvTable
{
    /// <summary>All rows; at least one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="needed">Columns it must have, <c>id</c> among them.</param>
    /// <param name="convert">Makes something of a row.</param>
    public static List<T> Read<T>(string path, string[] needed, Func<Row, T> convert)
    {
        var file = CsvFile.Read(path, needed);
        if (file.Header.GroupBy(c => c, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice && twice.Key.Length > 0)
        {
            throw new DatasetException($"{path}: has the column '{twice.Key}' {twice.Count()} times; allowed: once");
        }
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        return file.Records.Count > 0 ? [.. file.Records.Select(r => convert(new Row(file, r, seen)))]
            : throw new DatasetException($"{path}: has a header but no rows; expected one row an image");
    }

    /// <summary>The row that is being read.</summary>
    public sealed class Row(CsvFile file, CsvFile.Record record, Dictionary<string, int> seen)
    {
        /// <summary>Line of the file; the header's is 1.</summary>
        public int Line => record.Line;

        /// <summary>The header.</summary>
        public IReadOnlyList<string> Columns => file.Header;

        /// <summary>The column <c>id</c>, which no other row may have.</summary>
        public string Id()
        {
            var id = Text("id");
            return seen.TryAdd(id, Line) ? id : throw Fault($"id '{id}' stands in line {seen[id]} already; allowed: each id once");
        }

        /// <summary>A field that may be empty or whose column may be missing.</summary>
        public string? Optional(string column) => record.Find(column) is { Length: > 0 } text ? text : null;

        /// <summary>A field that may not be empty.</summary>
        public string Text(string column) => record[column] is { Length: > 0 } text ? text
            : throw Fault($"{column} is empty; allowed: any text");

        /// <summary>A finite number in a range, with a little room on both sides for rounding.</summary>
        public double Number(string column, double low, double high = double.MaxValue) =>
            double.TryParse(Text(column), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= low - 1e-6
            && value <= high + 1e-6
                ? value
                : throw Fault(string.Create(CultureInfo.InvariantCulture, $"{column} is '{Text(column)}'; allowed: a number "
                    + $"{(high == double.MaxValue ? $"of {low} or more" : $"from {low} to {high}")}"));

        /// <summary>One line that names file and line.</summary>
        public DatasetException Fault(string what) => record.Fault(what);
    }

    /// <summary>One line that names file and line.</summary>
    public static DatasetException Fault(string path, int line, string what) => new($"{path}: line {line}: {what}");
}
