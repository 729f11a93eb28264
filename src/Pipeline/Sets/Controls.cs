using System.Globalization;
using Odm.Data.Images;
using Odm.Engine.Runtime;
using Odm.Pipeline.Planning;

namespace Odm.Pipeline.Sets;

/// <summary>Arms that show where a gain comes from: as many images without new ones, synthetic images without their labels.</summary>
internal static class Controls
{
    /// <summary>
    /// Real images once more: of each class as many as planned, in a drawn order, each as often as the next; or <c>per_image</c> times each
    /// image that a draw picks with the plan's probability, the images for which painted ones would be added.
    /// </summary>
    public static ImageSet Copies(ImageSet real, PlannedFit fit)
    {
        int[] indices = fit.Arm.Plan is { PerImage: { } times, Probability: var p }
            ? [.. Enumerable.Range(0, times).SelectMany(_ => Enumerable.Range(0, real.Count).Where(i => Chosen(fit, real.Rows[i].Id, p)))]
            : [.. fit.Arm.Added(real, $"arms.{fit.Name}.plan").SelectMany((count, label) => Repeated(real, label, count, fit.Seed))];
        var chosen = real.Select(indices);
        return chosen
            .WithRows([.. chosen.Rows.Select((r, k) => r
                with { Id = string.Create(CultureInfo.InvariantCulture, $"copy-{k:D5}-{r.Id}") })]);
    }

    /// <summary>
    /// Whether a draw picks a real image, one draw for all arms and sets of a seed (Saragih et al. 2024: with probability .5 each).
    /// </summary>
    public static bool Chosen(PlannedFit fit, string id, double probability)
        => probability >= 1 || Rng.For(fit.Seed, "chosen " + id).NextBool(probability);

    /// <summary>The same images, their labels dealt among them at random: the class counts stay.</summary>
    public static ImageSet Shuffled(ImageSet synthetic, ulong seed)
    {
        var order = Rng.For(seed, "shuffled labels").Permutation(synthetic.Count);
        return synthetic.WithRows([.. synthetic.Rows.Select((r, i) => r with { Label = synthetic.Rows[order[i]].Label })]);
    }

    private static IEnumerable<int> Repeated(ImageSet real, int label, int count, ulong seed)
    {
        int[] sources = [.. Enumerable.Range(0, real.Count).Where(i => real.Rows[i].Label == label)];
        if (sources.Length == 0 && count > 0)
        {
            throw new DatasetException($"class {real.Classes[label]}: {count} copies are planned, but it has no training image");
        }

        var order = Rng.For(seed, "copies", label).Permutation(Math.Max(sources.Length, 1));
        return Enumerable.Range(0, count).Select(k => sources[order[k % sources.Length]]);
    }
}
