using Odm.Data.Images;
using Odm.Engine.Runtime;

namespace Odm.Data.Import;

/// <summary>The class names of a data set: those declared, or those found. Equal numbers are one class.</summary>
internal sealed class ClassList
{
    private readonly Dictionary<string, int> index;

    /// <param name="declared">Names in order; empty: <paramref name="found"/> sorted, as numbers where all are numbers.</param>
    /// <param name="found">All label values.</param>
    /// <param name="where">What names them, for messages.</param>
    /// <exception cref="DatasetException">Names that are found differ in case alone, and none are declared.</exception>
    public ClassList(IReadOnlyList<string> declared, IEnumerable<string> found, string where)
    {
        Names = declared.Count > 0 ? declared : ClassNames.Of(found.Where(name => !ClassNames.IsMissing(name)));
        if (declared.Count == 0 && ClassNames.DifferInCase(Names) is { } pair)
        {
            throw new DatasetException($"{where}: the classes \"{pair.First}\" and \"{pair.Second}\" differ in case alone; write them "
                + $"alike, or name both in dataset.classes (--classes)");
        }
        index = Names.Select((name, i) => (Key: ClassNames.Key(name), i)).ToDictionary(x => x.Key, x => x.i, StringComparer.Ordinal);
    }

    public IReadOnlyList<string> Names { get; }

    /// <exception cref="DatasetException">The value is not one of the names; the message begins with <paramref name="where"/> (file and
    /// row).</exception>
    public int Of(string value, string where) => index.TryGetValue(ClassNames.Key(value), out var label)
        ? label
        : throw new DatasetException($"{where}: label \"{value}\" is not one of the classes {string.Join(", ", Names)}");
}

/// <summary>Names of a split's sides as data sets write them.</summary>
internal static class SideNames
{
    private static readonly string[] Ends = ["set", "data"];

    /// <summary>train, val or test, also of names such as <c>training_set</c> and <c>test-data</c>; null for anything else.</summary>
    public static string? Parse(string name)
    {
        var word = name.Trim().ToLowerInvariant();
        var cut = word.LastIndexOfAny(['_', '-', ' ']);
        return Side(cut > 0 && Ends.Contains(word[(cut + 1)..]) ? word[..cut] : word);
    }

    private static string? Side(string word) => word switch
    {
        "train" or "training" => "train",
        "val" or "valid" or "validation" => "val",
        "test" or "testing" => "test",
        _ => null,
    };
}
