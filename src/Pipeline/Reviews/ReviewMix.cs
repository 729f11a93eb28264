using System.Globalization;
using Odm.Data.Images;
using Odm.Engine.Runtime;

namespace Odm.Pipeline.Reviews;

/// <summary>An image that was chosen for a review.</summary>
/// <param name="Set">Name of its set.</param>
/// <param name="Images">The set.</param>
/// <param name="Index">Its place there.</param>
internal sealed record Chosen(string Set, ImageSet Images, int Index)
{
    public ImageRow Row => Images.Rows[Index];

    public bool Generated => Row.Origin == ImageRow.Synthetic;
}

/// <summary>
/// The choice of a review's images: as many real as synthetic ones, of each class as many of both, so that a class says nothing about the
/// origin; of several synthetic sets as many as can be. Drawn with a seed and shuffled.
/// </summary>
internal static class ReviewMix
{
    private const int Usual = 60;

    /// <summary>The images in the order of the page.</summary>
    /// <exception cref="DatasetException">The sets do not belong together, or there are not enough images.</exception>
    public static IReadOnlyList<Chosen> Draw(IReadOnlyList<(string Place, ImageSet Set)> sets, ReviewConfig config)
    {
        Check(sets);
        var all = Named(sets).SelectMany(s => Enumerable.Range(0, s.Set.Count).Select(i => new Chosen(s.Name, s.Set, i))).ToList();
        var real = Drawn(all.Where(c => c.Row.Origin == ImageRow.Real && (config.Side is null || c.Row.Split == config.Side)), config.Seed,
            "review real");
        var generated = Drawn(all.Where(c => c.Generated), config.Seed, "review generated");
        var places = string.Join(", ", sets.Select(s => s.Place));
        if (real.Count == 0 || generated.Count == 0)
        {
            throw new DatasetException(generated.Count == 0 ? $"{places}: no synthetic image; give a set with some beside the real one"
                : $"{places}: no real image{(config.Side is null ? "" : $" of the side {config.Side}")}; give a set with some beside "
                    + "the synthetic one");
        }
        var most = real.Keys().Sum(k => Math.Min(real.Of(k).Count, generated.Of(k).Count));
        var half = config.Count is { } count ? count / 2 : Math.Min(most, Usual / 2);
        if (half > most || half == 0)
        {
            throw new DatasetException(string.Create(CultureInfo.InvariantCulture,
                $"{places}: {2 * most} images can be balanced by origin and "
                + $"class{(config.Count is null ? "; at least 2 are needed" : $"; --count is {config.Count}")}"));
        }
        return Balanced(real, generated, half, config.Seed);
    }

    private static IReadOnlyList<Chosen> Balanced(ByClass real, ByClass generated, int half, ulong seed)
    {
        int[] classes = [.. real.Keys()];
        Rng.For(seed, "review classes").Shuffle(classes.AsSpan());
        var taken = new Dictionary<(string Set, int Label), int>();
        var chosen = new List<Chosen>();
        while (chosen.Count < 2 * half)
        {
            foreach (var k in classes.Where(k => real.Of(k).Count > 0 && generated.Of(k).Count > 0))
            {
                if (chosen.Count == 2 * half)
                {
                    break;
                }
                // of the synthetic sets the one that has had the fewest of the class, then of all; the lists are shuffled
                var next = generated.Of(k).MinBy(c => (taken.GetValueOrDefault((c.Set, k)),
                    taken.Where(t => t.Key.Set == c.Set).Sum(t => t.Value)))!;
                taken[(next.Set, k)] = taken.GetValueOrDefault((next.Set, k)) + 1;
                generated.Of(k).Remove(next);
                chosen.Add(next);
                chosen.Add(real.Of(k)[0]);
                real.Of(k).RemoveAt(0);
            }
        }
        return [.. Rng.For(seed, "review order").Permutation(chosen.Count).Select(i => chosen[i])];
    }

    private static void Check(IReadOnlyList<(string Place, ImageSet Set)> sets)
    {
        var (place, first) = sets[0];
        foreach (var (other, set) in sets)
        {
            if ((set.Channels, set.Height, set.Width) != (first.Channels, first.Height, first.Width))
            {
                throw new DatasetException($"{other}: images of {set.Channels}x{set.Height}x{set.Width}, in {place} of "
                    + $"{first.Channels}x{first.Height}x{first.Width}; a review needs one size, or the size tells the origin");
            }
            if (!set.Classes.SequenceEqual(first.Classes, StringComparer.Ordinal))
            {
                throw new DatasetException($"{other}: classes {string.Join(", ", set.Classes)}; in {place} they are "
                    + $"{string.Join(", ", first.Classes)}; must be the same");
            }
        }
    }

    // a set is called by its folder; where folders have one name, or all are called set as in a run, by their paths
    private static IEnumerable<(string Name, ImageSet Set)> Named(IReadOnlyList<(string Place, ImageSet Set)> sets)
    {
        string[] names = [.. sets.Select(s => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(s.Place))))];
        var whole = names.Distinct(StringComparer.Ordinal).Count() < names.Length;
        return sets.Select((s, i) => (whole ? s.Place : names[i], s.Set));
    }

    private static ByClass Drawn(IEnumerable<Chosen> images, ulong seed, string purpose)
    {
        // equal pixels count once
        Chosen[] once = [.. images.DistinctBy(c => c.Row.Sha256)];
        Rng.For(seed, purpose).Shuffle(once.AsSpan());
        return new(once.GroupBy(c => c.Row.Label).ToDictionary(g => g.Key, g => g.ToList()));
    }

    private sealed class ByClass(Dictionary<int, List<Chosen>> images)
    {
        private static readonly List<Chosen> None = [];

        public int Count => images.Values.Sum(l => l.Count);

        public IEnumerable<int> Keys() => images.Keys.Order();

        public List<Chosen> Of(int label) => images.GetValueOrDefault(label, None);
    }
}
