using Odm.Data.Images;
using Odm.Engine.Runtime;

namespace Odm.Data.Import;

/// <summary>What images do that are in one side under several labels.</summary>
public enum Contradictions
{
    /// <summary>The import stops.</summary>
    Refuse,

    /// <summary>All of them are left out, and counted.</summary>
    Exclude,

    /// <summary>They are kept, and counted.</summary>
    Report,
}

/// <summary>Equal images within a side (of a set without sides: within it); those of several sides are the guard's.</summary>
internal static class Repeats
{
    /// <summary>The set, less what <paramref name="contradictions"/> excludes; repeats are noted.</summary>
    /// <exception cref="DatasetException">An image has several labels, and that is to be refused; the message names two and counts the
    /// others.</exception>
    public static ImageSet Checked(ImageSet set, Contradictions contradictions, LeftOutList left)
    {
        var repeated = Enumerable.Range(0, set.Count).Where(i => set.Rows[i].Origin == ImageRow.Real)
            .GroupBy(i => (set.Rows[i].Split, set.Rows[i].Sha256)).Select(g => g.ToArray()).Where(g => g.Length > 1).ToArray();
        foreach (var i in repeated.SelectMany(g => g.Skip(1)))
        {
            left.Add(LeftOutKind.Repeated, set.Rows[i].Id);
        }
        foreach (var i in repeated.Where(g => !SameMask(set, g)).SelectMany(g => g))
        {
            left.Add(LeftOutKind.Contradicting, set.Rows[i].Id);
        }
        var torn = repeated.Where(g => g.Select(i => set.Rows[i].Label).Distinct().Count() > 1).ToArray();
        if (torn.Length > 0 && contradictions == Contradictions.Refuse)
        {
            var (a, b) = (set.Rows[torn[0][0]], set.Rows[torn[0].First(i => set.Rows[i].Label != set.Rows[torn[0][0]].Label)]);
            var what = Name(a) == Name(b) ? $"{Name(a)}: comes twice, with the labels"
                : $"{Name(a)} and {Name(b)}: the same image with the labels";
            throw new DatasetException($"{what} {Label(set, a)} and {Label(set, b)}{UserException.Others(torn.Length)}; correct them, or "
                + $"choose what to do by dataset.contradictions (--contradictions): exclude or report");
        }
        foreach (var i in torn.SelectMany(g => g))
        {
            left.Add(contradictions == Contradictions.Exclude ? LeftOutKind.Excluded : LeftOutKind.Contradicting, set.Rows[i].Id);
        }
        if (torn.Length == 0 || contradictions == Contradictions.Report)
        {
            return set;
        }
        var excluded = torn.SelectMany(g => g).ToHashSet();
        return excluded.Count < set.Count ? set.Select([.. Enumerable.Range(0, set.Count).Where(i => !excluded.Contains(i))])
            : throw new DatasetException("every image has several labels; nothing is left");
    }

    private static bool SameMask(ImageSet set, int[] images)
        => !set.HasMasks || images.Skip(1).All(i => set.Mask(i).SequenceEqual(set.Mask(images[0])));

    private static string Label(ImageSet set, ImageRow row) => row.Label < 0 ? "(none)" : set.Classes[row.Label];

    private static string Name(ImageRow row) => row.Source != "" ? row.Source : row.Id;
}
