using Odm.Classify.Features;
using Odm.Classify.ImageMetrics;
using Odm.Data.Images;
using Odm.Engine.Runtime;
using static TorchSharp.torch;

namespace Odm.Classify.Tests;

/// <summary>Rows <c>all_*</c>: all images of both sides at once.</summary>
public sealed class AllImagesTests
{
    private static readonly RunContext Context = new(CPU, Precision.Fp32, _ => { }, default);

    private static (ImageSet Set, FeatureMatrix Features) Column(string name, params double[] values)
    {
        var matrix = new FeatureMatrix { Extractor = "test", Values = new float[values.Length, 1] };
        for (var i = 0; i < values.Length; i++)
        {
            matrix.Values[i, 0] = (float)values[i];
        }
        var rows = values.Select((_, i) => new ImageRow { Id = $"{name}-{i}", Label = i % 2 }).ToArray();
        return (ImageSet.FromPixels(new byte[64 * values.Length], 1, 8, 8, rows, ["a", "b"]), matrix);
    }

    private static ImageScores Score((ImageSet Set, FeatureMatrix Features) real, (ImageSet Set, FeatureMatrix Features) made, bool all)
        => ImageSetMetrics.Score(real.Set, made.Set, null, real.Features, made.Features, null, Context, new() { ClassMix = ClassMix.Natural, All = all });

    [Fact]
    public void They_are_what_paper_gives_and_say_how_many_images_and_which_mix()
    {
        var (real, made) = (Column("r", 0, 2, 0, 4, 9), Column("m", 3, 5, 2, 2, 8, 4));
        var rows = Score(real, made, all: true).Rows.Where(r => r.Fact.Metric.StartsWith("all_", StringComparison.Ordinal)).ToList();
        rows.ShouldAllBe(r => r.Mix == "natural" && r.Fact.N == 6 && r.Real == 5 && r.Fact.Label == "");
        double Of(string metric) => rows.Single(r => r.Fact.Metric == "all_" + metric).Fact.Value;

        // means 3 and 4; sums of squares about them 9 + 1 + 9 + 1 + 36 over 4, and 1 + 1 + 4 + 4 + 16 + 0 over 5
        Of("frechet_test").ShouldBe(1 + Math.Pow(Math.Sqrt(56 / 4.0) - Math.Sqrt(26 / 5.0), 2), 1e-9);

        // real balls: 0 to its third nearest other at 4, 2 at 2, 0 at 4, 4 at 4, 9 at 9: from 0 to 18 all is within one of them
        Of("image_precision").ShouldBe(1);
        // balls of made ones: 3 ± 1, 5 ± 3, 2 ± 2, 2 ± 2, 8 ± 5, 4 ± 2: 0 and 2 are within 2 ± 2, 4 and 9 within 8 ± 5
        Of("image_recall").ShouldBe(1);

        Score(real, made, all: false).Rows.ShouldNotContain(r => r.Fact.Metric.StartsWith("all_", StringComparison.Ordinal));
    }

    [Fact]
    public void Images_far_from_all_others_are_seen_whichever_half_they_would_fall_into()
    {
        var (real, made) = (Column("r", 0, 1, 2, 3, 4, 100), Column("m", 0.5, 1.5, 2.5, 3.5, -50, 300));
        var rows = Score(real, made, all: true).Rows;
        double Of(string metric) => rows.Single(r => r.Fact.Metric == "all_" + metric).Fact.Value;
        // 100 has a ball of radius 98, which reaches from 2 to 198: neither -50 nor 300 lies in it
        Of("image_precision").ShouldBe(4 / 6.0, 1e-12);
        // -50: third nearest other at 52.5; 300: at 298.5, from 1.5 on: 100 is within
        Of("image_recall").ShouldBe(1);
        // real balls that hold each: of 0 ± 3, 1 ± 2, 2 ± 2, 3 ± 2, 4 ± 3, 100 ± 98
        Of("density").ShouldBe((3 + 5 + 6 + 4 + 0 + 0) / 3.0 / 6, 1e-12);
    }
}
