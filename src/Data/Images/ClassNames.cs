using System.Globalization;

namespace Odm.Data.Images;

/// <summary>
/// Names of classes as files write them: equal numbers are one class, however they are written, and so are texts whose letters are
/// composed or decomposed (é as one character, or as e and an accent).
/// </summary>
public static class ClassNames
{
    /// <summary>
    /// What two names of one class have in common: <c>1</c>, <c>1.0</c> and <c>+1</c> have one key; a text is its own, its letters
    /// decomposed.
    /// </summary>
    public static string Key(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Number(name) is { } number ? "#" + (number == 0 ? 0 : number).ToString("R", CultureInfo.InvariantCulture)
            : NameForm.Of(name);
    }

    /// <summary>Whether a cell says that there is no value, as pandas writes it; an empty one does too.</summary>
    public static bool IsMissing(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Length == 0 || name is "NaN" or "nan" or "NAN" or "<NA>";
    }

    /// <summary>
    /// A name for each class that is found, the shortest of those that are equal, whole numbers without <c>.0</c>; by value where all are
    /// numbers, else by character code.
    /// </summary>
    public static IReadOnlyList<string> Of(IEnumerable<string> found)
    {
        ArgumentNullException.ThrowIfNull(found);
        var names = found.Select(Whole).Distinct(StringComparer.Ordinal).GroupBy(Key, StringComparer.Ordinal)
            .Select(g => g.OrderBy(n => n.Length).ThenBy(n => n, StringComparer.Ordinal).First()).ToArray();
        return names.All(n => Number(n) is not null)
            ? [.. names.OrderBy(n => Number(n)).ThenBy(n => n, StringComparer.Ordinal)]
            : [.. names.Order(StringComparer.Ordinal)];
    }

    /// <summary>Two names that differ in upper and lower case alone; null where there are none.</summary>
    public static (string First, string Second)? DifferInCase(IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        var alike = names.Distinct(StringComparer.Ordinal).GroupBy(n => n, StringComparer.OrdinalIgnoreCase)
            .FirstOrDefault(g => g.Skip(1).Any() && g.Select(Key).Distinct(StringComparer.Ordinal).Skip(1).Any())?
            .Order(StringComparer.Ordinal).ToArray();
        return alike is null ? null : (alike[0], alike[1]);
    }

    // pandas writes whole numbers as 1.0 where a cell of their column is empty
    private static string Whole(string name)
        => Number(name) is not null && name.IndexOf('.', StringComparison.Ordinal) is > 0 and var point
            && name.AsSpan(point + 1).IndexOfAnyExcept('0') < 0 ? name[..point] : name;

    private static double? Number(string text)
        => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value : null;
}
