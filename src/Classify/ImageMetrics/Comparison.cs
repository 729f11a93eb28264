using System.Diagnostics;
using Odm.Classify.Features;
using Odm.Classify.Metrics;

namespace Odm.Classify.ImageMetrics;

/// <summary>
/// The metrics of samples of real and synthetic rows; of several pairs of samples, which hold no row twice and are of one size, the mean.
/// </summary>
internal sealed class Comparison(string frechet, ImageMetricsConfig config, CancellationToken cancel)
{
    private readonly Stopwatch clock = new();

    /// <summary>What the intervals took so far.</summary>
    public TimeSpan IntervalTime => clock.Elapsed;

    /// <summary>Of one pair.</summary>
    public IEnumerable<ImageFact> Of(Sample real, Sample synthetic, bool intervals = true) => Of([(real, synthetic)], intervals);

    /// <summary>
    /// Fréchet distance, KID, precision, recall, density, coverage; those that so few rows do not define are left out. Rows count per
    /// sample, not over all pairs: that is the n at which values compare.
    /// </summary>
    /// <param name="pairs">Reference, and what is judged. The rows' influences and shares are strung together for the interval: the mean of
    /// P independent values has the variance of a sample P times as large.</param>
    /// <param name="intervals">False: values alone, at half the time.</param>
    public IEnumerable<ImageFact> Of(IReadOnlyList<(Sample Real, Sample Synthetic)> pairs, bool intervals = true)
        => Of(pairs, pairs, intervals);

    /// <summary>
    /// Of two samples that are alike in kind, neither of them the reference: the mean of both directions. The distance and the KID have
    /// none.
    /// </summary>
    public IEnumerable<ImageFact> Between(Sample first, Sample second)
        => Of([(first, second)], [(first, second), (second, first)], intervals: false);

    /// <summary>
    /// What the Fréchet distance tends to as both samples grow: its bias falls as 1/n (Chong and Forsyth 2020, arXiv 1911.07023), so twice
    /// the distance of the joined pairs less <paramref name="mean"/>, that of the pairs. Null with fewer than two rows a sample.
    /// </summary>
    public ImageFact? Infinite((Sample Real, Sample Synthetic) first, (Sample Real, Sample Synthetic) second, double mean)
    {
        var (real, synthetic) = (Sample.Join(first.Real, second.Real), Sample.Join(first.Synthetic, second.Synthetic));
        return Math.Min(real.Count, synthetic.Count) < 4 ? null
            : Fact(frechet + "_infinity", Math.Max(0, 2 * Distance(real, synthetic, intervals: false).Value - mean), null, real, synthetic);
    }

    private IEnumerable<ImageFact> Of(IReadOnlyList<(Sample Real, Sample Synthetic)> distances,
        IReadOnlyList<(Sample Real, Sample Synthetic)> pairs, bool intervals)
    {
        var (real, synthetic) = pairs[0];
        if (Math.Min(real.Count, synthetic.Count) < 2)
        {
            yield break;
        }
        var apart = distances.Select(p => Distance(p.Real, p.Synthetic, intervals)).ToArray();
        var value = apart.Average(d => d.Value);
        var interval = Timed(intervals, () => Interval.Normal(value, Strung(apart, d => d.OfReal, distances, p => p.Real),
            Strung(apart, d => d.OfSynthetic, distances, p => p.Synthetic)));
        yield return Fact(frechet, value, AtLeast0(interval), real, synthetic);
        if (Math.Min(real.Count, synthetic.Count) <= config.Neighbours)
        {
            yield break;
        }
        // the same places on both sides, so that equal class mixes stay equal (Strata.Draw)
        pairs =
            [.. pairs.Select(p => (p.Real.AtMost(config.Most, config.Seed, "image metrics"),
                p.Synthetic.AtMost(config.Most, config.Seed, "image metrics")))];
        (real, synthetic) = pairs[0];
        var near = pairs.Select(p => Neighbourhoods.Of(p.Real, p.Synthetic, config.Neighbours, cancel)).ToArray();
        var kid = near.Average(n => n.Kid);
        yield return Fact("kid", kid, Timed(intervals,
            () => Interval.Normal(kid, Reals(n => n.KidInfluence.Real), Synthetics(n => n.KidInfluence.Synthetic))), real, synthetic);
        yield return Mean("image_precision", Synthetics(n => n.Precise), Interval.Share);
        yield return Mean("image_recall", Reals(n => n.Recalled), Interval.Share);
        yield return Mean("density", Synthetics(n => n.Density), (values, groups) => AtLeast0(Interval.Mean(values, groups)));
        yield return Mean("coverage", Reals(n => n.Covered), Interval.Share);

        (double[] Values, string[] Groups) Reals(Func<Neighbourhoods, double[]> values) => Strung(near, values, pairs, p => p.Real);
        (double[] Values, string[] Groups) Synthetics(Func<Neighbourhoods, double[]> values)
            => Strung(near, values, pairs, p => p.Synthetic);
        ImageFact Mean(string metric, (double[] Values, string[] Groups) of, Func<double[], string[], (double Low, double High)?> interval)
            =>
            Fact(metric, of.Values.Average(), Timed(intervals, () => interval(of.Values, of.Groups)), real, synthetic);
    }

    private static (double[] Values, string[] Groups) Strung<T>(IReadOnlyList<T> found, Func<T, double[]> values,
        IReadOnlyList<(Sample Real, Sample Synthetic)> pairs, Func<(Sample Real, Sample Synthetic), Sample> side) =>
        ([.. found.SelectMany(values)], [.. pairs.SelectMany(p => side(p).Groups)]);

    private static (double Low, double High)? AtLeast0((double Low, double High)? interval)
        => interval is var (low, high) ? (Math.Max(0, low), high) : null;

    private (double Value, double[] OfReal, double[] OfSynthetic) Distance(Sample real, Sample synthetic, bool intervals)
    {
        using var a = Gaussian.Of(real, cancel);
        using var b = Gaussian.Of(synthetic, cancel);
        cancel.ThrowIfCancellationRequested();
        using var distance = Frechet.Between(a, b, vectors: intervals);
        var influences = Timed<(double[] Real, double[] Synthetic)>(intervals,
            () => (distance.Influence(a, real, cancel), distance.Influence(b, synthetic, cancel)));
        return (distance.Value, influences?.Real ?? [], influences?.Synthetic ?? []);
    }

    private T? Timed<T>(bool wanted, Func<T?> compute)
        where T : struct
    {
        if (!wanted)
        {
            return null;
        }
        clock.Start();
        var found = compute();
        clock.Stop();
        return found;
    }

    private static ImageFact Fact(string metric, double value, (double Low, double High)? interval, Sample real, Sample synthetic) =>
        new(new Fact(metric, "", value, interval?.Low, interval?.High, synthetic.Count), real.Count);
}
