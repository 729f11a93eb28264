using System.Diagnostics;
using System.Globalization;
using Odm.Classify.Audit;
using Odm.Classify.Features;
using Odm.Classify.Metrics;
using Odm.Data.Images;
using Odm.Engine.Runtime;
using static TorchSharp.torch;

namespace Odm.Classify.ImageMetrics;

/// <summary>
/// How like real images synthetic ones are, and how unlike each other: against the images that the generator saw, against held-out ones,
/// against the floor that two halves of the real images set; overall, in one class mix on every side, and per class
/// (docs/decisions/image-metrics.md).
/// </summary>
public static class ImageSetMetrics
{
    /// <summary>Images that a real and a synthetic set must have: two halves of two.</summary>
    public const int Fewest = 4;

    private const string Floor = "floor_", HeldOut = "held_out_", Gap = "gap_", Everything = "all_";

    /// <summary>
    /// Name of the Fréchet distance's rows: <c>fid</c> only with the weights that the FID is defined by, else <c>frechet_</c> and the
    /// extractor.
    /// </summary>
    public static string FrechetName(string extractor, string weights) =>
        extractor == InceptionFeatures.FullName && InceptionFeatures.IsOfficial(weights) ? "fid" : "frechet_" + extractor;

    /// <summary>Extracts features and scores them.</summary>
    /// <param name="real">What the generator was trained on.</param>
    /// <param name="synthetic">What it made.</param>
    /// <param name="heldOut">Real images that it never saw; null where there are none.</param>
    /// <param name="extractor">Of the features.</param>
    /// <param name="context">Progress, cancellation, device.</param>
    /// <param name="stage">Name of the stage in the progress.</param>
    /// <param name="config">Class mix, neighbours, pairs, seed.</param>
    /// <exception cref="DatasetException">The real or the synthetic set has fewer than four images, the held-out one fewer than two, or the
    /// first two differ in their classes.</exception>
    public static ImageScores Score(ImageSet real, ImageSet synthetic, ImageSet? heldOut, IFeatureExtractor extractor, RunContext context,
        string stage = "image metrics", ImageMetricsConfig? config = null)
    {
        ArgumentNullException.ThrowIfNull(real);
        ArgumentNullException.ThrowIfNull(synthetic);
        ArgumentNullException.ThrowIfNull(context);
        Demand(real, synthetic, heldOut);
        var start = Stopwatch.GetTimestamp();
        var (ofReal, ofSynthetic, ofHeldOut) = (Of("real", real), Of("synthetic", synthetic), heldOut is null ? null
            : Of("held-out", heldOut));
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var scores = Score(real, synthetic, heldOut, ofReal, ofSynthetic, ofHeldOut, context, config);
        return scores with { Times = scores.Times with { Features = seconds } };

        FeatureMatrix Of(string which, ImageSet set) => FeatureExtraction.Of(set, extractor, context, $"{stage}, {which}");
    }

