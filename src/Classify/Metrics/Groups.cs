namespace Odm.Classify.Metrics;

/// <summary>Names of groups as numbers, in the order of their first occurrence.</summary>
/// <param name="IndexOf">Number of each item's group.</param>
/// <param name="Count">Number of groups.</param>
internal sealed record Groups(int[] IndexOf, int Count)
{
    public static Groups Of(IEnumerable<string> names)
    {
        var index = new Dictionary<string, int>(StringComparer.Ordinal);
        int[] of = [.. names.Select(n => index.TryGetValue(n, out var g) ? g : index[n] = index.Count)];
        return new(of, index.Count);
    }

    /// <summary>Each group once.</summary>
    public int[] Ones() => [.. Enumerable.Repeat(1, Count)];
}
