using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace Odm.Data;

/// <summary><c>rows.csv</c> of an image set: UTF-8, invariant culture, LF.</summary>
internal static class RowsFile
{
    private static readonly string[] Columns = ["id", "label", "group", "split", "origin", "source", "sha256"];
    private static readonly string[] ProvenanceColumns = ["generator", "seed", "sampler", "steps", "guidance", "source_ids"];

    private static CsvConfiguration Format => new(CultureInfo.InvariantCulture) { NewLine = "\n", TrimOptions = TrimOptions.None };

    public static void Write(Stream stream, IReadOnlyList<ImageRow> rows)
    {
        var more = rows.SelectMany(r => r.Provenance?.More.Keys ?? []).Distinct(StringComparer.Ordinal).ToArray();
        var provenance = rows.Any(r => r.Provenance is not null);
        using var text = new StreamWriter(stream, new System.Text.UTF8Encoding(false), 1 << 16, leaveOpen: true);
        using var csv = new CsvWriter(text, Format, leaveOpen: true);
        Line(csv, provenance ? [.. Columns, .. ProvenanceColumns, .. more] : Columns);
        foreach (var row in rows)
        {
            string[] cells = [row.Id, row.Label < 0 ? "" : Invariant(row.Label), row.Group, row.Split, row.Origin, row.Source, row.Sha256];
            Line(csv, provenance ? [.. cells, .. Cells(row.Provenance, more)] : cells);
        }
    }

    public static List<ImageRow> Read(string path)
    {
        if (!File.Exists(path))
            throw new DatasetException($"{path}: no such file");
        using var csv = new CsvReader(new StreamReader(path), Format);
        var rows = new List<ImageRow>();
        try
        {
            if (!csv.Read() || !csv.ReadHeader())
                throw new DatasetException($"{path}: empty");
            var header = csv.HeaderRecord!;
            var missing = Columns.Except(header, StringComparer.Ordinal).ToArray();
            if (missing.Length > 0)
                throw new DatasetException($"{path}: column {string.Join(", ", missing)} is missing; the columns are {string.Join(",", Columns)}");
            while (csv.Read())
                rows.Add(Row(csv, header, path, rows.Count + 2));
        }
        catch (CsvHelperException e)
        {
            throw new DatasetException($"{path}: row {rows.Count + 2}: {e.Message.Split('\n')[0].Trim()}", e);
        }
        return rows;
    }

    private static ImageRow Row(CsvReader csv, string[] header, string path, int line)
    {
        string Cell(string column) => csv.GetField(column) ?? "";
        T Number<T>(string column)
            where T : ISpanParsable<T> => T.TryParse(Cell(column), CultureInfo.InvariantCulture, out var value)
                ? value
                : throw new DatasetException($"{path}: row {line}: {column} \"{Cell(column)}\" is not a number");
        var made = header.Contains("generator", StringComparer.Ordinal) && Cell("generator") != "";
        return new ImageRow
        {
            Id = Cell("id"),
            Label = Cell("label") == "" ? -1 : Number<int>("label"),
            Group = Cell("group"),
            Split = Cell("split"),
            Origin = Cell("origin"),
            Source = Cell("source"),
            Sha256 = Cell("sha256"),
            Provenance = !made ? null : new Provenance
            {
                Generator = Cell("generator"),
                Seed = Number<ulong>("seed"),
                Sampler = Cell("sampler"),
                Steps = Number<int>("steps"),
                Guidance = Number<double>("guidance"),
                SourceIds = Cell("source_ids"),
                More = header.Except(Columns, StringComparer.Ordinal).Except(ProvenanceColumns, StringComparer.Ordinal)
                    .Where(c => Cell(c) != "").ToDictionary(c => c, Cell, StringComparer.Ordinal),
            },
        };
    }

    private static IEnumerable<string> Cells(Provenance? p, string[] more) => p is null
        ? Enumerable.Repeat("", ProvenanceColumns.Length + more.Length)
        : [p.Generator, Invariant(p.Seed), p.Sampler, Invariant(p.Steps), Invariant(p.Guidance), p.SourceIds, .. more.Select(c => p.More.GetValueOrDefault(c, ""))];

    private static string Invariant(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);

    private static void Line(CsvWriter csv, IEnumerable<string> cells)
    {
        foreach (var cell in cells)
            csv.WriteField(cell);
        csv.NextRecord();
    }
}
