using Odm.Classify.Metrics;
using Odm.Data.Images;
using Odm.Data.Import;
using Odm.Data.Phantom;
using Odm.Pipeline.Results;

namespace Odm.Pipeline.Sets;

/// <summary>
/// Generated phantoms against truth: the fixed rule that reads a drawn image's grade reads the generated ones. Nothing is
/// fitted, so what it finds the generator has learnt.
/// </summary>
internal static class Truth
{
    /// <summary>
    /// <c>disc_found</c>, <c>spearman</c> (asked grade against the rule's), <c>grade_agreement</c> of a synthetic set, with 95 % intervals.
    /// </summary>
    public static IReadOnlyList<Fact> Of(ImageSet synthetic) => synthetic.HasMasks ? OfMasks(synthetic) : OfGrades(synthetic);

    /// <summary>
    /// <c>disc_found</c>, and <c>mask_dice</c>: mean Dice of the generated mask and the lesion pixels that the rule finds in the
    /// generated image, over the images in which either has any; with a bootstrap interval over images.
    /// </summary>
    private static IReadOnlyList<Fact> OfMasks(ImageSet synthetic)
    {
        var (discs, dice) = (0, new List<double>());
        for (var i = 0; i < synthetic.Count; i++)
        {
            discs += PhantomRule.FindsDisc(synthetic.Image(i), synthetic.Width) ? 1 : 0;
            if (Dice(synthetic.Mask(i), PhantomRule.LesionMask(synthetic.Image(i), synthetic.Width)) is { } agreement)
            {
                dice.Add(agreement);
            }
        }

        var disc = Share("disc_found", discs, synthetic.Count);
        if (dice.Count == 0)
        {
            return [disc];
        }

        var interval = Bootstrap.Intervals(dice.Count, times => [dice.Zip(times, (d, n) => d * n).Sum() / times.Sum()],
            new BootstrapConfig())[0];
        return [disc, new("mask_dice", "", dice.Average(), interval?.Low, interval?.High, dice.Count)];
    }

    private static double? Dice(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        var (both, sum) = (0, 0);
        for (var i = 0; i < a.Length; i++)
        {
            var (x, y) = (a[i] > 127 ? 1 : 0, b[i] > 127 ? 1 : 0);
            (both, sum) = (both + x * y, sum + x + y);
        }

        return sum == 0 ? null : 2.0 * both / sum;
    }

    private static IReadOnlyList<Fact> OfGrades(ImageSet synthetic)
    {
        var (discs, agree) = (0, 0);
        var (asked, found) = (new double[synthetic.Count], new double[synthetic.Count]);
        for (var i = 0; i < synthetic.Count; i++)
        {
            var grade = PhantomRule.Grade(synthetic.Image(i), synthetic.Width);
            (asked[i], found[i]) = (synthetic.Rows[i].Label, grade);
            discs += PhantomRule.FindsDisc(synthetic.Image(i), synthetic.Width) ? 1 : 0;
            agree += grade == synthetic.Rows[i].Label ? 1 : 0;
        }

        var facts = new List<Fact> { Share("disc_found", discs, synthetic.Count) };
        if (RankCorrelation.Spearman(asked, found) is { } rho)
        {
            var interval = RankCorrelation.Interval(rho, synthetic.Count);
            facts.Add(new Fact("spearman", "", rho, interval?.Low, interval?.High, synthetic.Count));
        }

        facts.Add(Share("grade_agreement", agree, synthetic.Count));
        return facts;
    }

    /// <summary>Whether a dataset has the rule.</summary>
    public static bool Knows(DatasetConfig dataset) => dataset.Kind == DatasetKind.Phantom;

    private static Fact Share(string metric, long hits, long n)
    {
        var (low, high) = RankCorrelation.Share(hits, n);
        return new Fact(metric, "", (double)hits / n, low, high, n);
    }
}
