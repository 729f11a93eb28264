using System.Globalization;
using System.Text.RegularExpressions;
using Odm.Engine.Files;
using Odm.Engine.Runtime;

namespace Odm.Data.Import;

/// <summary>
/// Groups by number: a CSV with a row per range (<c>first_frame,last_frame,sequence</c>, both ends included), applied to the
/// last number in a file's base name. The group is the column <see cref="DatasetConfig.GroupColumn"/>, else the only other one.
/// </summary>
internal sealed partial class GroupRanges
{
    private const string First = "first_frame";
    private const string Last = "last_frame";
    private readonly string path;
    private readonly List<(long First, long Last, string Group)> ranges;

    private GroupRanges(string path, List<(long First, long Last, string Group)> ranges) => (this.path, this.ranges) = (path, ranges);

    /// <summary>Reads the table.</summary>
    /// <exception cref="DatasetException">Missing file or column, a range that is no range, ranges that overlap.</exception>
    public static GroupRanges Read(string path, string? groupColumn)
    {
        var file = CsvFile.Read(path);
        var column = GroupColumn(file.Header, groupColumn, path);
        var ranges = new List<(long First, long Last, string Group)>();
        foreach (var record in file.Records)
        {
            var (first, last) = (Number(record, First), Number(record, Last));
            if (last < first)
            {
                throw record.Fault(string.Create(CultureInfo.InvariantCulture, $"{First} {first} is beyond {Last} {last}"));
            }
            ranges.Add((first, last, record[column] is { Length: > 0 } group ? group : throw record.Fault($"{column} is empty")));
        }
        ranges.Sort();
        for (var i = 1; i < ranges.Count; i++)
        {
            if (ranges[i].First <= ranges[i - 1].Last)
            {
                throw new DatasetException(string.Create(CultureInfo.InvariantCulture, $"{path}: {ranges[i].First} lies in two ranges"));
            }
        }
        return new GroupRanges(path, ranges);
    }

    /// <summary>The group of a file; null where there is none, and <see cref="Fault"/> says why.</summary>
    public string? Of(string file) => NumberIn(file) is { } number
        && ranges.FindIndex(r => r.First <= number && number <= r.Last) is >= 0 and var at ? ranges[at].Group : null;

    /// <summary>Null, or why a file has no group: no number in its base name, or one that lies in no range.</summary>
    public string? Fault(string file) => Of(file) is not null ? null
        : NumberIn(file) is { } number ? string.Create(CultureInfo.InvariantCulture, $"{file}: {number} lies in no range of {path}")
        : $"{file}: no number in its name to look up in {path}";

    private static long? NumberIn(string file) =>
        long.TryParse(Numbers().Matches(Path.GetFileNameWithoutExtension(file)).LastOrDefault()?.Value, NumberStyles.None,
            CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string GroupColumn(IReadOnlyList<string> header, string? asked, string path)
    {
        var others = header.Except([First, Last], StringComparer.Ordinal).ToArray();
        var missing = new[] { First, Last, asked }.Where(c => c is not null && !header.Contains(c, StringComparer.Ordinal)).ToArray();
        if (missing.Length > 0)
        {
            throw CsvFile.Lacking(path, header, missing);
        }
        return asked ?? (others.Length == 1 ? others[0]
            : others.Contains("sequence", StringComparer.Ordinal) ? "sequence"
            : throw new DatasetException(
                $"{path}: which of the columns {string.Join(", ", header)} is the group? name it (dataset.group_column, --group-column)"));
    }

    private static long Number(CsvFile.Record record, string column) =>
        long.TryParse(record[column], NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw record.Fault($"{column} \"{record[column]}\" is not a whole number of at least 0");

    [GeneratedRegex("[0-9]+", RegexOptions.None, 1000)]
    private static partial Regex Numbers();
}
