using System.Globalization;
using Odm.Data;
using Spectre.Console;

namespace Odm.Pipeline;

/// <summary>What <c>odm data guard</c> prints: for each pair of sides how many images of one share pixels or a group with the other.</summary>
internal static class GuardTable
{
    /// <summary>Prints the table.</summary>
    /// <param name="sets">Sets by name; a single one is taken apart by its own sides.</param>
    public static void Print(IReadOnlyList<(string Name, ImageSet Set)> sets)
    {
        var rows = sets.Count == 1
            ? sets[0].Set.Rows.Select(r => (Side: r.Split == "" ? "no side" : r.Split, Row: r)).ToList()
            : [.. sets.SelectMany(s => s.Set.Rows.Select(r => (Side: s.Name, Row: r)))];
        var classes = sets.SelectMany(s => s.Set.Classes).Distinct(StringComparer.Ordinal).ToList();
        var sides = rows.Select(r => r.Side).Distinct(StringComparer.Ordinal).ToList();
        var table = new Table().AddColumns("images of", "shared with", "equal pixels", "same group");
        table.AddColumns([.. classes.Select(c => c.EscapeMarkup())]);
        const string any = "any other";
        foreach (var (of, with) in sides.SelectMany(a => sides.Where(b => b != a).Concat(sides.Count > 2 ? [any] : []).Select(b => (a, b))))
        {
            var other = rows.Where(r => with == any ? r.Side != of : r.Side == with).Select(r => r.Row).ToList();
            var hashes = other.Select(r => r.Sha256).ToHashSet(StringComparer.Ordinal);
            var groups = other.Select(r => r.Group).Where(g => g != "").ToHashSet(StringComparer.Ordinal);
            var own = rows.Where(r => r.Side == of).Select(r => r.Row).ToList();
            var shared = own.Where(r => groups.Contains(r.Group) || hashes.Contains(r.Sha256)).ToList();
            table.AddRow([of.EscapeMarkup(), with.EscapeMarkup(), Share(own.Count(r => hashes.Contains(r.Sha256)), own.Count), Share(own.Count(r => groups.Contains(r.Group)), own.Count),
                .. classes.Select((_, k) => Share(shared.Count(r => r.Label == k), own.Count(r => r.Label == k)))]);
        }

        var console = Terminal.Out();
        console.Write(table);
        var found = Guard.Find(rows);
        Console.Out.WriteLine(found.Count == 0 ? "nothing is shared" : string.Create(CultureInfo.InvariantCulture,
            $"{found.Count(o => o.Kind == "duplicate")} images and {found.Count(o => o.Kind == "group")} groups are on several sides; the first: {found[0].Kind} {found[0].Key} ({string.Join(", ", found[0].Places.Take(4).Select(p => $"{p.Id} in {p.Side}"))})"));
    }

    private static string Share(int hits, int n) => n == 0 ? "-" : string.Create(CultureInfo.InvariantCulture, $"{hits}/{n} ({100.0 * hits / n:0.0} %)");
}
