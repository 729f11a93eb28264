using System.Globalization;
using Odm.Data.Images;
using Odm.Data.Splitting;
using Odm.Engine.Files;
using Odm.Engine.Runtime;

namespace Odm.Data.Guarding;

/// <summary>One thing found on more than one side.</summary>
/// <param name="Kind"><c>duplicate</c> (equal pixels), <c>group</c> or <c>near_duplicate</c>.</param>
/// <param name="Key">The pixel hash, the group's name, or the number of the pair.</param>
/// <param name="Places">Side and image id of each occurrence.</param>
/// <param name="Distance">Of near duplicates, as a share of what is usual; null for others.</param>
public sealed record Overlap(string Kind, string Key, IReadOnlyList<(string Side, string Id)> Places, double? Distance = null);

/// <summary>How much was found on more than one side; for reports.</summary>
/// <param name="Duplicates">Distinct images whose pixels are on more than one side.</param>
/// <param name="Groups">Groups (patients, lesions, videos) on more than one side.</param>
/// <param name="Images">Images affected by either.</param>
/// <param name="Near">Images that are near duplicates of one of an earlier side; null where none were looked for.</param>
public sealed record OverlapCount(int Duplicates, int Groups, int Images, int? Near = null);

/// <summary>Refuses training and test sides that share an image or a patient.</summary>
public static class Guard
{
    /// <summary>
    /// All overlaps between sides, duplicates first, in order of the first occurrence. Empty groups and hashes are unknown and match
    /// nothing.
    /// </summary>
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

    /// <summary>
    /// Images that repeat another of their own side, by side in order of the first: how many, and how many of these have another label than
    /// the first of their kind. Empty hashes are unknown and match nothing.
    /// </summary>
    public static IReadOnlyList<(string Side, int Repeats, int OtherLabel)> Within(IEnumerable<(string Side, ImageRow Row)> rows) =>
        [.. rows.Where(x => x.Row.Sha256 != "").GroupBy(x => x.Side, StringComparer.Ordinal).Select(side =>
        {
            var repeats = side.GroupBy(x => x.Row.Sha256, StringComparer.Ordinal).Where(g => g.Skip(1).Any()).ToArray();
            return (side.Key, repeats.Sum(g => g.Count() - 1), repeats.Sum(g => g.Count(x => x.Row.Label != g.First().Row.Label)));
        }).Where(s => s.Item2 > 0)];

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
        {
            return count;
        }
        WriteList(list, found);
        return allowOverlap ? count : throw new DatasetException(Message(found, count, list));
    }

    /// <summary>
    /// As <see cref="Check(ImageSet, bool, string)"/> for near duplicates, which nothing allows but <c>split.near_duplicates</c>.
    /// </summary>
    /// <exception cref="DatasetException">There are some; the message names the nearest and the count.</exception>
    public static void RefuseNear(IReadOnlyList<NearPair> pairs, string list)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        if (pairs.Count == 0)
        {
            return;
        }
        WriteList(list, Of(pairs));
        var (a, b) = (pairs[0].Earlier, pairs[0].Later);
        throw new DatasetException(string.Create(CultureInfo.InvariantCulture, $"nearly the same picture is on several sides: {a.Row.Id} "
            + $"in {a.Side}, {b.Row.Id} in {b.Side}; in all {Concerned(pairs)} near duplicates, listed in {list}; leave them out, or set "
            + $"split.near_duplicates: report"));
    }

    /// <summary>Near duplicates as overlaps, in their order.</summary>
    public static IEnumerable<Overlap> Of(IEnumerable<NearPair> pairs) => pairs.Select((p, i) => new Overlap("near_duplicate",
        string.Create(CultureInfo.InvariantCulture, $"pair-{i + 1}"), [(p.Earlier.Side, p.Earlier.Row.Id), (p.Later.Side, p.Later.Row.Id)],
            p.Distance));

    /// <summary>Images that are near duplicates of one of an earlier side.</summary>
    public static int Concerned(IEnumerable<NearPair> pairs) => pairs.Select(p => p.Later).Distinct().Count();

    private static string Message(IReadOnlyList<Overlap> found, OverlapCount count, string list)
    {
        var first = found[0];
        var (a, b) = (first.Places[0], first.Places.First(p => p.Side != first.Places[0].Side));
        var what = first.Kind == "group"
            ? $"group {first.Key} is on several sides: {a.Id} in {a.Side}, {b.Id} in {b.Side}"
            : $"the same image is on several sides: {a.Id} in {a.Side}, {b.Id} in {b.Side}";
        return string.Create(CultureInfo.InvariantCulture, $"{what}; in all {count.Duplicates} duplicates and {count.Groups} groups, "
            + $"listed in {list}; split by group, or set split.allow_overlap: true");
    }

    /// <summary>Writes all of it as CSV: <c>kind,key,side,id,distance</c>, a row an occurrence.</summary>
    public static void WriteList(string path, IEnumerable<Overlap> found) => Durable.WriteFile(path, stream => CsvFile.Write(stream,
        found.SelectMany(overlap => overlap.Places,
            (overlap, place) => (IEnumerable<string>)[overlap.Kind, overlap.Key, place.Side, place.Id,
            overlap.Distance?.ToString("0.0000", CultureInfo.InvariantCulture) ?? ""]).Prepend(["kind", "key", "side", "id", "distance"])));
}
