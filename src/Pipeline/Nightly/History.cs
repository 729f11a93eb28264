using System.Globalization;
using Odm.Engine.Files;
using Odm.Engine.Runtime;

namespace Odm.Pipeline.Nightly;

/// <summary>What a value is of, which decides how it is compared.</summary>
internal enum ValueKind
{
    /// <summary>A metric of a study's test images: by the study's statistics.</summary>
    Score,

    /// <summary>Images a second; more is better.</summary>
    Speed,

    /// <summary>Megabytes; less is better.</summary>
    Memory,

    /// <summary>Seconds of a whole study; less is better.</summary>
    Time,

    /// <summary>What the machine itself gave: noted beside the others, not judged.</summary>
    Machine,
}

/// <summary>A measured value of a night.</summary>
/// <param name="Night">The night: when it began, UTC.</param>
/// <param name="Commit">Of the program that was measured; empty where the build knew none.</param>
/// <param name="Machine">The machine in words.</param>
/// <param name="Versions">Versions of the packages.</param>
/// <param name="Item">The study's or bench's name in the nightly file.</param>
/// <param name="Kind">What it is of.</param>
/// <param name="Arm">Of a score.</param>
/// <param name="Seed">Of a score.</param>
/// <param name="Metric">The metric or figure.</param>
/// <param name="Value">The value.</param>
/// <param name="Settings">Hash of what the study or bench was told.</param>
/// <param name="Predictions">Of a score: hash of the predictions that it was computed from, see <see cref="PredictionStore"/>.</param>
internal sealed record HistoryRow(string Night, string Commit, string Machine, string Versions, string Item, ValueKind Kind, string Arm,
    ulong? Seed, string Metric, double Value, string Settings, string Predictions)
{
    /// <summary>The series that it belongs to on one machine.</summary>
    public (string Item, ValueKind Kind, string Arm, string Metric) Series => (Item, Kind, Arm, Metric);
}

/// <summary>
/// <c>history.csv</c>: a row a measured value, appended a night at a time. The file is written beside and renamed, so that a night stands
/// in it whole or not at all.
/// </summary>
internal sealed class History
{
    /// <summary>The file's name.</summary>
    public const string Name = "history.csv";

    private static readonly string[] Columns = ["night", "commit", "machine", "versions", "item", "kind", "arm", "seed", "metric", "value",
        "settings", "predictions"];

    private readonly string path;
    private readonly byte[] text;

    private History(string path, byte[] text, IReadOnlyList<HistoryRow> rows) => (this.path, this.text, Rows) = (path, text, rows);

    /// <summary>All rows, the oldest first.</summary>
    public IReadOnlyList<HistoryRow> Rows { get; }

    /// <summary>Reads the history in a folder; empty where there is none yet.</summary>
    /// <exception cref="DatasetException">A row that does not do, by its line.</exception>
    public static History Read(string folder)
    {
        var path = Path.Combine(folder, Name);
        if (!File.Exists(path))
        {
            return new(path, [], []);
        }

        var text = File.ReadAllBytes(path);
        var file = CsvFile.Read(path, trim: false);
        if (!file.Header.SequenceEqual(Columns, StringComparer.Ordinal))
        {
            throw new DatasetException($"{path}: line 1: the columns {string.Join(",", Columns)} were expected, not "
                + $"{string.Join(",", file.Header)}");
        }

        if (text[^1] != (byte)'\n')
        {
            throw new DatasetException($"{path}: its last line is cut off");
        }

        var rows = file.Records.Select(Row).ToList();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < rows.Count; i++)
        {
            if ((i == 0 || rows[i].Night != rows[i - 1].Night) && !seen.Add(rows[i].Night))
            {
                throw file.Records[i].Fault($"night {rows[i].Night} stands further up already, with other nights between");
            }
        }

        return new(path, text, rows);
    }

    /// <summary>Appends a night's rows.</summary>
    public void Append(IReadOnlyList<HistoryRow> night) => Durable.WriteFile(path, stream =>
    {
        stream.Write(text);
        CsvFile.Write(stream, (text.Length == 0 ? [Columns] : Array.Empty<IEnumerable<string>>()).Concat(night.Select(Fields)));
    });

    private static IEnumerable<string> Fields(HistoryRow row) => [row.Night, row.Commit, row.Machine, row.Versions, row.Item,
        row.Kind.ToString().ToLowerInvariant(), row.Arm, row.Seed?.ToString(CultureInfo.InvariantCulture) ?? "", row.Metric,
        row.Value.ToString("R", CultureInfo.InvariantCulture), row.Settings, row.Predictions];

    private static HistoryRow Row(CsvFile.Record record)
    {
        if (record.Fields.Count != Columns.Length)
        {
            throw record.Fault($"{record.Fields.Count} fields; {Columns.Length} are needed");
        }

        var night = record["night"];
        if (!DateTimeOffset.TryParseExact(night, NightName.Format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _))
        {
            throw record.Fault($"night is '{night}'; a time such as 2026-11-30T02:00:00Z is needed");
        }

        if (!Enum.TryParse<ValueKind>(record["kind"], ignoreCase: true, out var kind) || char.IsAsciiDigit(record["kind"][0]))
        {
            throw record.Fault($"kind is '{record["kind"]}'; must be one of "
                + $"{string.Join(", ", Enum.GetNames<ValueKind>().Select(n => n.ToLowerInvariant()))}");
        }

        if (!double.TryParse(record["value"], NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || !double.IsFinite(value)
            || (kind is ValueKind.Speed or ValueKind.Memory or ValueKind.Time && value <= 0))
        {
            throw record.Fault($"value is '{record["value"]}'; a number{(kind == ValueKind.Score ? "" : " above 0")} is needed");
        }

        ulong? seed = record["seed"] == "" ? null
            : ulong.TryParse(record["seed"], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
            : throw record.Fault($"seed is '{record["seed"]}'; a whole number from 0 is needed");
        if (record["item"] == "" || record["metric"] == "" || (kind == ValueKind.Score && (seed is null || record["arm"] == "")))
        {
            throw record.Fault("item or metric is empty, or arm or seed of a score");
        }

        if (record["predictions"] is { Length: > 0 } hash && (hash.Length != 16 || !hash.All(char.IsAsciiHexDigitLower)))
        {
            throw record.Fault($"predictions is '{hash}'; 16 hexadecimal digits are needed");
        }

        return new(night, record["commit"], record["machine"], record["versions"], record["item"], kind, record["arm"], seed,
            record["metric"], value, record["settings"], record["predictions"]);
    }
}

/// <summary>Names of nights: the time at which they began, UTC, to the second.</summary>
internal static class NightName
{
    /// <summary>As in the history.</summary>
    public const string Format = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    /// <summary>The name of a night that begins at a time; a later second where a night has that name.</summary>
    public static string Of(DateTimeOffset time, Func<string, bool> taken)
    {
        while (true)
        {
            var name = time.ToUniversalTime().ToString(Format, CultureInfo.InvariantCulture);
            if (!taken(name))
            {
                return name;
            }

            time = time.AddSeconds(1);
        }
    }

    /// <summary>As a folder's name on every system: without colons.</summary>
    public static string Folder(string night) => night.Replace(":", "", StringComparison.Ordinal);
}
