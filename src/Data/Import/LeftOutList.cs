using Odm.Data.Images;

namespace Odm.Data.Import;

/// <summary>Collects what an import leaves out; for one thread.</summary>
internal sealed class LeftOutList
{
    private readonly SortedDictionary<LeftOutKind, (int Count, string First)> found = [];

    /// <summary>Notes one more; <paramref name="name"/> is its place below the data set's folder.</summary>
    public void Add(LeftOutKind kind, string name)
    {
        var (count, first) = found.GetValueOrDefault(kind, (0, name));
        found[kind] = (count + 1, string.CompareOrdinal(name, first) < 0 ? name : first);
    }

    /// <summary>What an imported set says already.</summary>
    public void Add(LeftOut known) => found[known.Kind] = (known.Count, known.First);

    /// <summary>Everything, in the order of the kinds.</summary>
    public IReadOnlyList<LeftOut> All => [.. found.Select(f => new LeftOut(f.Key, f.Value.Count, f.Value.First))];

    /// <summary>One line; null where nothing was left out.</summary>
    public static string? Line(IReadOnlyList<LeftOut> all) => all.Count == 0 ? null
        : "left out or changed: " + string.Join("; ", all);
}
