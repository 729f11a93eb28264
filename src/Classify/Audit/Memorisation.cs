using Odm.Classify.Features;
using Odm.Classify.Metrics;
using Odm.Data.Images;
using Odm.Engine.Runtime;

namespace Odm.Classify.Audit;

/// <summary>Are synthetic images copies of training images? Asked with held-out real images as the measure of what is natural.</summary>
public static class Memorisation
{
    /// <summary>
    /// Standard deviations below the median: one in a thousand, were the logarithms normal. Images that are no copies fell below it at .5
    /// to 3 % in samples of 100 to 200 held-out images (drawn, fundus and polyp images; docs/image-metrics.md).
    /// </summary>
    public const double Beyond = 3.09;

    /// <summary>Held-out images, of a class or of all, without which there is no threshold.</summary>
    public const int Least = 20;

    /// <summary>
    /// <c>copy_rate</c>: share of synthetic images whose distance to the nearest training image (mirrored in any way), over that to the
    /// nearest held-out image, is far below what it is for the held-out images themselves, their own groups left out
    /// (<see cref="Beyond"/>). Noise and changes of light lengthen both distances, so they do not hide a copy as long as the training image
    /// stays the nearer. With Wilson's interval; an honest generator's is about as small.
    /// Where the sets have the same classes, an image is judged by the held-out images of its own class, if these are at least
    /// <see cref="Least"/>: an honest image of a class is one more draw from it, and what is natural there (how many training images a
    /// held-out one has, how alike they are) need not be so elsewhere.
    /// <c>nn_ratio</c>: median over the synthetic images of the distance to the nearest training image over that to the nearest
    /// held-out image, as many of each, in every class; 1 where the generator is no nearer to what it has seen, with a bootstrap interval.
    /// </summary>
    /// <param name="synthetic">Images to audit.</param>
    /// <param name="training">Real images that the generator has seen.</param>
    /// <param name="heldOut">Real images that it has not seen; at least <see cref="Least"/> are needed for a threshold.</param>
    /// <param name="sources">What each synthetic image was made from and what belongs to it, left out; null: they came from noise.</param>
    /// <param name="cancel">Looked at between blocks.</param>
    /// <exception cref="DatasetException">The sets do not suit one another.</exception>
    public static MemorisationAudit Of(ImageSet synthetic, ImageSet training, ImageSet heldOut, AuditSources? sources,
        CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(synthetic);
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(heldOut);
        foreach (var (name, set) in new[] { ("training", training), ("held-out", heldOut) })
        {
            if ((set.Channels, set.Height, set.Width) != (synthetic.Channels, synthetic.Height, synthetic.Width))
            {
                throw new DatasetException($"audit: {name} images are {set.Channels}x{set.Height}x{set.Width}, synthetic ones "
                    + $"{synthetic.Channels}x{synthetic.Height}x{synthetic.Width}");
            }
        }
        using var scope = TorchSharp.torch.NewDisposeScope();
        return Of(NeighbourSpace.Of(synthetic), NeighbourSpace.Of(training), NeighbourSpace.Of(heldOut), Sample.GroupsOf(heldOut),
            AuditClasses.Of(synthetic, training, heldOut), sources, "", cancel);
    }

    /// <summary>The same of images that came from noise.</summary>
    /// <inheritdoc cref="Of(ImageSet, ImageSet, ImageSet, AuditSources?, CancellationToken)"/>
    public static MemorisationAudit Of(ImageSet synthetic, ImageSet training, ImageSet heldOut, CancellationToken cancel = default)
        => Of(synthetic, training, heldOut, sources: null, cancel);

    /// <summary>
    /// The same of lesions, <c>copy_rate_lesion</c> and <c>nn_ratio_lesion</c>: what was painted into real images is compared with the
    /// lesions of training images, since the images are near their sources by construction. Each is cut out by its mask and compared within
    /// it; images without a lesion take no part.
    /// </summary>
    /// <param name="synthetic">Images to audit, with masks.</param>
    /// <param name="training">Real images that the generator has seen, with masks.</param>
    /// <param name="heldOut">Real images that it has not seen, with masks; <see cref="Least"/> of them must have a lesion.</param>
    /// <param name="cancel">Looked at between blocks.</param>
    /// <exception cref="DatasetException">Too few lesions.</exception>
    public static MemorisationAudit OfLesions(ImageSet synthetic, ImageSet training, ImageSet heldOut, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(synthetic);
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(heldOut);
        using var scope = TorchSharp.torch.NewDisposeScope();
        var (made, seen, unseen) = (LesionCrops.Places(synthetic), LesionCrops.Places(training), LesionCrops.Places(heldOut));
        var groups = Sample.GroupsOf(heldOut);
        var audit = Of(NeighbourSpace.OfLesions(synthetic, made), NeighbourSpace.OfLesions(training, seen),
            NeighbourSpace.OfLesions(heldOut, unseen), [.. unseen.Select(i => groups[i])], classes: null, sources: null, "_lesion", cancel);
        return audit with
        {
            Pairs = [.. audit.Pairs.Select(p => p with { Synthetic = made[p.Synthetic], Training = seen[p.Training] })],
        };
    }

