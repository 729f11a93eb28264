using Odm.Data;

namespace Odm.Classify;

/// <summary>A synthetic image beside the training image that it is nearest to.</summary>
/// <param name="Synthetic">Place of the synthetic image.</param>
/// <param name="Training">Place of the training image.</param>
/// <param name="Distance">Root mean square difference.</param>
/// <param name="Ratio">That distance over the distance to the nearest held-out image.</param>
public readonly record struct CopyPair(int Synthetic, int Training, double Distance, double Ratio);

/// <summary>What the audit of a synthetic set found.</summary>
/// <param name="Facts"><c>nn_ratio</c>, <c>copy_rate</c> and what they rest on.</param>
/// <param name="Threshold">Ratio of distances below which an image counts as a copy.</param>
/// <param name="Pairs">All synthetic images with their nearest training images, the smallest ratio first.</param>
public sealed record MemorisationAudit(IReadOnlyList<Fact> Facts, double Threshold, IReadOnlyList<CopyPair> Pairs);

/// <summary>Are synthetic images copies of training images? Asked with held-out real images as the measure of what is natural.</summary>
public static class Memorisation
{
    /// <summary>
    /// Standard deviations below the median: one in a thousand, were the logarithms normal. Images that are no copies fell below it at .5 to 3 % in samples of 100 to
    /// 200 held-out images (drawn, fundus and polyp images; docs/image-metrics.md).
    /// </summary>
    public const double Beyond = 3.09;

    /// <summary>Held-out images without which there is no threshold.</summary>
    public const int Least = 20;

    /// <summary>
    /// <c>copy_rate</c>: share of synthetic images whose distance to the nearest training image (mirrored in any way), over that to the nearest held-out image, is
    /// far below what it is for the held-out images themselves, their own groups left out (<see cref="Beyond"/>). Noise and changes of light
    /// lengthen both distances, so they do not hide a copy as long as the training image stays the nearer. With Wilson's interval; an honest generator's is about as small.
    /// <c>nn_ratio</c>: median over the synthetic images of the distance to the nearest training image over that to the nearest
    /// held-out image, as many of each; 1 where the generator is no nearer to what it has seen, with a bootstrap interval.
    /// </summary>
    /// <param name="synthetic">Images to audit.</param>
    /// <param name="training">Real images that the generator has seen.</param>
    /// <param name="heldOut">Real images that it has not seen; at least <see cref="Least"/> are needed for a threshold.</param>
    /// <param name="cancel">Looked at between blocks.</param>
    /// <exception cref="DatasetException">The sets do not suit one another.</exception>
    public static MemorisationAudit Of(ImageSet synthetic, ImageSet training, ImageSet heldOut, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(synthetic);
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(heldOut);
        foreach (var (name, set) in new[] { ("training", training), ("held-out", heldOut) })
        {
            if ((set.Channels, set.Height, set.Width) != (synthetic.Channels, synthetic.Height, synthetic.Width))
                throw new DatasetException($"audit: {name} images are {set.Channels}x{set.Height}x{set.Width}, synthetic ones {synthetic.Channels}x{synthetic.Height}x{synthetic.Width}");
        }
        using var scope = TorchSharp.torch.NewDisposeScope();
        return Of(NeighbourSpace.Of(synthetic), NeighbourSpace.Of(training), NeighbourSpace.Of(heldOut), Sample.GroupsOf(heldOut), "", cancel);
    }

    /// <summary>The same by features, nothing mirrored: <c>copy_rate_EXTRACTOR</c>, <c>nn_ratio_EXTRACTOR</c>.</summary>
    /// <param name="synthetic">Features of the images to audit.</param>
    /// <param name="training">Of the real images that the generator has seen.</param>
    /// <param name="heldOut">Of real images that it has not seen.</param>
    /// <param name="heldOutGroups">Groups of those.</param>
    /// <param name="cancel">Looked at between blocks.</param>
    /// <exception cref="DatasetException">Too few images.</exception>
    public static MemorisationAudit Of(FeatureMatrix synthetic, FeatureMatrix training, FeatureMatrix heldOut, IReadOnlyList<string> heldOutGroups, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(synthetic);
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(heldOut);
        using var scope = TorchSharp.torch.NewDisposeScope();
        return Of(NeighbourSpace.Of(synthetic), NeighbourSpace.Of(training), NeighbourSpace.Of(heldOut), heldOutGroups, "_" + training.Extractor, cancel);
    }

    private static MemorisationAudit Of(NeighbourSpace made, NeighbourSpace seen, NeighbourSpace heldOut, IReadOnlyList<string> groups, string suffix, CancellationToken cancel)
    {
        if (heldOut.Count < Least || seen.Count == 0 || made.Count == 0)
            throw new DatasetException($"audit: {made.Count} synthetic, {seen.Count} training and {heldOut.Count} held-out images; at least 1, 1 and {Least} are needed");
        var threshold = Threshold(Over(seen.NearestTo(heldOut, cancel), heldOut.NearestTo(heldOut, cancel, groups)));
        var nearest = seen.NearestTo(made, cancel);
        var relative = Over(nearest, heldOut.NearestTo(made, cancel));
        var ratios = Ratios(made, seen, heldOut, cancel);
        var copies = relative.Count(r => r < threshold);
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
            [.. nearest.Select((n, i) => new CopyPair(i, n.Index, n.Distance, relative[i])).OrderBy(p => p.Ratio).ThenBy(p => p.Synthetic)]);
    }

    /// <summary>
    /// Far below the held-out images' own ratios: median less <see cref="Beyond"/> standard deviations of their logarithm, the deviation read off the lower quartile.
    /// A low quantile itself would not do: real sets hold near duplicates of training images, and a few of those pull it down to where no copy is found.
    /// </summary>
    private static double Threshold(double[] natural)
    {
        double[] logs = [.. natural.Select(r => Math.Log(Math.Max(r, 1e-12))).Order()];
        var (median, quartile) = (Quantiles.At(logs, .5), Quantiles.At(logs, .25));
        return Math.Exp(median - Beyond * (median - quartile) / .6744897501960817);
    }

    private static double[] Over(Neighbour[] near, Neighbour[] far) => [.. near.Zip(far, (a, b) => b.Distance > 0 ? a.Distance / b.Distance : a.Distance > 0 ? double.MaxValue : 1)];

    // as many training as held-out images: the nearest of many is nearer by chance alone
    private static double[] Ratios(NeighbourSpace made, NeighbourSpace training, NeighbourSpace heldOut, CancellationToken cancel)
    {
        var n = Math.Min(training.Count, heldOut.Count);
        NeighbourSpace Some(NeighbourSpace space, string purpose) => space.Select([.. Rng.For(0, purpose).Permutation(space.Count).Take(n).Order()]);
        var near = Some(training, "audit, training").NearestTo(made, cancel);
        var far = Some(heldOut, "audit, held out").NearestTo(made, cancel);
        return Over(near, far);
    }

    private static double Median(double[] values, int[] times)
    {
        var order = Enumerable.Range(0, values.Length).OrderBy(i => values[i]).ToArray();
        var (half, sum) = (times.Sum() / 2.0, 0);
        foreach (var i in order)
        {
            sum += times[i];
            if (sum >= half)
                return values[i];
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
