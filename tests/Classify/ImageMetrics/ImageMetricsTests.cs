using System.Text.Json;
using Odm.Classify.Features;
using Odm.Classify.ImageMetrics;
using Odm.Data.Images;
using Odm.Data.Phantom;
using Odm.Engine.Files;
using Odm.Engine.Runtime;
using Odm.Tests;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Classify.Tests;

public sealed class ImageMetricsTests
{
    private static readonly JsonElement Golden = JsonDocument.Parse(File.ReadAllText(Scattered.Golden("image_metrics.json"))).RootElement;
    private static readonly RunContext Context = new(CPU, Precision.Fp32, _ => { }, default);

    private static double Expected(string name) => Golden.GetProperty(name).GetDouble();

    private static Sample Rows(string file, int? first = null, Range? dead = null)
    {
        var array = Npy.Read(Scattered.Golden(file + ".npy"));
        var (n, d) = (first ?? (int)array.Header.Shape[0], (int)array.Header.Shape[1]);
        var values = array.ToDouble();
        return Sample(n, d, (i, j) => dead is { } r && j >= r.Start.Value && j < r.End.Value ? 0 : values[i * d + j]);
    }

    private static Sample Sample(int n, int d, Func<int, int, double> value, Func<int, string>? group = null)
    {
        var matrix = new FeatureMatrix { Extractor = "test", Values = new float[n, d] };
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < d; j++)
            {
                matrix.Values[i, j] = (float)value(i, j);
            }
        }
        return new(matrix, [.. Enumerable.Range(0, n)], [.. Enumerable.Range(0, n).Select(i => group?.Invoke(i) ?? $"{i}")]);
    }

    private static Sample Normal(ulong seed, int n, int d, double mean = 0, double deviation = 1, Func<int, string>? group = null)
    {
        var rng = new Rng(seed);
        return Sample(n, d, (_, _) => mean + deviation * rng.NextGaussian(), group);
    }

    private static double Distance(Sample a, Sample b)
    {
        using var first = Gaussian.Of(a, default);
        using var second = Gaussian.Of(b, default);
        using var one = Frechet.Between(first, second);
        using var other = Frechet.Between(second, first, vectors: true);
        other.Value.ShouldBe(one.Value, 1e-9 * (1 + one.Value)); // symmetric, with vectors or without
        return one.Value;
    }

    private static void Close(double found, double expected, double relative = 1e-6) => Math.Abs(found / expected - 1).ShouldBeLessThan(relative, $"{found} for {expected}");

    [Fact]
    public void Frechet_of_diagonal_covariances_is_what_paper_gives()
    {
        // (1 - 3)² + (0 - 0)² + (2 - 5)² + (1 - 1)², deviations 2 and 5, 1 and 1
        using var a = Gaussian.Of([1, 0], new double[,] { { 4, 0 }, { 0, 1 } });
        using var b = Gaussian.Of([3, 0], new double[,] { { 25, 0 }, { 0, 1 } });
        using var distance = Frechet.Between(a, b);
        distance.Value.ShouldBe(4 + 9, 1e-12);
    }

    [Fact]
    public void Frechet_agrees_with_SciPy_on_random_and_on_singular_covariances()
    {
        Close(Distance(Rows("features_real"), Rows("features_fake")), Expected("frechet"));
        Close(Distance(Rows("features_real", 10), Rows("features_fake", 13)), Expected("frechet_narrow"));
        Close(Distance(Rows("features_real", 10), Rows("features_fake")), Expected("frechet_one_narrow"));
        Close(Distance(Rows("features_real", dead: 5..15), Rows("features_fake", dead: 8..20)), Expected("frechet_dead"));
        Distance(Rows("features_real"), Rows("features_real")).ShouldBe(0, 1e-9);
    }

    [Fact]
    public void What_each_row_adds_to_the_distance_is_its_derivative_by_the_rows_weight()
    {
        // against leaving each row out: (n - 1) times what the value changes by, less the mean of that, up to second order
        foreach (var (n, m) in new[] { (6, 200), (200, 150), (5, 7) }) // of 8 dimensions: narrow and not
        {
            var (a, b) = (Normal(1, n, 8), Normal(2, m, 8, .3, 1.4));
            using var first = Gaussian.Of(a, default);
            using var second = Gaussian.Of(b, default);
            using var distance = Frechet.Between(first, second, vectors: true);
            foreach (var (side, rows, other) in new[] { (first, a, second), (second, b, first) })
            {
                var influence = distance.Influence(side, rows, default);
                influence.Sum().ShouldBe(0, 1e-6);
                if (rows.Count < 100)
                {
                    continue;
                }
                double[] jackknife = [.. Enumerable.Range(0, rows.Count).Select(Without)];
                var mean = jackknife.Average();
                var scale = Math.Sqrt(influence.Average(v => v * v));
                influence.Zip(jackknife, (i, j) => Math.Abs(i - (j - mean))).Average().ShouldBeLessThan(.06 * scale, $"{n}, {m}");

                double Without(int i)
                {
                    using var without = Gaussian.Of(rows.At(Enumerable.Range(0, rows.Count).Where(j => j != i)), default);
                    using var less = Frechet.Between(without, other);
                    return (rows.Count - 1) * (distance.Value - less.Value);
                }
            }
        }
    }

    [Fact]
    public void Kid_agrees_with_scikit_learns_kernel_and_the_neighbourhoods_with_brute_force()
    {
        var found = Neighbourhoods.Of(Rows("features_real"), Rows("features_fake"), 3, default);
        Close(found.Kid, Expected("kid"));
        found.Precise.Average().ShouldBe(Expected("image_precision"), 1e-12);
        found.Recalled.Average().ShouldBe(Expected("image_recall"), 1e-12);
        found.Density.Average().ShouldBe(Expected("density"), 1e-12);
        found.Covered.Average().ShouldBe(Expected("coverage"), 1e-12);
    }

    [Fact]
    public void Precision_asks_the_real_balls_and_recall_the_synthetic_ones()
    {
        // synthetic rows: a small part of the real ones' place. All are like real ones, few real ones are reached.
        var found = Neighbourhoods.Of(Normal(1, 300, 4), Normal(2, 300, 4, deviation: .2), 3, default);
        found.Precise.Average().ShouldBeGreaterThan(.95);
        found.Recalled.Average().ShouldBeLessThan(.2);
        found.Covered.Average().ShouldBeLessThan(.5);
    }

    [Fact]
    public void Ms_ssim_agrees_with_SciPy_at_three_scales_and_at_five()
    {
        using var scope = NewDisposeScope();
        foreach (var side in new[] { 64, 176 })
        {
            var array = Npy.Read(Scattered.Golden($"pictures_{side}.npy"));
            var x = tensor(array.ToDouble(), [.. array.Header.Shape]) / 255;
            Close(MsSsim.Of(x.narrow(0, 0, 1), x.narrow(0, 1, 1)).Single(), Expected($"ms_ssim_{side}"));
            MsSsim.Of(x, x).ShouldAllBe(v => Math.Abs(v - 1) < 1e-9);
        }
        new[] { 8, 11, 28, 32, 64, 128, 160, 161, 512 }.Select(s => MsSsim.Scales(s, s + 7)).ShouldBe([0, 1, 2, 2, 3, 4, 4, 5, 5]);
    }

    // precision, recall and density are shares of one side's images with the other side's balls as they are: that side is drawn once
    [Theory]
    [InlineData(true, true, "frechet_test", "kid")]
    [InlineData(false, true, "image_precision", "density")]
    [InlineData(true, false, "image_recall", null)]
    public void Intervals_hold_the_value_that_many_draws_have_as_mean_nineteen_times_of_twenty(bool real, bool made, string one, string? other)
    {
        const int Draws = 200;
        var comparison = new Comparison("frechet_test", new() { Neighbours = 3 }, default);
        var drawn = Enumerable.Range(0, Draws).Select(t => comparison.Of(Normal(real ? (ulong)t : 1, 150, 6), Normal(made ? (ulong)(1000 + t) : 1, 120, 6, .4, 1.3)).ToDictionary(f => f.Fact.Metric, f => f.Fact, StringComparer.Ordinal)).ToArray();
        foreach (var metric in new[] { one, other }.OfType<string>())
        {
            var mean = drawn.Average(d => d[metric].Value);
            drawn.Count(d => d[metric].Low <= mean && mean <= d[metric].High).ShouldBeInRange(180, 199, metric); // 190 on average, three deviations of 3.1
        }
    }

    // what their intervals do not say: the balls' own scatter, with both sides drawn, and that neighbours share balls
    [Fact]
    public void With_both_sides_drawn_the_intervals_of_neighbourhoods_hold_it_eight_to_nine_times_of_ten_as_the_documents_say()
    {
        const int Draws = 200;
        var comparison = new Comparison("frechet_test", new() { Neighbours = 3 }, default);
        var drawn = Enumerable.Range(0, Draws).Select(t => comparison.Of(Normal((ulong)t, 150, 6), Normal((ulong)(1000 + t), 120, 6, .4, 1.3)).ToDictionary(f => f.Fact.Metric, f => f.Fact, StringComparer.Ordinal)).ToArray();
        foreach (var metric in new[] { "image_precision", "image_recall", "density", "coverage" })
        {
            var mean = drawn.Average(d => d[metric].Value);
            drawn.Count(d => d[metric].Low <= mean && mean <= d[metric].High).ShouldBeInRange(150, 188, metric); // .81 to .88 in 400 draws
        }
    }

    [Fact]
    public void Twice_the_value_less_that_of_halves_takes_most_of_the_bias_away()
    {
        var comparison = new Comparison("f", new(), default);
        var (values, infinite) = (new List<double>(), new List<double>());
        for (var t = 0UL; t < 10; t++)
        {
            // one distribution: 0 in the limit
            var (real, made) = (Normal(t, 400, 10), Normal(50 + t, 400, 10));
            var (first, second) = (Half(0), Half(200));
            (Sample, Sample) Half(int from) => (real.At(Enumerable.Range(from, 200)), made.At(Enumerable.Range(from, 200)));
            values.Add(comparison.Of([first, second], intervals: false).First().Fact.Value);
            infinite.Add(comparison.Infinite(first, second, values[^1])!.Fact.Value);
        }
        infinite.Average().ShouldBeLessThan(.25 * values.Average());
    }

    [Fact]
    public void A_group_counts_once_in_an_interval()
    {
        var alone = Interval.Mean([1, 2, 3, 4, 5, 6], ["a", "b", "c", "d", "e", "f"])!.Value;
        var twice = Interval.Mean([1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6], ["a", "a", "b", "b", "c", "c", "d", "d", "e", "e", "f", "f"])!.Value;
        (twice.Low, twice.High).ShouldBe((alone.Low, alone.High));
        Interval.Share([1, 1, 1, 1], ["a", "a", "a", "a"]).ShouldBeNull();
        var all = Interval.Share([1, 1, 1, 1], ["a", "b", "c", "d"])!.Value;
        (all.Low is > .4 and < .6, all.High).ShouldBe((true, 1));
    }

    [Fact]
    [Trait("speed", "slow")]
    public void A_fresh_draw_of_the_phantom_scores_like_the_floor_and_copies_show_the_gap()
    {
        ImageSet Draw(ulong seed, int n) => PhantomDataset.Draw(n, 32, seed, [.2, .2, .2, .2, .2], []);
        var (train, heldOut, fresh) = (Draw(1, 120), Draw(2, 80), Draw(3, 100));
        using var extractor = FeatureExtractors.Open("pixels", Context);
        var honest = ImageSetMetrics.Score(train, fresh, heldOut, extractor, Context);
        honest.Times.ShouldSatisfyAllConditions(t => t.Features.ShouldBeGreaterThan(0), t => t.Values.ShouldBeGreaterThan(0), t => t.Intervals.ShouldBeGreaterThan(0));
        double Value(ImageScores s, string metric, string label = "") => s.Facts.Single(f => f.Metric == metric && f.Label == label).Value;
        Value(honest, "frechet_pixels").ShouldBeLessThan(1.5 * Value(honest, "floor_frechet_pixels"));
        Math.Abs(Value(honest, "kid")).ShouldBeLessThan(3 * Math.Abs(Value(honest, "floor_kid")) + .005);
        var copies = ImageSetMetrics.Score(train, train.Select([.. Enumerable.Range(0, 100)]), heldOut, extractor, Context);
        Value(copies, "gap_frechet_pixels").ShouldBeGreaterThan(5 * Math.Abs(Value(honest, "gap_frechet_pixels")));
        Value(copies, "image_precision").ShouldBeGreaterThanOrEqualTo(Value(copies, "floor_image_precision")); // precision does not see copies: they score like real images
        honest.Facts.Select(f => f.Label).Distinct().ShouldBe(["", .. train.Classes]);
        honest.Rows.ShouldContain(r => r.Fact.Metric == "ms_ssim" && r.Fact.Label == "");
        honest.Scales.ShouldBe(2);
        honest.Warnings.ShouldBe(["copy_rate_pixels: fewer than 20 held-out images of class 0 (16), 1 (16), 2 (16), 3 (16), 4 (16): synthetic images of these classes are judged by all held-out images, which are mostly of other classes",
            "frechet_pixels: 50 images are fewer than the 192 dimensions of pixels: the value is far above its limit and depends on n; compare it with its floor and at equal n, or take kid"]);
        honest.Facts.ShouldAllBe(f => double.IsFinite(f.Value));
        Should.Throw<DatasetException>(() => ImageSetMetrics.Score(train.Select([0]), fresh, null, extractor, Context)).Message.ShouldContain("real: 1 images");
        using var folder = new TemporaryFolder();
        honest.WriteCsv(folder["scores.csv"]);
        File.ReadLines(folder["scores.csv"]).First().ShouldEndWith(",n,n_real,extractor,preprocessing,class_mix,classes");
        File.ReadLines(folder["scores.csv"]).Skip(1).First().ShouldEndWith(",50,50,pixels,means of 8x8 blocks,equal,0;1;2;3;4"); // 100 fresh images, 20 a class, in two halves
        ImageSetMetrics.FrechetName("inception-fid", "6726825d").ShouldBe("fid");
        ImageSetMetrics.FrechetName("inception-fid", "ab").ShouldBe("frechet_inception-fid");
    }

    [Fact]
    public void Nothing_stays_behind()
    {
        var rows = Normal(1, 90, 8);
        var (a, b) = (rows.At(Enumerable.Range(0, 40)), rows.At(Enumerable.Range(40, 50)));
        var comparison = new Comparison("f", new(), default);
        _ = comparison.Of(a, b).ToList();
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        _ = comparison.Of(a, b).ToList();
        _ = comparison.Between(a, b).ToList();
        _ = comparison.Infinite((a, b), (b, a), 1);
        DisposeScopeManager.Statistics.ThreadTotalLiveCount.ShouldBe(before);
    }
}
