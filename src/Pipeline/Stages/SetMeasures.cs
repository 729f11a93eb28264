using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Odm.Classify.Features;
using Odm.Classify.ImageMetrics;
using Odm.Classify.Metrics;
using Odm.Data.Images;
using Odm.Engine.Files;
using Odm.Engine.Runtime;
using Odm.Pipeline.Configuration;
using Odm.Pipeline.Planning;
using Odm.Pipeline.Preparing;
using Odm.Pipeline.Results;

namespace Odm.Pipeline.Stages;

/// <summary>
/// The measure stage of a synthetic set: how like real images its images are, whether they are copies by their features, and whether
/// networks that know real images alone read the grades that were asked for. What is natural is shown by validation images; test images
/// take no part.
/// </summary>
internal sealed class SetMeasures(Prepared prepared, MeasuresConfig config)
{
    private readonly Dictionary<(string Extractor, string Set), FeatureMatrix> real = [];

    /// <summary>Writes <c>image_metrics.csv</c>, <c>facts.csv</c> and, of grades, <c>confusion.csv</c> with its picture.</summary>
    public void Run(PlannedMeasure measure, RunContext context)
        => measure.Stage.Run(context, (c, facts) =>
        {
            var (made, seen, folder) = (measure.Set.Open(), prepared.Visible(measure.Set.Generator.Visible), measure.Stage.Folder);
            (facts["images"], facts["real_images"]) = (made.Count, seen.Count);
            if (Math.Min(made.Count, seen.Count) < ImageSetMetrics.Fewest)
            {
                facts["left_out"] = string.Create(CultureInfo.InvariantCulture,
                    $"{made.Count} synthetic and {seen.Count} real images; at least {ImageSetMetrics.Fewest} a side are needed");
                Durable.WriteText(Path.Combine(folder, "facts.csv"), FactsCsv.Text([]));
                return;
            }

            var unseen = prepared.Val.Count < 2 ? null : prepared.Val;
            using var extractor = FeatureExtractors.Open(measure.Extractor, c, config.Preprocessing);
            FeatureMatrix Of(string name, ImageSet set) => FeatureExtraction.Of(set, extractor, c, $"{measure.Stage.Title}, {name}");
            FeatureMatrix Real(string name, ImageSet set)
                => real.TryGetValue((extractor.Weights + extractor.Name, set.ContentHash), out var known) ? known
                : real[(extractor.Weights + extractor.Name, set.ContentHash)] = Of(name, set);
            var (ofMade, ofSeen, ofUnseen) = (Of("synthetic", made), Real("training", seen), unseen is null ? null
                : Real("validation", unseen));
            var scores = ImageSetMetrics.Score(seen, made, unseen, ofSeen, ofMade, ofUnseen, c,
                new ImageMetricsConfig
                {
                    ClassMix = config.ClassMix,
                    All = measure.OfGenerator,
                    WithoutSources = measure.Set.IsOfImages,
                });
            scores.WriteCsv(Path.Combine(folder, "image_metrics.csv"));
            facts["warnings"] = new JsonArray([.. scores.Warnings.Select(w => (JsonNode)w)]);
            facts["extractor"] = scores.Extractor;
            facts["preprocessing"] = scores.Preprocessing;
            facts["class_mix"] = scores.Rows[0].Mix;
            List<Fact> found = [.. scores.Facts];
            found.AddRange(Grades(measure, made, folder, c));
            Durable.WriteText(Path.Combine(folder, "facts.csv"), FactsCsv.Text(found)); // last: the stage is whole with it
        });

    /// <summary>
    /// <c>spearman</c>: rank correlation of the asked grade with the likeliest one by the judges, which are trained on real images alone;
    /// <c>spearman_expected</c>: with the grade expected under their probabilities, whose order within a grade is chance, so that a perfect
    /// judge stays below 1;
    /// <c>read_as_asked</c>: share of images whose likeliest grade is the asked one; <c>validation_</c> before a name: the same judges on
    /// real validation images.
    /// </summary>
    private IEnumerable<Fact> Grades(PlannedMeasure measure, ImageSet made, string folder, RunContext context)
    {
        if (measure.Judges.Count == 0)
        {
            yield break;
        }

        int[] asked = [.. made.Rows.Select(r => r.Label)];
        var read = Read(made);
        var matrix = ConfusionMatrix.From(asked, read.Likeliest, made.Classes.Count);
        matrix.Write(Path.Combine(folder, "confusion"), $"{measure.Set.Name}: asked (rows) and read grade", made.Classes);
        foreach (var fact in Ranks("", asked, read)
            .Concat(Ranks("validation_", [.. prepared.Val.Rows.Select(r => r.Label)], Read(prepared.Val))))
        {
            yield return fact;
        }

        var hits = asked.Zip(read.Likeliest).Count(x => x.First == x.Second);
        var (low, high) = RankCorrelation.Share(hits, asked.Length);
        yield return new("read_as_asked", "", (double)hits / asked.Length, low, high, asked.Length);

        (double[] Expected, int[] Likeliest) Read(ImageSet set)
        {
            var mean = new double[set.Count, set.Classes.Count];
            foreach (var judge in measure.Judges)
            {
                var said = judge.Downstream.Probabilities(judge.Fit.Folder, set, context);
                for (var i = 0; i < set.Count; i++)
                {
                    for (var k = 0; k < set.Classes.Count; k++)
                    {
                        mean[i, k] += said[i, k] / measure.Judges.Count;
                    }
                }
            }

            int[] classes = [.. Enumerable.Range(0, set.Classes.Count)];
            int[] images = [.. Enumerable.Range(0, set.Count)];
            return (Array.ConvertAll(images, i => classes.Sum(k => k * mean[i, k])),
                Array.ConvertAll(images, i => classes.MaxBy(k => mean[i, k])));
        }
    }

    private static IEnumerable<Fact> Ranks(string before, int[] asked, (double[] Expected, int[] Likeliest) read)
        => new[] { Rank(before + "spearman", asked, [.. read.Likeliest.Select(k => (double)k)]),
            Rank(before + "spearman_expected", asked, read.Expected) }.OfType<Fact>();

    private static Fact? Rank(string metric, int[] asked, double[] read)
    {
        if (RankCorrelation.Spearman(Array.ConvertAll(asked, a => (double)a), read) is not { } rho)
        {
            return null;
        }

        var interval = RankCorrelation.Interval(rho, asked.Length);
        return new(metric, "", rho, interval?.Low, interval?.High, asked.Length);
    }
}
