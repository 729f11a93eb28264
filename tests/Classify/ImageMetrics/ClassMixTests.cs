using System.Text.Json;
using Odm.Classify.Features;
using Odm.Classify.ImageMetrics;
using Odm.Classify.Metrics;
using Odm.Data.Images;
using Odm.Engine.Files;
using Odm.Engine.Runtime;
using static TorchSharp.torch;

namespace Odm.Classify.Tests;

public sealed class ClassMixTests
{
    private static readonly RunContext Context = new(CPU, Precision.Fp32, _ => { }, default);
    private static readonly string[] Names = ["none", "mild", "severe"];

    // classes that lie apart and scatter differently: another class mix is another distribution
    private static (ImageSet Set, FeatureMatrix Features) Draw(ulong seed, params int[] counts)
    {
        const int d = 6;
        int[] labels = [.. counts.SelectMany((n, k) => Enumerable.Repeat(k, n))];
        var (rng, values) = (Rng.For(seed, "class mix"), new float[labels.Length, d]);
        for (var i = 0; i < labels.Length; i++)
        {
            for (var j = 0; j < d; j++)
            {
                values[i, j] = (float)((j == 0 ? 3 * labels[i] : 0) + (1 + .5 * labels[i]) * rng.NextGaussian());
            }
        }
        var rows = labels.Select((label, i) => new ImageRow { Id = $"{seed}-{i}", Label = label }).ToArray();
        return (ImageSet.FromPixels(new byte[64 * labels.Length], 1, 8, 8, rows, Names), new FeatureMatrix { Extractor = "drawn", Values = values });
    }

    private static ImageScores Score((ImageSet Set, FeatureMatrix Features) real, (ImageSet Set, FeatureMatrix Features) made, (ImageSet Set, FeatureMatrix Features)? heldOut = null, ClassMix mix = ClassMix.Equal) =>
        ImageSetMetrics.Score(real.Set, made.Set, heldOut?.Set, real.Features, made.Features, heldOut?.Features, Context, new() { ClassMix = mix });

    private static (ImageSet Set, FeatureMatrix Features) Unlabelled((ImageSet Set, FeatureMatrix Features) of) => (of.Set.WithoutLabels(), of.Features);

    private static ImageFact Row(ImageScores scores, string metric, string label = "") => scores.Rows.Single(r => r.Fact.Metric == metric && r.Fact.Label == label);

    private static Sample Column(params double[] values)
    {
        var matrix = new FeatureMatrix { Extractor = "test", Values = new float[values.Length, 1] };
        for (var i = 0; i < values.Length; i++)
        {
            matrix.Values[i, 0] = (float)values[i];
        }
        return new(matrix, [.. Enumerable.Range(0, values.Length)], [.. Enumerable.Range(0, values.Length).Select(i => $"{i}")]);
    }

    [Fact]
    public void The_distance_of_halves_their_floor_and_their_limit_are_what_paper_gives()
    {
        var (real, made) = (Column(0, 2, 0, 4), Column(3, 5, 2, 2));
        var (a, b, s1, s2) = (real.At([0, 1]), real.At([2, 3]), made.At([0, 1]), made.At([2, 3]));
        var comparison = new Comparison("f", new(), default);
        // means 1 and 4, variances 2 and 2: 9. Means 2 and 2, variances 8 and 0: 8.
        var value = comparison.Of([(a, s1), (b, s2)]).Single().Fact;
        (value.Value, value.N).ShouldBe((8.5, 2));
        // means 1 and 2, deviations sqrt 2 and 2 sqrt 2
        comparison.Between(a, b).Single().Fact.Value.ShouldBe(1 + 2, 1e-9);
        // together: means 1.5 and 3, variances 11/3 and 2
        comparison.Infinite((a, s1), (b, s2), value.Value)!.Fact.Value.ShouldBe(Math.Max(0, 2 * (2.25 + Math.Pow(Math.Sqrt(11 / 3.0) - Math.Sqrt(2), 2)) - 8.5), 1e-9);
        comparison.Infinite((a, s1), (b, s2), 1)!.Fact.Value.ShouldBe(2 * (2.25 + Math.Pow(Math.Sqrt(11 / 3.0) - Math.Sqrt(2), 2)) - 1, 1e-9);
    }

    [Fact]
    public void A_mix_takes_as_many_images_as_its_scarcest_class_allows()
    {
        int[] available = [200, 30, 9, 24, 0], real = [400, 60, 60, 120, 20];
        Samples.Counts(ClassMix.Equal, available, real).ShouldBe([24, 24, 0, 24, 0]);
        Samples.Counts(ClassMix.Natural, available, real).ShouldBe([80, 12, 0, 24, 0]); // 24 of 120, so a fifth of all
        Samples.Counts(ClassMix.Equal, [9, 3], [100, 50]).ShouldBe([0, 0]);
    }

