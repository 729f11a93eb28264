using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace Odm.Data;

/// <summary>One thing found on more than one side.</summary>
/// <param name="Kind"><c>duplicate</c> (equal pixels) or <c>group</c>.</param>
/// <param name="Key">The pixel hash or the group's name.</param>
/// <param name="Places">Side and image id of each occurrence.</param>
public sealed record Overlap(string Kind, string Key, IReadOnlyList<(string Side, string Id)> Places);

/// <summary>How much was found on more than one side; for reports.</summary>
/// <param name="Duplicates">Distinct images whose pixels are on more than one side.</param>
/// <param name="Groups">Groups (patients, lesions, videos) on more than one side.</param>
/// <param name="Images">Images concerned by either.</param>
public sealed record OverlapCount(int Duplicates, int Groups, int Images);

/// <summary>Refuses training and test sides that share an image or a patient.</summary>
public static class Guard
{
    /// <summary>All overlaps between sides, duplicates first, in order of the first occurrence. Empty groups and hashes are unknown and match nothing.</summary>
    public static IReadOnlyList<Overlap> Find(IEnumerable<(string Side, ImageRow Row)> rows)
    {
        var all = rows.ToArray();
        return [.. Shared("duplicate", row => row.Sha256), .. Shared("group", row => row.Group)];

        IEnumerable<Overlap> Shared(string kind, Func<ImageRow, string> key) => all
            .Where(x => key(x.Row) != "")
            .GroupBy(x => key(x.Row), StringComparer.Ordinal)
            .Where(g => g.Select(x => x.Side).Distinct(StringComparer.Ordinal).Skip(1).Any())
            .Select(g => new Overlap(kind, g.Key, [.. g.Select(x => (x.Side, x.Row.Id))]));
    }

    /// <summary>Checks the sides of a split set.</summary>
    /// <param name="set">A set after <see cref="Splitter"/>.</param>
    /// <param name="allowOverlap">True: count instead of stopping.</param>
    /// <param name="list">Where the full list goes (CSV) when there is any overlap.</param>
    /// <exception cref="DatasetException">There is overlap and it is not allowed; the message names the first and the counts.</exception>
    public static OverlapCount Check(ImageSet set, bool allowOverlap, string list)
    {
        ArgumentNullException.ThrowIfNull(set);
        return Check(set.Rows.Select(row => (row.Split, row)), allowOverlap, list);
    }

    /// <summary>As <see cref="Check(ImageSet, bool, string)"/> for rows whose sides are given apart, e.g. by set.</summary>
    public static OverlapCount Check(IEnumerable<(string Side, ImageRow Row)> rows, bool allowOverlap, string list)
    {
        var found = Find(rows);
        var count = new OverlapCount(found.Count(o => o.Kind == "duplicate"), found.Count(o => o.Kind == "group"),
            found.SelectMany(o => o.Places).Distinct().Count());
        if (found.Count == 0)
            return count;
        WriteList(list, found);
        return allowOverlap ? count : throw new DatasetException(Message(found, count, list));
    }

    private static string Message(IReadOnlyList<Overlap> found, OverlapCount count, string list)
    {
        var first = found[0];
        var (a, b) = (first.Places[0], first.Places.First(p => p.Side != first.Places[0].Side));
        var what = first.Kind == "group"
            ? $"group {first.Key} is on several sides: {a.Id} in {a.Side}, {b.Id} in {b.Side}"
            : $"the same image is on several sides: {a.Id} in {a.Side}, {b.Id} in {b.Side}";
        return FormattableString.Invariant($"{what}; in all {count.Duplicates} duplicates and {count.Groups} groups, listed in {list}; split by group, or set split.allow_overlap: true");
    }

    private static void WriteList(string path, IReadOnlyList<Overlap> found) => Durable.WriteFile(path, stream =>
    {
        using var text = new StreamWriter(stream, new System.Text.UTF8Encoding(false), 1 << 16, leaveOpen: true);
        using var csv = new CsvWriter(text, new CsvConfiguration(CultureInfo.InvariantCulture) { NewLine = "\n" }, leaveOpen: true);
        foreach (var name in new[] { "kind", "key", "side", "id" })
            csv.WriteField(name);
        csv.NextRecord();
        foreach (var overlap in found)
        {
            foreach (var (side, id) in overlap.Places)
            {
                foreach (var cell in new[] { overlap.Kind, overlap.Key, side, id })
                    csv.WriteField(cell);
                csv.NextRecord();
            }
        }
    });
}
