using System.Globalization;
using Odm.Classify.Features;

namespace Odm.Classify.ImageMetrics;

/// <summary>Samples of one number of images and one class mix, which are compared with each other.</summary>
/// <param name="Drawn">In the order of the strata that they were drawn from.</param>
/// <param name="Mix"><c>equal</c>, <c>natural</c>; <c>pooled</c> where there are classes but too few images of each; empty where there are
/// no classes.</param>
/// <param name="Classes">Names of the classes in the mix.</param>
internal sealed record Samples(IReadOnlyList<Sample> Drawn, string Mix, IReadOnlyList<string> Classes)
{
    /// <summary>Images of a class that every side must have, for the class to stand in the mix.</summary>
    public const int Least = 10;

    /// <summary>Images in each of the samples.</summary>
    public int Count => Drawn[0].Count;

    /// <summary>The samples of a mix; null where no class has <see cref="Least"/> images on every side.</summary>
    /// <param name="strata">What is drawn from, by class.</param>
    /// <param name="real">Images of each class in the real set.</param>
    /// <param name="classes">Names.</param>
    /// <param name="config">Mix and seed.</param>
    /// <param name="purpose">Of the draw.</param>
    public static Samples? Mixed(IReadOnlyList<Strata> strata, IReadOnlyList<int> real, IReadOnlyList<string> classes,
        ImageMetricsConfig config, string purpose)
    {
        var counts = Counts(config.ClassMix, Available(strata), real);
        return counts.Any(c => c > 0) ? Draw(strata, counts, Word(config.ClassMix), [.. classes.Where((_, k) => counts[k] > 0)],
            config.Seed, purpose) : null;
    }

    /// <summary>A mix as rows and study files spell it.</summary>
    public static string Word(ClassMix mix) => mix == ClassMix.Equal ? "equal" : "natural";

    /// <summary>As many images of one stratum as every side has.</summary>
    public static Samples Of(IReadOnlyList<Strata> strata, int stratum, string mix, IReadOnlyList<string> classes, ulong seed,
        string purpose)
    {
        var counts = new int[strata[0].Classes.Count];
        counts[stratum] = Available(strata)[stratum];
        return Draw(strata, counts, mix, classes, seed, purpose);
    }

    /// <summary>Images of each class that every side has.</summary>
    public static int[] Available(IReadOnlyList<Strata> strata)
        => [.. strata[0].Classes.Select((_, k) => strata.Min(s => s.Classes[k].Count))];

    /// <summary>Images of each class in a sample: as many as the mix allows, none of classes with fewer than <see cref="Least"/>.</summary>
    /// <param name="mix">The shares: equal, or those of <paramref name="real"/>, rounded down.</param>
    /// <param name="available">Images of each class that every side has.</param>
    /// <param name="real">Images of each class in the real set.</param>
    public static int[] Counts(ClassMix mix, IReadOnlyList<int> available, IReadOnlyList<int> real)
    {
        var share = real.Select((n, k) => available[k] < Least ? 0L : mix == ClassMix.Equal ? 1 : n).ToArray();
        if (share.All(s => s == 0))
        {
            return new int[available.Count];
        }
        // this class is used up
        var scarce = Enumerable.Range(0, share.Length).Where(k => share[k] > 0).MinBy(k => (double)available[k] / share[k]);
        return [.. share.Select(s => (int)(available[scarce] * s / share[scarce]))];
    }

    private static Samples Draw(IReadOnlyList<Strata> strata, IReadOnlyList<int> counts, string mix, IReadOnlyList<string> classes,
        ulong seed, string purpose) =>
        new([.. strata.Select((s, side) => s.Draw(counts, seed,
            string.Create(CultureInfo.InvariantCulture, $"{purpose}, sample {side}")))], mix, classes);
}
