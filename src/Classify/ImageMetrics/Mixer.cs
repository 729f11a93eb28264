using System.Globalization;
using Odm.Classify.Features;
using Odm.Data.Images;

namespace Odm.Classify.ImageMetrics;

/// <summary>Draws the samples that are compared with a real set, in one class mix, and says what it had to leave out.</summary>
internal sealed class Mixer(ImageSet real, ImageMetricsConfig config)
{
    /// <summary>What was left out; a line each.</summary>
    public List<string> Warnings { get; } = [];

    /// <summary>The two halves of the real and the two of the synthetic images, in this order.</summary>
    public IReadOnlyList<Strata> Halves(FeatureMatrix realFeatures, ImageSet synthetic, FeatureMatrix syntheticFeatures, bool byClass)
    {
        var (a, b) = Part(real, realFeatures, byClass).Halves(config.Seed, "halves, real");
        var (first, second) = Part(synthetic, syntheticFeatures, byClass).Halves(config.Seed, "halves, synthetic");
        return [a, b, first, second];
    }

    /// <summary>The images of a set, by class or as one stratum.</summary>
    public Strata Part(ImageSet set, FeatureMatrix matrix, bool byClass)
        => byClass ? Strata.ByClass(set, matrix, real.Classes) : Strata.Whole(set, matrix);

    /// <summary>
    /// Samples of one class mix; as large as the smallest side and in the sets' own shares where there are no classes, or where no class
    /// has
    /// <see cref="Samples.Least"/> images on every side.
    /// </summary>
    /// <param name="rows">The rows that they give, for warnings.</param>
    /// <param name="side">What must hold that many images, for warnings.</param>
    /// <param name="sets">Sets behind the strata, by name.</param>
    /// <param name="strata">The strata, by class or not.</param>
    public Samples Draw(string rows, string side, IReadOnlyList<(string Name, ImageSet Set)> sets, Func<bool, IReadOnlyList<Strata>> strata)
    {
        if (real.Classes.Count < 2)
        {
            return Samples.Of(strata(false), 0, "", [], config.Seed, rows);
        }
        var (classes, parts) = (real.Classes, strata(true));
        if (Samples.Mixed(parts, real.ClassCounts(), classes, config, rows) is not { } mixed)
        {
            Warnings.Add($"{rows}: no class has {Samples.Least} images in {side}: the sets are compared in their own class shares, and "
                + $"the values are of these shares too");
            return Samples.Of(strata(false), 0, "pooled", classes, config.Seed, rows);
        }
        string[] scarce = [.. Enumerable.Range(0, classes.Count)
            .Where(k => !mixed.Classes.Contains(classes[k], StringComparer.Ordinal) && sets.Any(s => Count(s.Set, k) > 0))
            .Select(k => $"{classes[k]} ("
                + $"{string.Join(", ", sets.Select(s => string.Create(CultureInfo.InvariantCulture, $"{Count(s.Set, k)} {s.Name}")))})")];
        if (scarce.Length > 0)
        {
            Warnings.Add($"{rows}: left out {(scarce.Length == 1 ? "is class" : "are classes")} {string.Join(", ", scarce)}: fewer than "
                + $"{Samples.Least} images in {side}");
        }
        return mixed;
    }

    // of a set with other classes none has a label that counts
    private int Count(ImageSet set, int label)
        => set.Classes.SequenceEqual(real.Classes, StringComparer.Ordinal) ? set.Rows.Count(r => r.Label == label) : 0;
}
