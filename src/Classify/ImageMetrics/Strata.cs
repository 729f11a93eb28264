using System.Globalization;
using Odm.Classify.Features;
using Odm.Data.Images;
using Odm.Engine.Runtime;

namespace Odm.Classify.ImageMetrics;

/// <summary>A sample by class: what samples of a given class mix are drawn from. Without classes it is one stratum.</summary>
/// <param name="Classes">The images of each class.</param>
internal sealed record Strata(IReadOnlyList<Sample> Classes)
{
    /// <summary>Images of each class.</summary>
    public int[] Counts => [.. Classes.Select(c => c.Count)];

    /// <summary>All images of a set as one stratum.</summary>
    public static Strata Whole(ImageSet set, FeatureMatrix matrix) => new([Sample.Of(set, matrix)]);

    /// <summary>
    /// A stratum a class; images without a label are in none, and where the set's classes are others than <paramref name="classes"/>, none
    /// is in any.
    /// </summary>
    public static Strata ByClass(ImageSet set, FeatureMatrix matrix, IReadOnlyList<string> classes)
    {
        var (all, known) = (Sample.Of(set, matrix), set.Classes.SequenceEqual(classes, StringComparer.Ordinal));
        return new([.. classes.Select((_, label) => all
            .At(Enumerable.Range(0, known ? set.Count : 0).Where(i => set.Rows[i].Label == label)))]);
    }

    /// <summary>
    /// Two halves, even in every class as far as whole groups allow; of an odd number the first has one more. Where one group holds over a
    /// quarter of a class's images, that class is halved image by image: a few large groups cannot be.
    /// </summary>
    public (Strata First, Strata Second) Halves(ulong seed, string purpose)
    {
        var units = Classes.SelectMany((sample, k) => Keys(sample, k).Select((key, place) => (key, k, place)))
            .GroupBy(i => i.key, i => (Class: i.k, Place: i.place), StringComparer.Ordinal).Select(g => g.ToArray()).ToArray();
        Rng.For(seed, purpose).Shuffle(units.AsSpan());
        var lead = new int[Classes.Count]; // images of each class that the first half has more
        var (first, second) = (Classes.Select(_ => new List<int>()).ToArray(), Classes.Select(_ => new List<int>()).ToArray());
        foreach (var unit in units)
        {
            var sizes = unit.CountBy(i => i.Class).ToArray();
            // unevenness if it goes to the first, less that of the second
            var gain = sizes.Sum(s => Math.Abs(lead[s.Key] + s.Value) - Math.Abs(lead[s.Key] - s.Value));
            var sign = gain < 0 || (gain == 0 && lead.Sum() <= 0) ? 1 : -1;
            foreach (var (label, place) in unit)
            {
                (sign > 0 ? first : second)[label].Add(place);
                lead[label] += sign;
            }
        }
        return (Of(first), Of(second));

        Strata Of(List<int>[] places) => new([.. Classes.Select((c, k) => c.At(places[k].Order()))]);
    }

    /// <summary>
    /// So many images of each class, drawn without replacement, one class after the other: in two samples of equal counts the images at a
    /// place are of one class, so that drawing the same places from both keeps their mixes equal.
    /// </summary>
    public Sample Draw(IReadOnlyList<int> counts, ulong seed, string purpose) =>
        Sample.Join([.. Classes.Select((c, k) => c.AtMost(counts[k], seed,
            string.Create(CultureInfo.InvariantCulture, $"{purpose}, class {k}")))]);

    private static IEnumerable<string> Keys(Sample sample, int label) =>
        sample.Groups.Length > 0 && sample.Groups.CountBy(g => g, StringComparer.Ordinal).Max(g => g.Value) is > 1 and var most
        && most > sample.Count / 4
            ? sample.Groups.Select((_, place) => string.Create(CultureInfo.InvariantCulture, $"alone {label} {place}"))
            : sample.Groups;
}
