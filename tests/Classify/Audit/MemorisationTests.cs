using Odm.Classify.Audit;
using Odm.Classify.Features;
using Odm.Classify.Metrics;
using Odm.Data.Images;
using Odm.Data.Phantom;
using Odm.Engine.Runtime;

namespace Odm.Classify.Tests;

public sealed class MemorisationTests
{
    private static ImageSet Eyes(int count, ulong seed, int size = 64) => PhantomDataset.Draw(count, size, seed, [0, .25, .25, .25, .25], []);

    private static ImageSet Training { get; } = Eyes(150, 1);

    private static ImageSet HeldOut { get; } = Eyes(150, 2);

    private static string[] Alone { get; } = [.. Enumerable.Range(0, 200).Select(i => $"{i}")];

    // training images mirrored, with noise of some grey levels and a little more light
    private static ImageSet Cheat(int count, double noise = 8)
    {
        var rows = Enumerable.Range(0, count).Select(i => new ImageRow { Id = $"c{i}", Origin = ImageRow.Synthetic }).ToArray();
        byte[] Copy(int i)
        {
            var source = Training.Image(i % Training.Count);
            var (rng, side) = (Rng.For(7, "cheat", i), Training.Width);
            var (across, down) = (rng.NextBool(.5), rng.NextBool(.5));
            var copy = new byte[source.Length];
            for (var k = 0; k < copy.Length; k++)
            {
                var (c, y, x) = (k / (side * side), k / side % side, k % side);
                var value = source[(c * side + (down ? side - 1 - y : y)) * side + (across ? side - 1 - x : x)] + 4 + noise * rng.NextGaussian();
                copy[k] = (byte)Math.Clamp(Math.Round(value), 0, 255);
            }
            return copy;
        }
        return ImageSet.FromPixels([.. Enumerable.Range(0, count).SelectMany(Copy)], 3, 64, 64, rows, []);
    }

    private static Fact Of(MemorisationAudit audit, string metric) => audit.Facts.Single(f => f.Metric == metric);

