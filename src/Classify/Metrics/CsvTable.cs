using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;
using Odm.Data;

namespace Odm.Classify;

/// <summary>Reads a CSV file of one row an image; every fault is one line that names the file, the row, the value and what is allowed.</summary>
internal static class CsvTable
{
    /// <summary>All rows; at least one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="needed">Columns it must have, <c>id</c> among them.</param>
    /// <param name="convert">Makes something of a row.</param>
    public static List<T> Read<T>(string path, string[] needed, Func<Row, T> convert)
    {
        try
        {
            using var reader = new StreamReader(path);
            using var csv = new CsvReader(reader, new CsvConfiguration(CultureInfo.InvariantCulture) { TrimOptions = TrimOptions.Trim, BadDataFound = null });
            if (!csv.Read() || !csv.ReadHeader())
            {
                throw new DatasetException($"{path}: is empty; expected a header with {string.Join(", ", needed)}");
            }
            var header = csv.HeaderRecord!;
            if (needed.FirstOrDefault(c => !header.Contains(c, StringComparer.Ordinal)) is { } missing)
            {
                throw new DatasetException($"{path}: has no column '{missing}'; its columns are {string.Join(", ", header)}; needed: {string.Join(", ", needed)}");
            }
            if (header.GroupBy(c => c, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice && twice.Key.Length > 0)
            {
                throw new DatasetException($"{path}: has the column '{twice.Key}' {twice.Count()} times; allowed: once");
            }
            var (rows, seen) = (new List<T>(), new Dictionary<string, int>(StringComparer.Ordinal));
            while (csv.Read())
            {
                rows.Add(convert(new Row(path, csv, seen)));
            }
            return rows.Count > 0 ? rows : throw new DatasetException($"{path}: has a header but no rows; expected one row an image");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var reason = e is FileNotFoundException or DirectoryNotFoundException ? "no such file" : e.Message;
            throw new DatasetException($"{path}: {reason}; expected a CSV file with {string.Join(", ", needed)}", e);
        }
    }

    /// <summary>The row that is being read.</summary>
    public sealed class Row(string path, CsvReader csv, Dictionary<string, int> seen)
    {
        /// <summary>Number in the file; the header's is 1.</summary>
        public int Line { get; } = csv.Parser.Row;

        /// <summary>The header.</summary>
        public IReadOnlyList<string> Columns => csv.HeaderRecord!;

        /// <summary>The column <c>id</c>, which no other row may have.</summary>
        public string Id()
        {
            var id = Text("id");
            return seen.TryAdd(id, Line) ? id : throw Fault($"id '{id}' stands in row {seen[id]} already; allowed: each id once");
        }

        /// <summary>A field that may be empty or whose column may be missing.</summary>
        public string? Optional(string column) =>
            Columns.Contains(column, StringComparer.Ordinal) && csv.TryGetField<string>(column, out var text) && !string.IsNullOrEmpty(text) ? text : null;

        /// <summary>A field that may not be empty.</summary>
        public string Text(string column) => Optional(column) ?? throw Fault($"{column} is empty; allowed: any text");

        /// <summary>A finite number in a range, with a little room above for rounding.</summary>
        public double Number(string column, double low, double high = double.MaxValue) =>
            double.TryParse(Text(column), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= low && value <= high + 1e-6
                ? value
                : throw Fault(FormattableString.Invariant($"{column} is '{Text(column)}'; allowed: a number {(high == double.MaxValue ? $"of {low} or more" : $"from {low} to {high}")}"));

        /// <summary>One line that names file and row.</summary>
        public DatasetException Fault(string what) => CsvTable.Fault(path, Line, what);
    }

    /// <summary>One line that names file and row.</summary>
    public static DatasetException Fault(string path, int line, string what) => new($"{path}: row {line}: {what}");
}