    [Fact]
    public void Halves_hold_every_image_once_and_part_neither_patients_nor_class_shares()
    {
        Sample Class(int label, int patients) => Column(new double[2 * patients]) with { Groups = [.. Enumerable.Range(0, 2 * patients).Select(i => $"{label} {i / 2}")] };
        for (var seed = 0UL; seed < 30; seed++)
        {
            var all = new Strata([Class(0, 8 + (int)(7 * seed)), Class(1, 9), Class(2, 20)]);
            var (first, second) = all.Halves(seed, "test");
            for (var k = 0; k < 3; k++)
            {
                first.Classes[k].Indices.Concat(second.Classes[k].Indices).Order().ShouldBe(Enumerable.Range(0, all.Counts[k]));
                first.Classes[k].Groups.Intersect(second.Classes[k].Groups, StringComparer.Ordinal).ShouldBeEmpty();
                Math.Abs(first.Counts[k] - second.Counts[k]).ShouldBeLessThanOrEqualTo(2); // a patient
            }
        }
        var few = new Strata([Class(0, 2)]).Halves(1, "test"); // two patients of a class cannot be halved: image by image
        (few.First.Counts[0], few.Second.Counts[0]).ShouldBe((2, 2));
    }

    [Fact]
    public void Values_floors_and_intervals_of_halves_agree_with_NumPy()
    {
        var golden = JsonDocument.Parse(File.ReadAllText(Scattered.Golden("image_metrics.json"))).RootElement.GetProperty("halves");
        Sample Rows(string file, string places, Func<int, string> group)
        {
            var array = Npy.Read(Scattered.Golden(file + ".npy"));
            var (values, d) = (array.ToDouble(), (int)array.Header.Shape[1]);
            var matrix = new FeatureMatrix { Extractor = "test", Values = new float[array.Header.Shape[0], d] };
            for (var i = 0; i < values.Length; i++)
            {
                matrix.Values[i / d, i % d] = (float)values[i];
            }
            int[] rows = [.. golden.GetProperty(places).EnumerateArray().Select(v => v.GetInt32())];
            return new(matrix, rows, [.. rows.Select(group)]);
        }
        Sample Real(string places) => Rows("features_real", places, i => $"{i / 2}");
        Sample Made(string places) => Rows("features_fake", places, i => $"{i}");
        var (a, b, s1, s2) = (Real("A"), Real("B"), Made("S1"), Made("S2"));
        b = b with { Matrix = a.Matrix };
        s2 = s2 with { Matrix = s1.Matrix };
        var comparison = new Comparison("frechet", new(), default);
        var found = comparison.Of([(a, s1), (b, s2)]).ToList();
        found.Count.ShouldBe(6);
        foreach (var fact in found.Select(f => f.Fact))
        {
            double[] expected = [.. golden.GetProperty(fact.Metric).EnumerateArray().Select(v => v.GetDouble())];
            double[] values = [fact.Value, fact.Low!.Value, fact.High!.Value];
            for (var i = 0; i < 3; i++)
            {
                values[i].ShouldBe(expected[i], 1e-6 * Math.Abs(expected[i]), $"{fact.Metric} {i}");
            }
        }
        foreach (var fact in comparison.Between(a, b).Select(f => f.Fact))
        {
            fact.Value.ShouldBe(golden.GetProperty("floor_" + fact.Metric).GetDouble(), 1e-6, fact.Metric);
        }
        comparison.Infinite((a, s1), (b, s2), found[0].Fact.Value)!.Fact.Value.ShouldBe(golden.GetProperty("frechet_infinity").GetDouble(), 1e-5);
    }

    [Fact]
    [Trait("speed", "slow")]
    public void Other_real_images_in_other_class_shares_come_out_at_their_floor()
    {
        const int draws = 16;
        string[] metrics = ["frechet_drawn", "kid", "image_precision", "image_recall", "density", "coverage"];
        var differences = new Dictionary<string, List<double>>(StringComparer.Ordinal);
        for (var t = 0UL; t < draws; t++)
        {
            var (real, made, heldOut) = (Draw(3 * t, 160, 40, 40), Draw(3 * t + 1, 40, 40, 120), Draw(3 * t + 2, 24, 60, 30));
            foreach (var (mix, scores) in new[] { ("equal", Score(real, made, heldOut)), ("natural", Score(real, made, heldOut, ClassMix.Natural)), ("pooled", Score(Unlabelled(real), Unlabelled(made), Unlabelled(heldOut))) })
            {
                foreach (var metric in metrics)
                {
                    Note($"{mix} {metric}", Row(scores, metric).Fact.Value - Row(scores, "floor_" + metric).Fact.Value);
                    Note($"{mix} gap {metric}", Row(scores, "gap_" + metric).Fact.Value);
                }
                Row(scores, "kid").Fact.N.ShouldBe(Row(scores, "floor_kid").Fact.N);
                Row(scores, "held_out_kid").Fact.N.ShouldBe(Row(scores, "held_out_kid").Real);
            }
        }
        // all images are draws of one distribution a class, so that value and floor, and both sides of a gap, have one mean: their difference lies within three standard errors
        foreach (var mix in new[] { "equal", "natural" })
        {
            foreach (var metric in metrics.SelectMany(m => new[] { m, "gap " + m }))
            {
                Math.Abs(Errors($"{mix} {metric}")).ShouldBeLessThan(3, $"{mix} {metric}");
            }
        }
        // in their own shares they are not one distribution
        Errors("pooled frechet_drawn").ShouldBeGreaterThan(20);
        Errors("pooled kid").ShouldBeGreaterThan(20);
        Errors("pooled gap frechet_drawn").ShouldBeLessThan(-10); // the held-out images' shares are nearer to the synthetic ones': no memory, shares

        void Note(string what, double value) => (differences.TryGetValue(what, out var list) ? list : differences[what] = []).Add(value);
        double Errors(string what) => differences[what] is var d && d.Average() is var mean ? mean / Math.Sqrt(d.Sum(v => (v - mean) * (v - mean)) / (d.Count - 1) / d.Count) : 0;
    }