    [Fact]
    public void A_generator_that_returns_mirrored_training_images_with_noise_is_caught()
    {
        var audit = Memorisation.Of(Cheat(100), Training, HeldOut);
        Of(audit, "copy_rate").Value.ShouldBeGreaterThan(.9);
        Of(audit, "nn_ratio").Value.ShouldBeLessThan(.7);
        audit.Pairs.Count(p => p.Training == p.Synthetic % Training.Count).ShouldBeGreaterThan(90); // and with the very image
        audit.Pairs.Select(p => p.Ratio).ShouldBe(audit.Pairs.Select(p => p.Ratio).Order());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    public void However_little_or_much_noise_there_is(double noise) => Of(Memorisation.Of(Cheat(100, noise), Training, HeldOut), "copy_rate").Value.ShouldBeGreaterThan(.9);

    // every twentieth held-out image is a training image with a little noise, as in sets that know no patients
    [Fact]
    public void Near_duplicates_among_the_held_out_images_do_not_hide_copies()
    {
        var spoilt = ImageSet.Concat(HeldOut.Select([.. Enumerable.Range(0, 142)]).WithoutLabels(), Cheat(8, 4));
        Of(Memorisation.Of(Cheat(100), Training, spoilt), "copy_rate").Value.ShouldBeGreaterThan(.9);
        Of(Memorisation.Of(Eyes(100, 3), Training, spoilt), "copy_rate").Value.ShouldBeLessThan(.05);
    }

    [Fact]
    public void A_fresh_draw_of_the_same_world_is_not()
    {
        var audit = Memorisation.Of(Eyes(100, 3), Training, HeldOut);
        Of(audit, "copy_rate").Value.ShouldBeLessThan(.05);
        Of(audit, "nn_ratio").Value.ShouldBeInRange(.9, 1.1);
        Of(audit, "nn_ratio").Low.ShouldNotBeNull().ShouldBeLessThan(Of(audit, "nn_ratio").Value);
    }

    [Fact]
    public void A_nearest_neighbour_is_that_of_brute_force()
    {
        var (made, seen) = (Eyes(5, 9, 32), Eyes(7, 8, 32));
        var audit = Memorisation.Of(made, seen, Eyes(20, 7, 32));
        foreach (var pair in audit.Pairs)
        {
            var distances = Enumerable.Range(0, seen.Count).Select(j => Enumerable.Range(0, 4).Min(flip => Distance(made, pair.Synthetic, seen, j, flip))).ToArray();
            pair.Distance.ShouldBe(distances.Min(), 1e-6);
            distances[pair.Training].ShouldBe(distances.Min(), 1e-6);
        }

        static double Distance(ImageSet a, int i, ImageSet b, int j, int flip)
        {
            var (sum, n) = (0.0, a.Width);
            for (var k = 0; k < 3 * n * n; k++)
            {
                var (c, y, x) = (k / (n * n), k / n % n, k % n);
                var other = b.Image(j)[(c * n + (flip > 1 ? n - 1 - y : y)) * n + (flip % 2 == 1 ? n - 1 - x : x)];
                sum += Math.Pow((a.Image(i)[k] - other) / 255.0, 2);
            }
            return Math.Sqrt(sum / (3 * n * n));
        }
    }

    [Fact]
    public void Too_few_held_out_images_and_other_sizes_are_refused()
    {
        Should.Throw<DatasetException>(() => Memorisation.Of(Training, Training, Eyes(10, 4))).Message.ShouldContain("10 held-out images");
        Should.Throw<DatasetException>(() => Memorisation.Of(Eyes(5, 1, 32), Training, HeldOut)).Message.ShouldContain("training images are 3x64x64, synthetic ones 3x32x32");
    }

    [Fact]
    public void By_features_planted_copies_are_caught_and_fresh_rows_are_not()
    {
        static FeatureMatrix Rows(ulong seed, int count, Func<Rng, int, int, double> value)
        {
            var (rng, values) = (Rng.For(seed, "rows"), new float[count, 16]);
            for (var i = 0; i < count; i++)
            {
                for (var j = 0; j < 16; j++)
                {
                    values[i, j] = (float)value(rng, i, j);
                }
            }
            return new() { Extractor = "drawn", Values = values };
        }
        var (seen, unseen) = (Rows(1, 300, (r, _, _) => r.NextGaussian()), Rows(2, 200, (r, _, _) => r.NextGaussian()));
        var copies = Memorisation.Of(Rows(3, 100, (r, i, j) => seen.Values[3 * i, j] + .1 * r.NextGaussian()), seen, unseen, Alone);
        Of(copies, "copy_rate_drawn").Value.ShouldBeGreaterThan(.95);
        copies.Pairs.ShouldAllBe(p => p.Training == 3 * p.Synthetic);
        var fresh = Memorisation.Of(Rows(4, 100, (r, _, _) => r.NextGaussian()), seen, unseen, Alone);
        Of(fresh, "copy_rate_drawn").Value.ShouldBeLessThan(.05);
        Of(fresh, "nn_ratio_drawn").Value.ShouldBeInRange(.9, 1.1);
    }

    // a large class whose images are all about equally far from each other, and a small one on a line, where a neighbour may be near by chance
    private static (FeatureMatrix Rows, int[] Labels) Uneven(ulong seed, int large, int small)
    {
        var (rng, values) = (Rng.For(seed, "uneven"), new float[large + small, 32]);
        for (var i = 0; i < large + small; i++)
        {
            for (var j = 0; j < 32; j++)
            {
                values[i, j] = (float)(i < large ? rng.NextGaussian() : j == 0 ? 40 + 5 * rng.NextGaussian() : 0);
            }
        }
        return (new() { Extractor = "drawn", Values = values }, [.. Enumerable.Range(0, large + small).Select(i => i < large ? 0 : 1)]);
    }

    private static string[] AsMany(int groups) => [.. Enumerable.Range(0, groups).Select(i => $"{i}")];

    private static readonly string[] Names = ["large", "small"];

    [Fact]
    public void Honest_images_of_a_small_class_are_not_called_copies_for_being_unlike_the_large_one()
    {
        var (seen, seenLabels) = Uneven(1, 400, 80);
        var (unseen, unseenLabels) = Uneven(2, 200, 40);
        var (fresh, labels) = Uneven(3, 50, 150);
        var classes = new AuditClasses(Names, labels, seenLabels, unseenLabels);
        Of(Memorisation.Of(fresh, seen, unseen, AsMany(240)), "copy_rate_drawn").Value.ShouldBeGreaterThan(.25); // by the large class's threshold
        var audit = Memorisation.Of(fresh, seen, unseen, AsMany(240), classes, null);
        Of(audit, "copy_rate_drawn").Value.ShouldBeLessThan(.05);
        Of(audit, "nn_ratio_drawn").Low!.Value.ShouldBeLessThan(1);
        Of(audit, "nn_ratio_drawn").High!.Value.ShouldBeGreaterThan(1);
        (audit.Rows(480).First().Mix, string.Join(';', audit.Rows(480).First().Classes), audit.Warnings.Count).ShouldBe(("by_class", "large;small", 0));
        audit.Thresholds["small"].ShouldBeLessThan(.5 * audit.Thresholds["large"]);

        // copies of the large class, a little changed, are found as before
        var copies = new FeatureMatrix { Extractor = "drawn", Values = new float[100, 32] };
        var rng = new Rng(4);
        for (var i = 0; i < 100; i++)
        {
            for (var j = 0; j < 32; j++)
            {
                copies.Values[i, j] = (float)(seen.Values[3 * i, j] + .1 * rng.NextGaussian());
            }
        }
        Of(Memorisation.Of(copies, seen, unseen, AsMany(240), classes with { Synthetic = new int[100] }, null), "copy_rate_drawn").Value.ShouldBeGreaterThan(.95);
    }

    [Fact]
    public void As_many_training_as_held_out_images_of_every_class_give_the_ratio()
    {
        // held-out images nearly lack the small class: of equal numbers in all, the training side would hold many more of it
        var (seen, seenLabels) = Uneven(1, 100, 100);
        var (unseen, unseenLabels) = Uneven(2, 185, 15);
        var (fresh, labels) = Uneven(3, 0, 100);
        Of(Memorisation.Of(fresh, seen, unseen, AsMany(200)), "nn_ratio_drawn").Value.ShouldBeLessThan(.5);
        var audit = Memorisation.Of(fresh, seen, unseen, AsMany(200), new AuditClasses(Names, labels, seenLabels, unseenLabels), null);
        Of(audit, "nn_ratio_drawn").Value.ShouldBeInRange(.5, 2); // fifteen points of a line on either side
        audit.Warnings.Single().ShouldBe("copy_rate_drawn: fewer than 20 held-out images of class small (15): synthetic images of this class are judged by all held-out images, which are mostly of other classes");
        (audit.Rows(200).First().Mix, audit.Rows(200).Last().Mix).ShouldBe(("pooled", "by_class"));
    }

    [Fact]
    public void Drawn_eyes_in_shares_unlike_those_of_training_are_not_called_copies()
    {
        ImageSet Skewed(ulong seed, int count) => PhantomDataset.Draw(count, 32, seed, [.5, .2, .1, .1, .1], []);
        var fresh = PhantomDataset.Draw(150, 32, 13, [0, .1, .2, .3, .4], []);
        var audit = Memorisation.Of(fresh, Skewed(11, 400), Skewed(12, 200));
        Of(audit, "copy_rate").Value.ShouldBeLessThan(.05);
        Of(audit, "nn_ratio").Value.ShouldBeInRange(.9, 1.1);
        audit.Thresholds.Keys.ShouldBe(["1", "2", "3", "4"]); // of those that synthetic images have
    }
}
