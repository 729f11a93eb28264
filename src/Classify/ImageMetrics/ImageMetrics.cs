using System.Diagnostics;
using Odm.Data;
using static TorchSharp.torch;

namespace Odm.Classify;

/// <summary>
/// How like real images synthetic ones are, and how unlike each other: against the images that the generator saw, against held-out ones, against the floor that
/// two halves of the real images set; overall and per class.
/// </summary>
public static class ImageMetrics
{
    private const string Floor = "floor_", HeldOut = "held_out_", Gap = "gap_";

    /// <summary>Name of the Fréchet distance's rows: <c>fid</c> only with the weights that the FID is defined by, else <c>frechet_</c> and the extractor.</summary>
    public static string FrechetName(string extractor, string weights) =>
        extractor == InceptionFeatures.FullName && InceptionFeatures.IsOfficial(weights) ? "fid" : "frechet_" + extractor;

    /// <summary>Extracts features and scores them.</summary>
    /// <param name="real">What the generator was trained on.</param>
    /// <param name="synthetic">What it made.</param>
    /// <param name="heldOut">Real images that it never saw; null where there are none.</param>
    /// <param name="extractor">Of the features.</param>
    /// <param name="context">Progress, cancellation, device.</param>
    /// <param name="stage">Name of the stage in the progress.</param>
    /// <param name="config">Neighbours, pairs, seed.</param>
    /// <exception cref="DatasetException">A set has fewer than two images, or the sets differ in their classes.</exception>
    public static ImageScores Score(ImageSet real, ImageSet synthetic, ImageSet? heldOut, IFeatureExtractor extractor, RunContext context, string stage = "image metrics", ImageMetricsConfig? config = null)
    {
        ArgumentNullException.ThrowIfNull(real);
        ArgumentNullException.ThrowIfNull(synthetic);
        ArgumentNullException.ThrowIfNull(context);
        Demand(real, synthetic, heldOut);
        var start = Stopwatch.GetTimestamp();
        var (ofReal, ofSynthetic, ofHeldOut) = (Of("real", real), Of("synthetic", synthetic), heldOut is null ? null : Of("held-out", heldOut));
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var scores = Score(real, synthetic, heldOut, ofReal, ofSynthetic, ofHeldOut, context, config);
        return scores with { Times = scores.Times with { Features = seconds } };

        FeatureMatrix Of(string which, ImageSet set) => Features.Of(set, extractor, context, $"{stage}, {which}");
    }

    /// <summary>As above, of features that are there already.</summary>
    public static ImageScores Score(ImageSet real, ImageSet synthetic, ImageSet? heldOut, FeatureMatrix realFeatures, FeatureMatrix syntheticFeatures, FeatureMatrix? heldOutFeatures, RunContext context, ImageMetricsConfig? config = null)
    {
        ArgumentNullException.ThrowIfNull(real);
        ArgumentNullException.ThrowIfNull(synthetic);
        ArgumentNullException.ThrowIfNull(realFeatures);
        ArgumentNullException.ThrowIfNull(syntheticFeatures);
        ArgumentNullException.ThrowIfNull(context);
        Demand(real, synthetic, heldOut);
        using var inference = inference_mode();
        var start = Stopwatch.GetTimestamp();
        config ??= new ImageMetricsConfig();
        var frechet = FrechetName(realFeatures.Extractor, realFeatures.Weights);
        var comparison = new Comparison(frechet, config, context.Cancel);
        var (train, made) = (Sample.Of(real, realFeatures), Sample.Of(synthetic, syntheticFeatures));
        List<ImageFact> rows = [.. WithFloor(comparison, train, made, config), .. Similarity("", real, synthetic, config, context)];
        if (heldOut is not null && heldOutFeatures is not null)
        {
            rows.AddRange(Unseen(comparison, train, made, Sample.Of(heldOut, heldOutFeatures), config));
            if (heldOut.Count >= Memorisation.Least)
            {
                rows.AddRange(Memorisation.Of(syntheticFeatures, realFeatures, heldOutFeatures, Sample.GroupsOf(heldOut), context.Cancel).Facts.Select(f => new ImageFact(f, real.Count)));
            }
        }
        for (var label = 0; label < real.Classes.Count && real.Classes.Count > 1; label++)
        {
            int[] a = Places(real, label), b = Places(synthetic, label);
            var ofClass = WithFloor(comparison, train.At(a), made.At(b), config).Concat(Similarity("", real.Select(a), synthetic.Select(b), config, context));
            rows.AddRange(ofClass.Select(r => r with { Fact = r.Fact with { Label = real.Classes[label] } }));
        }
        var intervals = comparison.IntervalTime.TotalSeconds;
        return new(realFeatures.Extractor, realFeatures.Preprocessing, realFeatures.Weights, MsSsim.Scales(real.Height, real.Width), rows, [.. Warnings(frechet, realFeatures, train, made, heldOut?.Count)])
        {
            Times = new(0, Stopwatch.GetElapsedTime(start).TotalSeconds - intervals, intervals),
        };
    }

