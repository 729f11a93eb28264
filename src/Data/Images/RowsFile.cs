using System.Globalization;
using Odm.Engine.Files;

namespace Odm.Data.Images;

/// <summary><c>rows.csv</c> of an image set: UTF-8, invariant culture, LF.</summary>
internal static class RowsFile
{
    private static readonly string[] Columns = ["id", "label", "group", "split", "origin", "source", "sha256"];
    private static readonly string[] ProvenanceColumns = ["generator", "seed", "sampler", "steps", "guidance", "source_ids"];

    public static void Write(Stream stream, IReadOnlyList<ImageRow> rows)
    {
        var more = rows.SelectMany(r => r.Provenance?.More.Keys ?? []).Distinct(StringComparer.Ordinal).ToArray();
        var provenance = rows.Any(r => r.Provenance is not null);
        IEnumerable<string> header = provenance ? [.. Columns, .. ProvenanceColumns, .. more] : Columns;
        CsvFile.Write(stream, rows.Select(row =>
        {
            IEnumerable<string> cells = [row.Id, row.Label < 0 ? "" : Invariant(row.Label), row.Group, row.Split, row.Origin, row.Source,
                row.Sha256];
            return provenance ? cells.Concat(Cells(row.Provenance, more)) : cells;
        }).Prepend(header));
    }

    public static List<ImageRow> Read(string path)
    {
        var file = CsvFile.Read(path, Columns, trim: false);
        var more = file.Header.Except(Columns, StringComparer.Ordinal).Except(ProvenanceColumns, StringComparer.Ordinal).ToArray();
        return [.. file.Records.Select(r => Row(r, more))];
    }

    private static ImageRow Row(CsvFile.Record record, string[] more)
    {
        T Number<T>(string column)
            where T : ISpanParsable<T> => T.TryParse(record[column], CultureInfo.InvariantCulture, out var value)
                ? value
                : throw record.Fault($"{column} \"{record[column]}\" is not a number");
        return new ImageRow
        {
            Id = record["id"],
            Label = record["label"] == "" ? -1 : Number<int>("label"),
            Group = record["group"],
            Split = record["split"],
            Origin = record["origin"],
            Source = record["source"],
            Sha256 = record["sha256"],
            Provenance = record.Find("generator") is null or "" ? null : new Provenance
            {
                Generator = record["generator"],
                Seed = Number<ulong>("seed"),
                Sampler = record["sampler"],
                Steps = Number<int>("steps"),
                Guidance = Number<double>("guidance"),
                SourceIds = record["source_ids"],
                More = more.Where(c => record[c] != "").ToDictionary(c => c, c => record[c], StringComparer.Ordinal),
            },
        };
    }

    private static IEnumerable<string> Cells(Provenance? p, string[] more) => p is null
        ? Enumerable.Repeat("", ProvenanceColumns.Length + more.Length)
        : [p.Generator, Invariant(p.Seed), p.Sampler, Invariant(p.Steps), Invariant(p.Guidance), p.SourceIds,
            .. more.Select(c => p.More.GetValueOrDefault(c, ""))];

    private static string Invariant(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
}
