using Odm.Data.Images;
using Odm.Engine.Runtime;

namespace Odm.Data.Splitting;

/// <summary>
/// Which image a line of a list means. The whole line is tried as a name, then less and less of its words (labels may follow a name). A
/// name is a path, whole or the end of one, or a base name that one image has; with or without an extension, by <c>/</c> or <c>\</c>, with
/// or without a number and an underscore in front (<c>1_ISIC_0028297.jpg</c>).
/// </summary>
internal sealed class ListedNames
{
    private readonly IReadOnlyList<string> places; // with extension
    private readonly ILookup<string, int> byName; // file names with and without extension

    public ListedNames(IReadOnlyList<ImageRow> rows)
    {
        places = [.. rows.Select(r => Form(r.Source))];
        byName = Enumerable.Range(0, rows.Count).SelectMany(i => new[] { Path.GetFileName(places[i]), Bare(Path.GetFileName(places[i])) }
            .Distinct(StringComparer.Ordinal), (i, name) => (i, name)).ToLookup(x => x.name, x => x.i, StringComparer.Ordinal);
    }

    /// <summary>The rows of the image that a line means: several where a set holds it several times; null where there is none.</summary>
    /// <exception cref="DatasetException">Several images may be meant; begins with <paramref name="where"/>.</exception>
    public IReadOnlyList<int>? Find(string line, string where)
    {
        var words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        for (var n = words.Length; n > 0 && !words[n..].Any(IsFile); n--)
        {
            var name = n == words.Length ? line.Trim() : string.Join(' ', words[..n]);
            if (Meant(Form(name), where) is { } found)
            {
                return found;
            }
        }
        return null;
    }

    private int[]? Meant(string name, string where)
    {
        var last = Path.GetFileName(name);
        foreach (var word in new[] { last, Bare(last), Unnumbered(last), Bare(Unnumbered(last)) }.Distinct(StringComparer.Ordinal))
        {
            int[] found = [.. byName[word]];
            if (found.Length == 0)
            {
                continue;
            }
            var folder = name[..^last.Length];
            foreach (var closer in new Func<int, bool>[] { i => places[i] == folder + Path.GetFileName(places[i]),
                i => Ends(Folder(places[i]), folder), i => Path.GetFileName(places[i]) == last })
            {
                found = found.Any(closer) ? [.. found.Where(closer)] : found;
            }
            return found.Select(i => places[i]).Distinct(StringComparer.Ordinal).Count() == 1 ? found
                : throw new DatasetException($"{where}: {name} may be {places[found[0]]} or "
                    + $"{places[found.First(i => places[i] != places[found[0]])]}; give the path");
        }
        return null;
    }

    // of two folders one is the end of the other
    private static bool Ends(string a, string b)
        => a.Length > 0 && b.Length > 0 && ("/" + a).EndsWith("/" + b, StringComparison.Ordinal)
            || ("/" + b).EndsWith("/" + a, StringComparison.Ordinal) && a.Length > 0;

    private static string Folder(string place) => place[..^Path.GetFileName(place).Length];

    private static string Form(string name) => NameForm.Of(name.Trim().Replace('\\', '/'));

    private static string Bare(string name) => Path.GetFileNameWithoutExtension(name);

    // 1_ISIC_0028297.jpg, where 1 is a class
    private static string Unnumbered(string name)
        => name.IndexOf('_', StringComparison.Ordinal) is > 0 and var end && name.AsSpan(0, end).IndexOfAnyExceptInRange('0', '9') < 0
            ? name[(end + 1)..] : name;

    // a word that ends a name of several words, not a label
    private static bool IsFile(string word) => Path.GetExtension(word) is [_, var first, ..] && char.IsAsciiLetter(first);
}