    private static IEnumerable<ImageFact> WithFloor(Comparison comparison, Sample real, Sample synthetic, ImageMetricsConfig config)
    {
        var found = comparison.Of(real, synthetic).ToList();
        if (found.Count > 0 && comparison.Infinite(real, synthetic, found[0].Fact.Value) is { } infinite)
        {
            found.Insert(1, infinite);
        }
        if (real.Count >= 4)
        {
            var (first, second) = real.Halves(config.Seed, "halves, real");
            found.AddRange(comparison.Of(first, second, intervals: false).Select(r => Named(Floor, r)));
        }
        return found;
    }

    private static IEnumerable<ImageFact> Similarity(string label, ImageSet real, ImageSet synthetic, ImageMetricsConfig config, RunContext context)
    {
        foreach (var (name, set) in new[] { ("ms_ssim", synthetic), (Floor + "ms_ssim", real) })
        {
            var values = MsSsim.Among(set, config.Pairs, config.Seed, context);
            if (values.Length > 1)
            {
                var mean = values.Average();
                // pairs share images where they are more than half of them: only so many are independent
                var error = 1.96 * Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Length - 1) / Math.Min(values.Length, set.Count / 2.0));
                yield return new(new Fact(name, label, mean, mean - error, mean + error, set.Count), name == "ms_ssim" ? 0 : set.Count);
            }
        }
    }

    /// <summary>
    /// Against real images that the generator never saw, and the gap: held-out less training value, the training images reduced to as many, since values at
    /// different n do not compare. A distance that is smaller to the training images, a positive gap, is a sign of memorisation.
    /// </summary>
    private static IEnumerable<ImageFact> Unseen(Comparison comparison, Sample train, Sample synthetic, Sample heldOut, ImageMetricsConfig config)
    {
        var size = Math.Min(train.Count, heldOut.Count);
        var seen = comparison.Of(train.AtMost(size, config.Seed, "gap, training"), synthetic, intervals: false).ToDictionary(r => r.Fact.Metric, r => r.Fact.Value, StringComparer.Ordinal);
        var unseen = heldOut.Count == size ? null : comparison.Of(heldOut.AtMost(size, config.Seed, "gap, held-out"), synthetic, intervals: false).ToDictionary(r => r.Fact.Metric, r => r.Fact.Value, StringComparer.Ordinal);
        foreach (var row in comparison.Of(heldOut, synthetic))
        {
            yield return Named(HeldOut, row);
            if (seen.TryGetValue(row.Fact.Metric, out var own))
            {
                yield return new(new Fact(Gap + row.Fact.Metric, "", (unseen?[row.Fact.Metric] ?? row.Fact.Value) - own, null, null, row.Fact.N), size);
            }
        }
    }

    private static IEnumerable<string> Warnings(string frechet, FeatureMatrix features, Sample real, Sample synthetic, int? heldOut)
    {
        var fewest = Math.Min(Math.Min(real.Count, synthetic.Count), heldOut ?? int.MaxValue);
        if (fewest < features.Dimension)
        {
            yield return FormattableString.Invariant($"{frechet}: {fewest} images are fewer than the {features.Dimension} dimensions of {features.Extractor}: the value is far above its limit and depends on n; compare it with its floor and at equal n, or take kid");
        }
        if (features.Extractor == InceptionFeatures.FullName && !InceptionFeatures.IsOfficial(features.Weights))
        {
            yield return $"{frechet}: the weights' SHA-256 {features.Weights} is not that of pt_inception-2015-12-05-6726825d.pth, so the value is not called fid";
        }
    }

    private static void Demand(ImageSet real, ImageSet synthetic, ImageSet? heldOut)
    {
        foreach (var (name, set) in new[] { ("real", real), ("synthetic", synthetic), ("held-out", heldOut) })
        {
            if (set is { Count: < 2 })
            {
                throw new DatasetException($"{name}: {set.Count} images; image metrics want at least 2");
            }
        }
        if (!real.Classes.SequenceEqual(synthetic.Classes, StringComparer.Ordinal) && real.Classes.Count > 0 && synthetic.Classes.Count > 0)
        {
            throw new DatasetException($"synthetic: classes are {string.Join(", ", synthetic.Classes)}; the real set has {string.Join(", ", real.Classes)}");
        }
    }

    private static ImageFact Named(string prefix, ImageFact row) => row with { Fact = row.Fact with { Metric = prefix + row.Fact.Metric } };

    private static int[] Places(ImageSet set, int label) => [.. Enumerable.Range(0, set.Count).Where(i => set.Rows[i].Label == label)];
}