    [Fact]
    public void An_interval_of_two_halves_holds_their_mean_nineteen_times_of_twenty()
    {
        var comparison = new Comparison("f", new(), default);
        var drawn = Enumerable.Range(0, 80).Select(t => (ulong)t).Select(t =>
        {
            var (real, made) = (Draw(2 * t, 160), Draw(2 * t + 1, 0, 160)); // two classes, one against the other
            var (x, y) = (Sample.Of(real.Set, real.Features), Sample.Of(made.Set, made.Features));
            return comparison.Of([(x.At(Enumerable.Range(0, 80)), y.At(Enumerable.Range(0, 80))), (x.At(Enumerable.Range(80, 80)), y.At(Enumerable.Range(80, 80)))]).Take(2).Select(f => f.Fact).ToArray();
        }).ToArray();
        foreach (var metric in new[] { 0, 1 })
        {
            var mean = drawn.Average(d => d[metric].Value);
            drawn.Count(d => d[metric].Low <= mean && mean <= d[metric].High).ShouldBeInRange(70, 80, drawn[0][metric].Metric); // 76 on average, deviation 2
        }
    }

    [Fact]
    public void Classes_that_a_side_lacks_are_left_out_and_named()
    {
        var (real, made) = (Draw(1, 60, 50, 18), Draw(2, 0, 40, 70));
        var scores = Score(real, made, Draw(3, 30, 12, 0));
        scores.Warnings.Where(w => w.StartsWith("rows of", StringComparison.Ordinal)).ShouldBe(["rows of the whole set: left out are classes none (60 real, 0 synthetic), severe (18 real, 70 synthetic): fewer than 10 images in each half of both sides"]);
        scores.Warnings.ShouldContain("held_out_* and gap_*: left out are classes none (60 real, 0 synthetic, 30 held-out), severe (18 real, 70 synthetic, 0 held-out): fewer than 10 images in each set");
        (Row(scores, "kid").Mix, string.Join(' ', Row(scores, "kid").Classes), Row(scores, "kid").Fact.N, Row(scores, "floor_kid").Fact.N).ShouldBe(("equal", "mild", 20, 20));
        (Row(scores, "gap_kid").Fact.N, Row(scores, "gap_kid").Real).ShouldBe((12, 12));
        (Row(scores, "kid", "severe").Fact.N, Row(scores, "kid", "severe").Real).ShouldBe((9, 9)); // a class's own rows are there
        scores.Rows.ShouldNotContain(r => r.Fact.Label == "none" && r.Fact.Metric == "kid");
    }

    [Fact]
    public void Sets_with_no_class_in_common_are_compared_as_they_are_with_a_warning()
    {
        var scores = Score(Draw(1, 60, 8, 0), Draw(2, 0, 40, 70));
        scores.Warnings[0].ShouldBe("rows of the whole set: no class has 10 images in each half of both sides: the sets are compared in their own class shares, and the values are of these shares too");
        (Row(scores, "kid").Mix, Row(scores, "kid").Fact.N).ShouldBe(("pooled", 34));
        var unnamed = Score(Unlabelled(Draw(1, 60, 8, 0)), Draw(2, 0, 40, 70));
        (Row(unnamed, "kid").Mix, Row(unnamed, "kid").Classes.Count, unnamed.Warnings.Count).ShouldBe(("", 0, 0));
    }

    [Fact]
    public void A_cap_on_the_pairs_keeps_the_mix()
    {
        var (real, made) = (Draw(1, 300, 200, 100), Draw(2, 100, 200, 300));
        var parts = new[] { Strata.ByClass(real.Set, real.Features, Names), Strata.ByClass(made.Set, made.Features, Names) };
        var mixed = Samples.Mixed(parts, real.Set.ClassCounts(), Names, new(), "test")!;
        mixed.Count.ShouldBe(300);
        int[] Labels(ImageSet set, Sample of) => [.. of.AtMost(100, 5, "cap").Indices.Select(i => set.Rows[i].Label)];
        Labels(real.Set, mixed.Drawn[0]).ShouldBe(Labels(made.Set, mixed.Drawn[1]));
    }
}