    /// <summary>The same by features, nothing mirrored: <c>copy_rate_EXTRACTOR</c>, <c>nn_ratio_EXTRACTOR</c>.</summary>
    /// <param name="synthetic">Features of the images to audit.</param>
    /// <param name="training">Of the real images that the generator has seen.</param>
    /// <param name="heldOut">Of real images that it has not seen.</param>
    /// <param name="heldOutGroups">Groups of those.</param>
    /// <param name="cancel">Looked at between blocks.</param>
    /// <exception cref="DatasetException">Too few images.</exception>
    public static MemorisationAudit Of(FeatureMatrix synthetic, FeatureMatrix training, FeatureMatrix heldOut,
        IReadOnlyList<string> heldOutGroups, CancellationToken cancel = default) =>
        Of(synthetic, training, heldOut, heldOutGroups, null, null, cancel);

    /// <summary>The same, class by class.</summary>
    /// <param name="synthetic">Features of the images to audit.</param>
    /// <param name="training">Of the real images that the generator has seen.</param>
    /// <param name="heldOut">Of real images that it has not seen.</param>
    /// <param name="heldOutGroups">Groups of those.</param>
    /// <param name="classes">Their classes; null where there are none.</param>
    /// <param name="sources">What each synthetic image was made from, left out; null: they came from noise.</param>
    /// <param name="cancel">Looked at between blocks.</param>
    /// <exception cref="DatasetException">Too few images.</exception>
    public static MemorisationAudit Of(FeatureMatrix synthetic, FeatureMatrix training, FeatureMatrix heldOut,
        IReadOnlyList<string> heldOutGroups, AuditClasses? classes, AuditSources? sources, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(synthetic);
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(heldOut);
        using var scope = TorchSharp.torch.NewDisposeScope();
        return Of(NeighbourSpace.Of(synthetic), NeighbourSpace.Of(training), NeighbourSpace.Of(heldOut), heldOutGroups, classes,
            sources, "_" + training.Extractor, cancel);
    }

    private static MemorisationAudit Of(NeighbourSpace made, NeighbourSpace seen, NeighbourSpace heldOut, IReadOnlyList<string> groups,
        AuditClasses? classes, AuditSources? sources, string suffix, CancellationToken cancel)
    {
        if (heldOut.Count < Least || seen.Count == 0 || made.Count == 0)
        {
            throw new DatasetException($"audit: {made.Count} synthetic, {seen.Count} training and {heldOut.Count} held-out images; at "
                + $"least 1, 1 and {Least} are needed");
        }
        var warnings = new List<string>();
        var natural = Over(seen.NearestTo(heldOut, cancel), heldOut.NearestTo(heldOut, cancel, AuditSources.Mates(groups)));
        var (threshold, thresholds) = (Threshold(natural), ByClass(natural, classes, suffix, warnings));
        var nearest = seen.NearestTo(made, cancel, sources?.Places);
        var relative = Over(nearest, heldOut.NearestTo(made, cancel));
        var matched = Matched(classes, suffix, warnings);
        var ratios = Ratios(made, seen, heldOut, matched, sources, cancel);
        var copies = relative.Where((ratio, i) => ratio < (classes is null ? threshold
            : thresholds.GetValueOrDefault(classes.Synthetic[i], threshold))).Count();
        var (low, high) = Wilson(copies, made.Count);
        var interval = Bootstrap.Intervals(ratios.Length, times => [Median(ratios, times)], new BootstrapConfig())[0];
        var ones = new int[ratios.Length];
        Array.Fill(ones, 1);
        return new(
            [
                new Fact("copy_rate" + suffix, "", (double)copies / made.Count, low, high, made.Count),
                new Fact("nn_ratio" + suffix, "", Median(ratios, ones), interval?.Low, interval?.High, made.Count),
            ],
            threshold,
            [.. nearest.Select((n, i) => new CopyPair(i, n.Index, n.Distance, relative[i])).OrderBy(p => p.Ratio).ThenBy(p => p.Synthetic)])
        {
            HasClasses = classes is not null,
            Thresholds = thresholds.ToDictionary(t => classes!.Names[t.Key], t => t.Value, StringComparer.Ordinal),
            Matched = matched is null ? [] : [.. classes!.Names.Where((_, k) => matched.Value.Training.Any(i => classes.Training[i] == k))],
            Warnings = warnings,
        };
    }

