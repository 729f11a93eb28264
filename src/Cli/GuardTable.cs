using System.Globalization;
using Odm.Data.Guarding;
using Odm.Data.Images;
using Odm.Engine.Runtime;
using Odm.Pipeline.Reports;
using Spectre.Console;

namespace Odm.Cli;

/// <summary>
/// What <c>odm data guard</c> prints: for each pair of sides how many images of one share pixels, a group or nearly the same picture with
/// the other.
/// </summary>
internal static class GuardTable
{
    /// <summary>The sides to compare: the sets by name; a single one is taken apart by its own sides.</summary>
    public static IReadOnlyList<(string Side, ImageSet Set)> Sides(IReadOnlyList<(string Name, ImageSet Set)> sets)
        => sets.Count > 1 ? sets : [.. sets[0].Set.Rows.Select(r => r.Split).Distinct(StringComparer.Ordinal)
            .OrderBy(s => ImageRow.Sides.ToList().IndexOf(s)).Select(s => (s == "" ? "no side" : s, sets[0].Set.OfSplit(s)))];

    /// <summary>Prints the tables and a sentence.</summary>
    /// <param name="sides">Sides by name.</param>
    /// <param name="near">Near duplicates between them; null where none were looked for.</param>
    public static void Print(IReadOnlyList<(string Side, ImageSet Set)> sides, IReadOnlyList<NearPair>? near)
    {
        var console = Terminal.Out();
        console.Write(Pairs(sides, near));
        if (sides.Any(s => s.Set.Rows.Any(r => r.Label >= 0)))
        {
            Console.Out.WriteLine("images that share pixels or a group with any other side, by class:");
            console.Write(ByClass(sides));
        }

        var found = Guard.Find(sides.SelectMany(s => s.Set.Rows.Select(r => (s.Side, r))));
        foreach (var (side, set) in found.Count > 0 ? sides : [])
        {
            var count = Shared(set, [.. sides.Where(s => s.Side != side).Select(s => s.Set)]).Count;
            Console.Out.WriteLine($"{side}: {Share(count, set.Count)} share pixels or a group with another side");
        }

        Console.Out.WriteLine(found.Count == 0 ? "nothing is shared" : string.Create(CultureInfo.InvariantCulture,
            $"{found.Count(o => o.Kind == "duplicate")} images and {found.Count(o => o.Kind == "group")} groups are on several sides; the "
            + $"first: {found[0].Kind} {found[0].Key} ({string.Join(", ", found[0].Places.Take(4).Select(p => $"{p.Id} in {p.Side}"))})"));
        foreach (var (side, repeats, other) in Guard.Within(sides.SelectMany(s => s.Set.Rows.Select(r => (s.Side, r)))))
        {
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{side}: {repeats} images repeat another of this side, {other} of them with another label"));
        }

        if (near is not null)
        {
            Console.Out.WriteLine(near.Count == 0 ? "no near duplicates" : string.Create(CultureInfo.InvariantCulture,
                $"{Guard.Concerned(near)} near duplicates of images of another side; the nearest: {near[0].Later.Row.Id} in "
                + $"{near[0].Later.Side}, {near[0].Earlier.Row.Id} in {near[0].Earlier.Side} ({near[0].Distance:0.00} of the usual "
                + $"distance)"));
        }
    }

    /// <summary>Ends the command where something is shared.</summary>
    /// <exception cref="DatasetException">It is; the message counts it.</exception>
    public static void Refuse(IReadOnlyList<(string Side, ImageSet Set)> sides, IReadOnlyList<NearPair> near)
    {
        var found = Guard.Find(sides.SelectMany(s => s.Set.Rows.Select(r => (s.Side, r))));
        if (found.Count + near.Count > 0)
        {
            throw new DatasetException(string.Create(CultureInfo.InvariantCulture,
                $"on several sides: {found.Count(o => o.Kind == "duplicate")} images, {found.Count(o => o.Kind == "group")} groups"
                + $"{(near.Count > 0 ? $", {Guard.Concerned(near)} near duplicates" : "")}"));
        }
    }

    private static Table Pairs(IReadOnlyList<(string Side, ImageSet Set)> sides, IReadOnlyList<NearPair>? near)
    {
        const string any = "any other";
        var table = new Table();
        foreach (var column in new[] { "images of", "shared with", "equal pixels", "same group" }.Concat(near is null ? []
            : ["near duplicates"]))
        {
            table.AddColumn(column, c => c.NoWrap());
        }

        foreach (var (side, set) in sides)
        {
            foreach (var with in sides.Select(s => s.Side).Where(s => s != side).Concat(sides.Count > 2 ? [any] : []))
            {
                ImageSet[] others = [.. sides.Where(s => with == any ? s.Side != side : s.Side == with).Select(s => s.Set)];
                var (hashes, groups) = Keys(others);
                List<string> cells = [side.EscapeMarkup(), with.EscapeMarkup(),
                    Share(set.Rows.Count(r => hashes.Contains(r.Sha256)), set.Count),
                        Share(set.Rows.Count(r => groups.Contains(r.Group)), set.Count)];
                if (near is not null)
                {
                    var here = near.Where(p => (p.Earlier.Side == side && Is(p.Later)) || (p.Later.Side == side && Is(p.Earlier)))
                        .Select(p => p.Earlier.Side == side ? p.Earlier : p.Later);
                    cells.Add(Share(here.Distinct().Count(), set.Count));
                }

                table.AddRow([.. cells]);

                bool Is(NearPlace place) => with == any || place.Side == with;
            }
        }

        return table;
    }

    private static Table ByClass(IReadOnlyList<(string Side, ImageSet Set)> sides)
    {
        var table = new Table().AddColumn("class");
        foreach (var (side, _) in sides)
        {
            table.AddColumn(side.EscapeMarkup(), c => c.NoWrap());
        }

        var shared = sides.Select(s => Shared(s.Set, [.. sides.Where(o => o.Side != s.Side).Select(o => o.Set)])).ToList();
        foreach (var name in sides.SelectMany(s => s.Set.Classes).Distinct(StringComparer.Ordinal))
        {
            table.AddRow([name.EscapeMarkup(), .. sides
                .Select((s, i) => Share(shared[i].Count(r => Class(s.Set, r) == name), s.Set.Rows.Count(r => Class(s.Set, r) == name)))]);
        }

        return table.AddRow(["all", .. sides.Select((s, i) => Share(shared[i].Count, s.Set.Count))]);
    }

    private static string? Class(ImageSet set, ImageRow row) => row.Label < 0 ? null : set.Classes[row.Label];

    private static List<ImageRow> Shared(ImageSet set, ImageSet[] others)
    {
        var (hashes, groups) = Keys(others);
        return [.. set.Rows.Where(r => groups.Contains(r.Group) || hashes.Contains(r.Sha256))];
    }

    private static (HashSet<string> Hashes, HashSet<string> Groups) Keys(ImageSet[] sets)
    {
        return (Known(r => r.Sha256), Known(r => r.Group));

        HashSet<string> Known(Func<ImageRow, string> key)
            => sets.SelectMany(s => s.Rows).Select(key).Where(k => k != "").ToHashSet(StringComparer.Ordinal);
    }

    private static string Share(int hits, int n)
        => n == 0 ? "-" : string.Create(CultureInfo.InvariantCulture, $"{hits} of {n} ({100.0 * hits / n:0.0} %)");
}
