using System.Diagnostics;

namespace Odm.Classify;

/// <summary>The metrics of one sample of real and one of synthetic rows.</summary>
internal sealed class Comparison(string frechet, ImageMetricsConfig config, CancellationToken cancel)
{
    private readonly Stopwatch clock = new();

    /// <summary>What the intervals took so far.</summary>
    public TimeSpan IntervalTime => clock.Elapsed;

    /// <summary>Fréchet distance, its extrapolation, KID, precision, recall, density, coverage; those that so few rows do not define are left out.</summary>
    /// <param name="real">Reference.</param>
    /// <param name="synthetic">What is judged.</param>
    /// <param name="intervals">False: values alone, at half the time.</param>
    public IEnumerable<ImageFact> Of(Sample real, Sample synthetic, bool intervals = true)
    {
        if (Math.Min(real.Count, synthetic.Count) < 2)
        {
            yield break;
        }
        var (value, interval) = Distance(real, synthetic, intervals);
        yield return Fact(frechet, value, interval is var (low, high) ? (Math.Max(0, low), high) : null, real, synthetic);
        if (Math.Min(real.Count, synthetic.Count) <= config.Neighbours)
        {
            yield break;
        }
        (real, synthetic) = (real.AtMost(config.Most, config.Seed, "image metrics, real"), synthetic.AtMost(config.Most, config.Seed, "image metrics, synthetic"));
        var near = Neighbourhoods.Of(real, synthetic, config.Neighbours, cancel);
        yield return Fact("kid", near.Kid, Timed(intervals, () => Interval.Normal(near.Kid, (near.KidInfluence.Real, real.Groups), (near.KidInfluence.Synthetic, synthetic.Groups))), real, synthetic);
        yield return Fact("image_precision", near.Precise.Average(), Timed(intervals, () => Interval.Share(near.Precise, synthetic.Groups)), real, synthetic);
        yield return Fact("image_recall", near.Recalled.Average(), Timed(intervals, () => Interval.Share(near.Recalled, real.Groups)), real, synthetic);
        yield return Fact("density", near.Density.Average(), Timed(intervals, () => Interval.Mean(near.Density, synthetic.Groups)) is var (a, b) ? (Math.Max(0, a), b) : null, real, synthetic);
        yield return Fact("coverage", near.Covered.Average(), Timed(intervals, () => Interval.Share(near.Covered, real.Groups)), real, synthetic);
    }

    /// <summary>
    /// What the Fréchet distance tends to as both samples grow: its bias falls as 1/n (Chong and Forsyth 2020, arXiv 1911.07023), so twice the value less the
    /// mean of two disjoint halves. Null with fewer than two rows a half.
    /// </summary>
    public ImageFact? Infinite(Sample real, Sample synthetic, double value)
    {
        if (Math.Min(real.Count, synthetic.Count) < 4)
        {
            return null;
        }
        var (r1, r2) = real.Halves(config.Seed, "halves, real");
        var (s1, s2) = synthetic.Halves(config.Seed, "halves, synthetic");
        var halves = (Distance(r1, s1, intervals: false).Value + Distance(r2, s2, intervals: false).Value) / 2;
        return Fact(frechet + "_infinity", Math.Max(0, 2 * value - halves), null, real, synthetic);
    }

    private (double Value, (double Low, double High)? Interval) Distance(Sample real, Sample synthetic, bool intervals)
    {
        using var a = Gaussian.Of(real, cancel);
        using var b = Gaussian.Of(synthetic, cancel);
        cancel.ThrowIfCancellationRequested();
        using var distance = Frechet.Between(a, b, vectors: intervals);
        return (distance.Value, Timed(intervals, () => Interval.Normal(distance.Value, (distance.Influence(a, real, cancel), real.Groups), (distance.Influence(b, synthetic, cancel), synthetic.Groups))));
    }

    private (double Low, double High)? Timed(bool wanted, Func<(double Low, double High)?> interval)
    {
        if (!wanted)
        {
            return null;
        }
        clock.Start();
        var found = interval();
        clock.Stop();
        return found;
    }

    private static ImageFact Fact(string metric, double value, (double Low, double High)? interval, Sample real, Sample synthetic) =>
        new(new Fact(metric, "", value, interval?.Low, interval?.High, synthetic.Count), real.Count);
}
