using System.Globalization;
using Odm.Data.Images;
using Odm.Data.Splitting;
using Odm.MLNet.Views;

namespace Odm.MLNet.Trainers;

/// <summary>The rows that a network learns from and those that choose its weights.</summary>
internal static class TrainingSides
{
    /// <summary>
    /// Rows whose Split is <c>val</c> validate; where there are none, a share of the real ones. Synthetic rows never validate, and copies
    /// of validation images do not train.
    /// </summary>
    /// <param name="reader">The view.</param>
    /// <param name="share">Share of the real rows.</param>
    /// <param name="seed">Seed of the drawing.</param>
    /// <param name="folder">Receives the images.</param>
    public static (ImageSet Train, ImageSet Val) Of(ImageReader reader, double share, ulong seed, string folder)
    {
        if (!(share is > 0 and < 1))
        {
            var given = share.ToString(CultureInfo.InvariantCulture);
            throw new ArgumentException($"validation share: {given}; must be above 0 and below 1");
        }
        var all = reader.Of("train", "val").Save(Path.Combine(folder, "images"));
        int[] real = [.. Enumerable.Range(0, all.Count).Where(i => all.Rows[i].Origin == ImageRow.Real)];
        var marked = real.Where(i => all.Rows[i].Split == "val").ToList();
        var held = marked.Count > 0 ? [.. marked] : Drawn(all.Select(real), share, seed).Select(k => real[k]).ToHashSet();
        var ids = held.Select(i => all.Rows[i].Id).ToHashSet(StringComparer.Ordinal);
        int[] train = [.. Enumerable.Range(0, all.Count).Where(i => !held.Contains(i) && all.Rows[i].Split != "val"
            && !Sources(all.Rows[i]).Any(ids.Contains))];
        return (all.Select(train), all.Select([.. held.Order()]));
    }

    // several sources are separated by blanks, but one's id may hold a blank too
    private static IEnumerable<string> Sources(ImageRow row)
        => row.Provenance is { SourceIds: var sources } ? sources.Split(' ').Append(sources) : [];

    private static IEnumerable<int> Drawn(ImageSet real, double share, ulong seed)
    {
        // a part of a cross-validation may lack a class, which a study's split refuses
        var present = real.Rows.Select(r => r.Label).Where(l => l >= 0).Distinct().Order().ToList();
        var rows = real.Rows.Select(r => r with { Label = present.IndexOf(r.Label), Sha256 = "-" }).ToArray();
        var facts = ImageSet.FromPixels(new byte[rows.Length], 1, 1, 1, rows, [.. present.Select(l => real.Classes[l])]);
        var split = Splitter.Split(facts, new() { Kind = SplitKind.Stratified, Val = share, Test = 0, Seed = seed });
        return Enumerable.Range(0, split.Count).Where(i => split.Rows[i].Split == "val");
    }
}
