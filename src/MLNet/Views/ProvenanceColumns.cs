using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Odm.Data.Images;

namespace Odm.MLNet.Views;

/// <summary>The columns of a view that say how a synthetic row was made.</summary>
internal static class ProvenanceColumns
{
    private const string Generator = "Generator";
    private const string Seed = "Seed";
    private const string Sampler = "Sampler";
    private const string Steps = "Steps";
    private const string Guidance = "Guidance";
    private const string SourceIds = "SourceIds";

    // for rows that are synthetic and say no more; an image set's file has provenance only where there is a generator
    private const string Unknown = "unknown";

    /// <summary>What each is called, and what it holds for a row; real rows hold what says nothing.</summary>
    public static IReadOnlyList<ViewColumn> Of(Func<int, Provenance?> of) =>
    [
        ViewColumn.Text(Generator, i => of(i)?.Generator ?? ""),
        ViewColumn.Number(Seed, NumberDataViewType.UInt64, i => of(i)?.Seed ?? 0UL),
        ViewColumn.Text(Sampler, i => of(i)?.Sampler ?? ""),
        ViewColumn.Number(Steps, NumberDataViewType.Int32, i => of(i)?.Steps ?? 0),
        ViewColumn.Number(Guidance, NumberDataViewType.Single, i => (float)(of(i)?.Guidance ?? float.NaN)),
        ViewColumn.Text(SourceIds, i => of(i)?.SourceIds ?? ""),
    ];

    /// <summary>Those of a schema; a column of another type under one of the names is the caller's own.</summary>
    /// <exception cref="ArgumentException">The sources are there and cannot be read as text.</exception>
    public static IReadOnlyList<DataViewSchema.Column> In(DataViewSchema schema)
    {
        var same = Of(_ => null).Where(c => c.Name != SourceIds && c.Type.Equals(schema.GetColumnOrNull(c.Name)?.Type));
        var found = same.Select(c => schema[c.Name]);
        return TextColumn.Of(schema, SourceIds, SourceIds) is { } sources ? [.. found, sources] : [.. found];
    }

    /// <summary>Reads the provenance of a synthetic row.</summary>
    /// <param name="row">The cursor.</param>
    /// <param name="columns">Those that it was opened with.</param>
    public static Func<Provenance> Reader(DataViewRow row, IReadOnlyList<DataViewSchema.Column> columns)
    {
        var readers = columns.ToDictionary(c => c.Name, c => TextColumn.Reader(row, c), StringComparer.Ordinal);
        return () => new()
        {
            Generator = Text(Generator) is { Length: > 0 } name ? name : Unknown,
            Seed = Number(Seed, 0UL),
            Sampler = Text(Sampler),
            Steps = Number(Steps, 0),
            Guidance = Number(Guidance, 1d),
            SourceIds = Text(SourceIds),
        };

        string Text(string name) => readers.TryGetValue(name, out var read) ? read() : "";

        T Number<T>(string name, T otherwise)
            where T : ISpanParsable<T> => T.TryParse(Text(name), CultureInfo.InvariantCulture, out var value) ? value : otherwise;
    }
}
