using Odm.Classify.Audit;
using Odm.Data.Images;
using Odm.Engine.Runtime;
using Odm.Tests;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Classify.Tests;

/// <summary>What was painted into a real image is compared with lesions of training images; what surrounds it is a copy by construction.</summary>
public sealed class LesionAuditTests
{
    private const int Side = 48;

    private sealed record Lesion(ulong Seed, int Radius, int Y, int X, double Noise = 0, bool Mirrored = false);

    // waves of a drawn colour, within the disc by place in the disc, around it by place in the image
    private static (byte[] Image, byte[] Mask) Draw(ulong background, Lesion lesion)
    {
        var (image, mask) = (new byte[3 * Side * Side], new byte[Side * Side]);
        var noise = Rng.For(lesion.Seed + 1000 * background, "noise");
        var (around, within) = (Waves(background, "around"), Waves(lesion.Seed, "within"));
        for (var y = 0; y < Side; y++)
        {
            for (var x = 0; x < Side; x++)
            {
                var (v, u) = ((y - lesion.Y) / (double)lesion.Radius, (x - lesion.X) / (double)lesion.Radius);
                var inside = (v * v) + (u * u) <= 1;
                mask[(y * Side) + x] = inside ? (byte)255 : (byte)0;
                for (var c = 0; c < 3; c++)
                {
                    var value = inside ? within(c, v, lesion.Mirrored ? -u : u) + (lesion.Noise * noise.NextGaussian()) : around(c, y / 24.0 - 1, x / 24.0 - 1);
                    image[(((c * Side) + y) * Side) + x] = (byte)Math.Clamp(value, 0, 255);
                }
            }
        }
        return (image, mask);
    }

    private static Func<int, double, double, double> Waves(ulong seed, string purpose)
    {
        var rng = Rng.For(seed, purpose);
        double[] colour = [.. Enumerable.Range(0, 3).Select(_ => 60 + (130 * rng.NextDouble()))];
        var waves = Enumerable.Range(0, 4).Select(_ => (A: 5 * rng.NextGaussian(), B: 5 * rng.NextGaussian(), Phase: 6 * rng.NextDouble(), Height: 18 * rng.NextGaussian())).ToArray();
        return (c, v, u) => colour[c] + waves.Sum(w => w.Height * Math.Sin((w.A * v) + (w.B * u) + w.Phase + c));
    }

    private static Lesion Own(ulong seed)
    {
        var rng = Rng.For(seed, "place");
        var radius = 8 + rng.NextInt(8);
        return new(seed, radius, radius + 1 + rng.NextInt(Side - (2 * radius) - 2), radius + 1 + rng.NextInt(Side - (2 * radius) - 2));
    }

    private static ImageSet Set(string name, IEnumerable<(ulong Background, Lesion Lesion)> drawn)
    {
        var all = drawn.Select(d => Draw(d.Background, d.Lesion)).ToList();
        return ImageSet.FromPixels([.. all.SelectMany(a => a.Image)], 3, Side, Side, [.. all.Select((_, i) => new ImageRow { Id = $"{name}-{i}" })], [], [.. all.SelectMany(a => a.Mask)]);
    }

    private static ImageSet Real(string name, ulong first, int count) => Set(name, Enumerable.Range(0, count).Select(i => (first + (ulong)i, Own(first + (ulong)i))));

    private static readonly ImageSet Training = Real("training", 1, 120), HeldOut = Real("held-out", 1001, 60);

    // into training image i, where its lesion was, another one with its texture
    private static ImageSet Painted(Func<int, ulong> texture, double noise = 0, bool mirrored = false) => Set("painted", Enumerable.Range(0, 60).Select(i =>
        ((ulong)(1 + i), Own((ulong)(1 + i)) with { Seed = texture(i), Noise = noise, Mirrored = mirrored })));

    private static double Rate(MemorisationAudit audit, string metric) => audit.Facts.Single(f => f.Metric == metric).Value;

    [Fact]
    public void An_equal_background_is_no_copy_where_a_new_lesion_was_painted()
    {
        var painted = Painted(i => (ulong)(5000 + i));
        Rate(Memorisation.Of(painted, Training, HeldOut), "copy_rate").ShouldBeGreaterThan(.3, "by whole images, which keep their surroundings");
        var audit = Memorisation.OfLesions(painted, Training, HeldOut);
        Rate(audit, "copy_rate_lesion").ShouldBeLessThan(.06);
        Rate(audit, "nn_ratio_lesion").ShouldBe(1, .25);
        audit.Facts.ShouldAllBe(f => f.N == 60);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(8, false)]
    [InlineData(0, true)]
    public void A_lesion_of_a_training_image_is_a_copy_wherever_and_however_large_it_was_painted(double noise, bool mirrored)
    {
        // into image i the lesion of training image 119 - i, at another place, size and background
        var painted = Painted(i => (ulong)(120 - i), noise, mirrored);
        var audit = Memorisation.OfLesions(painted, Training, HeldOut);
        Rate(audit, "copy_rate_lesion").ShouldBeGreaterThan(.9);
        audit.Pairs.Count(p => p.Training == 119 - p.Synthetic).ShouldBeGreaterThan(54);
    }

    [Fact]
    public void The_lesion_that_was_there_before_is_a_copy_too()
    {
        var audit = Memorisation.OfLesions(Painted(i => (ulong)(1 + i), noise: 4), Training, HeldOut);
        Rate(audit, "copy_rate_lesion").ShouldBeGreaterThan(.95);
        audit.Pairs.ShouldAllBe(p => p.Training == p.Synthetic);
    }

