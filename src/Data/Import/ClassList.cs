using System.Globalization;
using Odm.Engine.Runtime;

namespace Odm.Data.Import;

/// <summary>The class names of a data set: those declared, or those found.</summary>
internal sealed class ClassList
{
    private readonly Dictionary<string, int> index;

    /// <param name="declared">Names in order; empty: <paramref name="found"/> sorted, as numbers where all are numbers.</param>
    /// <param name="found">All label values.</param>
    public ClassList(IReadOnlyList<string> declared, IEnumerable<string> found)
    {
        Names = declared.Count > 0 ? declared : Sort(found.Distinct(StringComparer.Ordinal));
        index = Names.Select((name, i) => (name, i)).ToDictionary(x => x.name, x => x.i, StringComparer.Ordinal);
    }

    public IReadOnlyList<string> Names { get; }

    /// <exception cref="DatasetException">The value is not one of the names; the message begins with <paramref name="where"/> (file and
    /// row).</exception>
    public int Of(string value, string where) => index.TryGetValue(value, out var label)
        ? label
        : throw new DatasetException($"{where}: label \"{value}\" is not one of the classes {string.Join(", ", Names)}");

    private static string[] Sort(IEnumerable<string> names)
    {
        var all = names.ToArray();
        return all.All(n => Number(n) is not null)
            ? [.. all.OrderBy(n => Number(n)).ThenBy(n => n, StringComparer.Ordinal)]
            : [.. all.Order(StringComparer.Ordinal)];
    }

    private static double? Number(string text)
        => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : null;
}

/// <summary>Names of a split's sides as data sets write them.</summary>
internal static class SideNames
{
    /// <summary>train, val or test; null for anything else.</summary>
    public static string? Parse(string name) => name.Trim().ToLowerInvariant() switch
    {
        "train" or "training" => "train",
        "val" or "valid" or "validation" => "val",
        "test" or "testing" => "test",
        _ => null,
    };
}