    // of the classes that synthetic images have
    private static Dictionary<int, double> ByClass(double[] natural, AuditClasses? classes, string suffix, List<string> warnings)
    {
        var thresholds = new Dictionary<int, double>();
        if (classes is null)
        {
            return thresholds;
        }
        var scarce = new List<string>();
        foreach (var label in classes.Synthetic.Where(k => k >= 0).Distinct().Order())
        {
            var own = classes.HeldOutOf(label);
            if (own.Length >= Least)
            {
                thresholds[label] = Threshold([.. own.Select(i => natural[i])]);
            }
            else
            {
                scarce.Add($"{classes.Names[label]} ({own.Length})");
            }
        }
        if (scarce.Count > 0)
        {
            warnings.Add($"copy_rate{suffix}: fewer than {Least} held-out images of class {string.Join(", ", scarce)}: synthetic images "
                + $"of {(scarce.Count == 1 ? "this class" : "these classes")} are judged by all held-out images, which are mostly of "
                + $"other classes");
        }
        return thresholds;
    }

    private static (int[] Training, int[] HeldOut)? Matched(AuditClasses? classes, string suffix, List<string> warnings)
    {
        if (classes is null)
        {
            return null;
        }
        var matched = classes.Matched();
        if (matched.HeldOut.Length >= Least)
        {
            return matched;
        }
        warnings.Add($"nn_ratio{suffix}: training and held-out images have {matched.HeldOut.Length} of the same classes in common, fewer "
            + $"than {Least}: as many of each are taken whatever their class");
        return null;
    }

    /// <summary>
    /// Far below the held-out images' own ratios: median less <see cref="Beyond"/> standard deviations of their logarithm, the deviation
    /// read off the lower quartile.
    /// A low quantile itself would not do: real sets hold near duplicates of training images, and a few of those pull it down to where no
    /// copy is found.
    /// </summary>
    private static double Threshold(double[] natural)
    {
        double[] logs = [.. natural.Select(r => Math.Log(Math.Max(r, 1e-12))).Order()];
        var (median, quartile) = (Quantiles.At(logs, .5), Quantiles.At(logs, .25));
        return Math.Exp(median - Beyond * (median - quartile) / .6744897501960817);
    }

    private static double[] Over(Neighbour[] near, Neighbour[] far)
        => [.. near.Zip(far, (a, b) => b.Distance > 0 ? a.Distance / b.Distance : a.Distance > 0 ? double.MaxValue : 1)];

    // as many training as held-out images: the nearest of many is nearer by chance alone
    private static double[] Ratios(NeighbourSpace made, NeighbourSpace training, NeighbourSpace heldOut,
        (int[] Training, int[] HeldOut)? matched, AuditSources? sources, CancellationToken cancel)
    {
        var n = Math.Min(training.Count, heldOut.Count);
        int[] Some(NeighbourSpace space, string purpose) => [.. Rng.For(0, purpose).Permutation(space.Count).Take(n).Order()];
        var (seen, unseen) = matched ?? (Some(training, "audit, training"), Some(heldOut, "audit, held out"));
        return Over(training.Select(seen).NearestTo(made, cancel, sources?.Among(seen).Places),
            heldOut.Select(unseen).NearestTo(made, cancel));
    }

    private static double Median(double[] values, int[] times)
    {
        var order = Enumerable.Range(0, values.Length).OrderBy(i => values[i]).ToArray();
        var (half, sum) = (times.Sum() / 2.0, 0);
        foreach (var i in order)
        {
            sum += times[i];
            if (sum >= half)
            {
                return values[i];
            }
        }
        return values[order[^1]];
    }

    // Wilson 1927
    private static (double Low, double High) Wilson(int hits, int n)
    {
        const double z = 1.959963984540054;
        var (p, z2) = ((double)hits / n, z * z);
        var centre = (p + z2 / (2 * n)) / (1 + z2 / n);
        var reach = z / (1 + z2 / n) * Math.Sqrt(p * (1 - p) / n + z2 / (4.0 * n * n));
        return (Math.Max(0, centre - reach), Math.Min(1, centre + reach));
    }
}
