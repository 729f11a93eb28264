using Odm.Data.Images;
using Odm.Engine.Runtime;

namespace Odm.Data.Splitting;

/// <summary>Gives every image its side: train, val or test. Pure: equal sets, fields and seed give equal sides.</summary>
public static class Splitter
{
    /// <summary>The set with <see cref="ImageRow.Split"/> filled in every row.</summary>
    /// <exception cref="StudyException">The set does not suit the kind of split, or a class has no training image.</exception>
    public static ImageSet Split(ImageSet set, SplitConfig config)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(config);
        var rows = config.Kind switch
        {
            SplitKind.Official => Official(set, config),
            SplitKind.Lists => Official(set.WithRows(SplitLists.Apply(set.Rows, config.Lists!)), config),
            SplitKind.Stratified or SplitKind.Group
                => Drawn(set.Rows, config, [config.Train ?? 1 - config.Val - config.Test, config.Val, config.Test]),
            _ => throw new InvalidOperationException($"no split is called {config.Kind}"),
        };
        var result = set.WithRows(rows);
        RequireTrainingImages(result);
        return result;
    }

    /// <summary>There must be images to train on, of every class where the set has labels.</summary>
    /// <exception cref="StudyException">One has none; the message names it.</exception>
    public static void RequireTrainingImages(ImageSet set)
    {
        ArgumentNullException.ThrowIfNull(set);
        var train = set.OfSplit("train");
        if (train.Count == 0)
        {
            throw new StudyException("the split leaves no training image");
        }
        if (set.Rows.All(r => r.Label < 0))
        {
            return;
        }
        var missing = train.ClassCounts().Select((n, c) => (n, c)).Where(x => x.n == 0).Select(x => x.c).ToArray();
        if (missing.Length > 0)
        {
            var all = set.ClassCounts();
            throw new StudyException("a class without a training image: "
                + string.Join(", ", missing.Select(c => $"{set.Classes[c]} ({all[c]} images in the whole set)")));
        }
    }

    private static ImageRow[] Official(ImageSet set, SplitConfig config)
    {
        var bare = set.Rows.Where(r => r.Split == "").ToArray();
        if (bare.Length == set.Count)
        {
            throw new StudyException("split.kind: official, but the data name no split; must be stratified or group");
        }
        if (bare.Length > 0)
        {
            throw new StudyException($"split.kind: official, but {bare.Length} images have no split, the first {bare[0].Id}");
        }
        var missing = ImageRow.Sides.Where(side => side != "val" && set.Rows.All(r => r.Split != side)).ToArray();
        if (missing.Length > 0)
        {
            throw new StudyException($"split.kind: official, but the data have no {string.Join(" and no ", missing)} images; allowed here "
                + $"are stratified and group");
        }
        if (config.Val == 0 || set.Rows.Any(r => r.Split == "val"))
        {
            return [.. set.Rows];
        }
        // no official validation side: a part of train becomes one
        var train = Enumerable.Range(0, set.Count).Where(i => set.Rows[i].Split == "train").ToArray();
        var divided = Drawn([.. train.Select(i => set.Rows[i])], config, [1 - config.Val, config.Val, 0]);
        var rows = set.Rows.ToArray();
        for (var k = 0; k < train.Length; k++)
        {
            rows[train[k]] = divided[k];
        }
        return rows;
    }

    /// <summary>
    /// Units (groups or single images) of each class, in random order, go where most is missing of that class; those without a label are
    /// one more.
    /// </summary>
    private static ImageRow[] Drawn(IReadOnlyList<ImageRow> rows, SplitConfig config, double[] shares)
    {
        var grouped = rows.Any(r => r.Group != "");
        if (config.Kind == SplitKind.Group && !grouped)
        {
            throw new StudyException("split.kind: group, but the data name no groups (dataset.group_column); allowed here are official "
                + "and stratified");
        }
        if (config.By == SplitUnit.Group && !grouped)
        {
            throw new StudyException("split.by: group, but the data name no groups (dataset.group_column)");
        }
        var whole = config.Kind == SplitKind.Group || (config.By != SplitUnit.Image && grouped);
        var units = Enumerable.Range(0, rows.Count)
            .GroupBy(i => whole && rows[i].Group != "" ? "group " + rows[i].Group : $"image {i}", StringComparer.Ordinal)
            .Select(g => g.ToArray()).ToArray();
        var result = rows.ToArray();
        foreach (var stratum in units.GroupBy(unit => CommonLabel(unit, rows)).OrderBy(s => s.Key))
        {
            var order = stratum.ToArray();
            Rng.For(config.Seed, "split", stratum.Key).Shuffle(order.AsSpan());
            foreach (var (unit, side) in order.Zip(Deal(order, shares)))
            {
                foreach (var i in unit)
                {
                    result[i] = result[i] with { Split = ImageRow.Sides[side] };
                }
            }
        }
        return result;
    }

    /// <summary>
    /// A side for each unit of one class: whichever lacks most images of its share. Of few units the first trains, the second
    /// tests and the third validates, so that a rare class is on every side where it can be.
    /// </summary>
    private static IEnumerable<int> Deal(int[][] units, double[] shares)
    {
        var total = units.Sum(u => u.Length);
        var missing = shares.Select(share => share * total).ToArray();
        var first = new[] { 0, 2, 1 }.Where(side => shares[side] > 0).ToArray();
        for (var u = 0; u < units.Length; u++)
        {
            var side = u < first.Length ? first[u] : Array.IndexOf(missing, missing.Max());
            missing[side] -= units[u].Length;
            yield return side;
        }
    }

    private static int CommonLabel(int[] unit, IReadOnlyList<ImageRow> rows) =>
        unit.GroupBy(i => rows[i].Label).OrderByDescending(g => g.Count()).ThenBy(g => g.Key).First().Key;
}