    /// <summary>As above, of features that are there already.</summary>
    public static ImageScores Score(ImageSet real, ImageSet synthetic, ImageSet? heldOut, FeatureMatrix realFeatures,
        FeatureMatrix syntheticFeatures, FeatureMatrix? heldOutFeatures, RunContext context, ImageMetricsConfig? config = null)
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
        var mixer = new Mixer(real, config);
        IReadOnlyList<Strata> Halves(bool byClass) => mixer.Halves(realFeatures, synthetic, syntheticFeatures, byClass);
        var whole = mixer.Draw("rows of the whole set", "each half of both sides", [("real", real), ("synthetic", synthetic)], Halves);
        var (drawnReal, drawnMade) = whole.Mix is "equal" or "natural" ? (Images(real, whole, 0, 1), Images(synthetic, whole, 2, 3))
            : (real, synthetic);
        List<ImageFact> rows = [.. Marked(WithFloor(comparison, whole).Concat(Similarity("", drawnReal, drawnMade, config, context)),
            whole)];
        var fewest = whole.Count;
        if (config.All)
        {
            var (a, b) = (Sample.Of(real, realFeatures), Sample.Of(synthetic, syntheticFeatures));
            var mix = new Samples([a, b], real.Classes.Count > 1 ? Samples.Word(config.ClassMix) : "",
                [.. real.Classes.Where((_, k) => real.ClassCounts()[k] > 0)]);
            rows.AddRange(Marked(comparison.Of(a, b).Select(r => Named(Everything, r)), mix));
        }
        if (heldOut is not null && heldOutFeatures is not null)
        {
            var unseen = mixer.Draw("held_out_* and gap_*", "each set", [("real", real), ("synthetic", synthetic), ("held-out", heldOut)],
                byClass => [mixer.Part(real, realFeatures, byClass), mixer.Part(synthetic, syntheticFeatures, byClass),
                    mixer.Part(heldOut, heldOutFeatures, byClass)]);
            fewest = Math.Min(fewest, unseen.Count);
            rows.AddRange(Marked(Unseen(comparison, unseen), unseen));
            var sources = config.WithoutSources ? AuditSources.Of(synthetic, real) : null;
            if (heldOut.Count >= Memorisation.Least && sources?.LeaveSome(real.Count) != false)
            {
                var audit = Memorisation.Of(syntheticFeatures, realFeatures, heldOutFeatures, Sample.GroupsOf(heldOut),
                    AuditClasses.Of(synthetic, real, heldOut), sources, context.Cancel);
                rows.AddRange(audit.Rows(real.Count));
                mixer.Warnings.AddRange(audit.Warnings);
            }
        }
        var halves = real.Classes.Count > 1 ? Halves(byClass: true) : [];
        for (var label = 0; label < real.Classes.Count && halves.Count > 0; label++)
        {
            var name = real.Classes[label];
            var own = Samples.Of(halves, label, Samples.Word(config.ClassMix), [name], config.Seed, "class");
            var ofClass = WithFloor(comparison, own)
                .Concat(Similarity(name, real.Select(Places(real, label)), synthetic.Select(Places(synthetic, label)), config, context));
            rows.AddRange(Marked(ofClass, own).Select(r => r with { Fact = r.Fact with { Label = name } }));
        }
        var intervals = comparison.IntervalTime.TotalSeconds;
        return new(realFeatures.Extractor, realFeatures.Preprocessing, realFeatures.Weights, MsSsim.Scales(real.Height, real.Width), rows,
            [.. mixer.Warnings, .. Warnings(frechet, realFeatures, fewest)])
        {
            Times = new(0, Stopwatch.GetElapsedTime(start).TotalSeconds - intervals, intervals),
        };
    }

    /// <summary>
    /// Each metric is the mean of two comparisons, of a half of the real sample with a half of the synthetic one, and the floor compares
    /// the two real halves: both at the same n, and no image stands in both comparisons.
    /// </summary>
    private static List<ImageFact> WithFloor(Comparison comparison, Samples halves)
    {
        var (a, b, first, second) = (halves.Drawn[0], halves.Drawn[1], halves.Drawn[2], halves.Drawn[3]);
        var found = comparison.Of([(a, first), (b, second)]).ToList();
        if (found.Count > 0 && comparison.Infinite((a, first), (b, second), found[0].Fact.Value) is { } infinite)
        {
            found.Insert(1, infinite);
        }
        found.AddRange(comparison.Between(a, b).Select(r => Named(Floor, r)));
        return found;
    }

    private static IEnumerable<ImageFact> Similarity(string label, ImageSet real, ImageSet synthetic, ImageMetricsConfig config,
        RunContext context)
    {
        foreach (var (name, set) in new[] { ("ms_ssim", synthetic), (Floor + "ms_ssim", real) })
        {
            var values = MsSsim.Among(set, config.Pairs, config.Seed, context);
            if (values.Length > 1)
            {
                var mean = values.Average();
                // pairs share images where they are more than half of them: only so many are independent
                var error = 1.96 * Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Length - 1)
                    / Math.Min(values.Length, set.Count / 2.0));
                yield return new(new Fact(name, label, mean, mean - error, mean + error, set.Count), name == "ms_ssim" ? 0 : set.Count);
            }
        }
    }

    /// <summary>
    /// Against real images that the generator never saw, and the gap: held-out less training value, with the same synthetic images and at
    /// the same n, since values at different n do not compare. A distance that is smaller to the training images, a positive gap, is a sign
    /// of memorisation.
    /// </summary>
    private static IEnumerable<ImageFact> Unseen(Comparison comparison, Samples samples)
    {
        var (train, synthetic, heldOut) = (samples.Drawn[0], samples.Drawn[1], samples.Drawn[2]);
        var seen = comparison.Of(train, synthetic, intervals: false)
            .ToDictionary(r => r.Fact.Metric, r => r.Fact.Value, StringComparer.Ordinal);
        foreach (var row in comparison.Of(heldOut, synthetic))
        {
            yield return Named(HeldOut, row);
            yield return new(new Fact(Gap + row.Fact.Metric, "", row.Fact.Value - seen[row.Fact.Metric], null, null, row.Fact.N), row.Real);
        }
    }

    private static IEnumerable<string> Warnings(string frechet, FeatureMatrix features, int fewest)
    {
        if (fewest < features.Dimension)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{frechet}: {fewest} images are fewer than the {features.Dimension} "
                + $"dimensions of {features.Extractor}: the value is far above its limit and depends on n; compare it with its floor and "
                + $"at equal n, or take kid");
        }
        if (features.Extractor == InceptionFeatures.FullName && !InceptionFeatures.IsOfficial(features.Weights))
        {
            yield return $"{frechet}: the weights' SHA-256 {features.Weights} is not that of pt_inception-2015-12-05-6726825d.pth, so the "
                + $"value is not called fid";
        }
    }

    private static void Demand(ImageSet real, ImageSet synthetic, ImageSet? heldOut)
    {
        foreach (var (name, set, least) in new[] { ("real", real, Fewest), ("synthetic", synthetic, Fewest), ("held-out", heldOut, 2) })
        {
            if (set?.Count < least)
            {
                throw new DatasetException($"{name}: {set.Count} images; image metrics want at least {least}");
            }
        }
        if (!real.Classes.SequenceEqual(synthetic.Classes, StringComparer.Ordinal) && real.Classes.Count > 0 && synthetic.Classes.Count > 0)
        {
            throw new DatasetException($"synthetic: classes are {string.Join(", ", synthetic.Classes)}; the real set has "
                + $"{string.Join(", ", real.Classes)}");
        }
    }

    private static ImageFact Named(string prefix, ImageFact row) => row with { Fact = row.Fact with { Metric = prefix + row.Fact.Metric } };

    private static IEnumerable<ImageFact> Marked(IEnumerable<ImageFact> rows, Samples samples)
        => rows.Select(r => r with { Mix = samples.Mix, Classes = samples.Classes });

    private static ImageSet Images(ImageSet set, Samples samples, int first, int second)
        => set.Select([.. samples.Drawn[first].Indices, .. samples.Drawn[second].Indices]);

    private static int[] Places(ImageSet set, int label) => [.. Enumerable.Range(0, set.Count).Where(i => set.Rows[i].Label == label)];
}