    [Fact]
    public void Nothing_outside_the_mask_of_a_painted_lesion_counts()
    {
        var painted = Painted(i => (ulong)(i % 2 == 0 ? 5000 + i : 120 - i));
        var elsewhere = Set("painted", Enumerable.Range(0, 60).Select(i => ((ulong)(9000 + i), Own((ulong)(1 + i)) with { Seed = (ulong)(i % 2 == 0 ? 5000 + i : 120 - i) })));
        var (one, other) = (Memorisation.OfLesions(painted, Training, HeldOut), Memorisation.OfLesions(elsewhere, Training, HeldOut));
        var (a, b) = (one.Pairs.OrderBy(p => p.Synthetic).ToList(), other.Pairs.OrderBy(p => p.Synthetic).ToList());
        a.Select(p => p.Training).ShouldBe(b.Select(p => p.Training));
        for (var i = 0; i < a.Count; i++)
        {
            b[i].Distance.ShouldBe(a[i].Distance, 1e-6);
        }
        Rate(one, "copy_rate_lesion").ShouldBe(.5, .06);
        Rate(other, "copy_rate_lesion").ShouldBe(.5, .06);
    }

    [Fact]
    public void Distances_are_those_of_brute_force_within_the_mask_mirrored_in_any_way()
    {
        var (few, many) = (Real("few", 300, 5), Real("many", 400, 7));
        using var scope = NewDisposeScope();
        int[] all = [.. Enumerable.Range(0, 5)], others = [.. Enumerable.Range(0, 7)];
        var found = NeighbourSpace.OfLesions(few, all).NearestTo(NeighbourSpace.OfLesions(many, others), default);
        var ((a, _), (b, share)) = (LesionCrops.Of(few, all, 32), LesionCrops.Of(many, others, 32));
        for (var i = 0; i < 7; i++)
        {
            var distances = all.Select(j => new long[][] { [], [2], [1], [1, 2] }.Min(m =>
            {
                var (q, w) = m.Length == 0 ? (b[i], share[i]) : (b[i].flip(m), share[i].flip(m));
                return Math.Sqrt(((q - a[j]).square() * w).sum().item<float>() / (3 * w.sum().item<float>()));
            })).ToArray();
            found[i].Distance.ShouldBe(distances.Min(), 1e-5);
            found[i].Index.ShouldBe(Array.IndexOf(distances, distances.Min()));
        }
    }

    [Fact]
    public void The_square_about_a_mask_stays_within_the_image()
    {
        byte[] Mask(int height, int width, params (int Y, int X)[] on)
        {
            var mask = new byte[height * width];
            foreach (var (y, x) in on)
            {
                mask[(y * width) + x] = 255;
            }
            return mask;
        }
        LesionCrops.Box(Mask(8, 8, (2, 3), (4, 4)), 8, 8).ShouldBe((2, 2, 3, 3));
        LesionCrops.Box(Mask(8, 8, (0, 2), (0, 6)), 8, 8).ShouldBe((0, 2, 5, 5)); // would begin two rows above the image
        LesionCrops.Box(Mask(8, 8, (7, 7)), 8, 8).ShouldBe((7, 7, 1, 1));
        LesionCrops.Box(Mask(3, 8, (1, 0), (1, 7)), 3, 8).ShouldBe((0, 0, 3, 8)); // wider than the image is high
        Should.Throw<ArgumentException>(() => LesionCrops.Box(new byte[64], 8, 8));
    }

    [Fact]
    public void Images_without_a_lesion_take_no_part_and_a_distance_is_what_paper_gives()
    {
        // of one grey: a lesion of 100 on 20 against lesions of 151 and 250 on other grounds: 51 / 255 apart
        ImageSet Grey(params (byte Ground, byte? Lesion)[] images) => ImageSet.FromPixels([.. images.SelectMany(i => Enumerable.Range(0, 64).Select(p => p is 27 or 28 or 35 or 36 && i.Lesion is { } l ? l : i.Ground))], 1, 8, 8,
            [.. images.Select((_, i) => new ImageRow { Id = $"{i}" })], [], [.. images.SelectMany(i => Enumerable.Range(0, 64).Select(p => p is 27 or 28 or 35 or 36 && i.Lesion is not null ? (byte)255 : (byte)0))]);
        var heldOut = Grey([.. Enumerable.Range(0, 20).Select(i => ((byte)0, (byte?)(i * 10)))]);
        var audit = Memorisation.OfLesions(Grey((20, null), (20, 100)), Grey((20, null), (0, 151), (20, 250)), heldOut);
        audit.Pairs.Select(p => (p.Synthetic, p.Training)).ShouldBe([(1, 1)]);
        audit.Pairs[0].Distance.ShouldBe(51 / 255.0, 1e-6);
        audit.Facts[0].N.ShouldBe(1);
        Should.Throw<DatasetException>(() => Memorisation.OfLesions(Grey((20, null)), Grey((0, 151)), heldOut)).Message.ShouldContain("0 synthetic, 1 training and 20 held-out");
    }

    [Fact]
    public void Nothing_stays_in_memory()
    {
        Memorisation.OfLesions(Painted(i => (ulong)(5000 + i)), Training, HeldOut);
        var before = TorchSharp.DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        Memorisation.OfLesions(Painted(i => (ulong)(5000 + i)), Training, HeldOut);
        TorchSharp.DisposeScopeManager.Statistics.ThreadTotalLiveCount.ShouldBe(before);
    }
}
