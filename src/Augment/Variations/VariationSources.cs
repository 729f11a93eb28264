using System.Globalization;
using System.Text.RegularExpressions;
using Odm.Augment.Generators;
using Odm.Data.Images;
using Odm.Engine.Runtime;

namespace Odm.Augment.Variations;

/// <summary>Chooses the real image that a variation is made from, by the variation's own seed.</summary>
internal sealed partial class VariationSources
{
    private readonly int[][] ofClass; // places of the images of each class
    private readonly int[][] from;    // classes that each class takes its sources from

    /// <summary>Of training images.</summary>
    /// <param name="images">The images, with at least as many classes as will be asked for.</param>
    /// <param name="settings">Which class the sources are of.</param>
    public VariationSources(ImageSet images, VariationSampling settings)
    {
        ofClass = [.. images.Classes.Select((_, k) => Enumerable.Range(0, images.Count).Where(i => images.Rows[i].Label == k).ToArray())];
        var order = settings.Towards == VariationTarget.Same ? null : Order(images.Classes, settings.Grades)!;
        from = [.. images.Classes.Select((_, k) => (order is null ? [k] : Beside(order, k)).Where(c => ofClass[c].Length > 0).ToArray())];
    }

    /// <summary>Refuses a plan that asks for variations of a class that has no sources.</summary>
    /// <exception cref="DatasetException">There are none; the line names the class.</exception>
    public void Demand(IReadOnlyList<int> counts, IReadOnlyList<string> classes, VariationTarget towards)
    {
        for (var k = 0; k < counts.Count; k++)
        {
            if (counts[k] > 0 && from[k].Length == 0)
            {
                throw new DatasetException($"class {classes[k]}: {counts[k]} variations are planned, but "
                    + (towards == VariationTarget.Same ? "it has no training image" : "no class next to it has a training image"));
            }
        }
    }

    /// <summary>Place of the source of a variation: each image of its classes equally often, of two neighbours each as often.</summary>
    public int Of(SampleRequest request)
    {
        var rng = Rng.For(request.Seed, "source");
        var classes = from[request.Label];
        var places = ofClass[classes[rng.NextInt(classes.Length)]];
        return places[rng.NextInt(places.Length)];
    }

    /// <summary>
    /// The classes in the order of their severity: as given, else by the whole number that each name holds, all different; null where there
    /// is neither.
    /// </summary>
    public static int[]? Order(IReadOnlyList<string> classes, IReadOnlyList<string>? grades)
    {
        if (grades is not null)
        {
            return grades.Count == classes.Count && grades.ToHashSet(StringComparer.Ordinal).SetEquals(classes)
                ? [.. grades.Select(g => classes.ToList().IndexOf(g))] : null;
        }
        var numbers = classes.Select(c => Digits().Matches(c)).ToList();
        if (classes.Count < 2 || numbers.Any(m => m.Count != 1 || m[0].Length > 9))
        {
            return null;
        }
        int[] values = [.. numbers.Select(m => int.Parse(m[0].Value, CultureInfo.InvariantCulture))];
        return values.Distinct().Count() < values.Length ? null : [.. Enumerable.Range(0, values.Length).OrderBy(i => values[i])];
    }

    private static int[] Beside(int[] order, int label)
    {
        var at = Array.IndexOf(order, label);
        return [.. new[] { at - 1, at + 1 }.Where(i => i >= 0 && i < order.Length).Select(i => order[i])];
    }

    [GeneratedRegex("[0-9]+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Digits();
}
