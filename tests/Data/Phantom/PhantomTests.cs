using Odm.Data.Images;
using Odm.Data.Phantom;
using Odm.Engine.Runtime;

namespace Odm.Data.Tests;

public class PhantomTests
{
    private static readonly double[] Even = [.2, .2, .2, .2, .2];

    [Theory]
    [InlineData(32, 300, .90)]
    [InlineData(64, 300, .95)]
    [InlineData(128, 60, .95)]
    [InlineData(256, 20, .95)]
    public void The_rule_reads_the_grade_from_image_and_mask(int size, int count, double wanted)
    {
        var set = PhantomDataset.Draw(count, size, 17, Even);
        Right(i => PhantomRule.Grade(set.Image(i), size)).ShouldBeGreaterThanOrEqualTo(wanted);
        Right(i => PhantomRule.GradeOfMask(set.Mask(i), size)).ShouldBeGreaterThanOrEqualTo(wanted);

        double Right(Func<int, int> rule) => Enumerable.Range(0, count).Average(i => rule(i) == set.Rows[i].Label ? 1.0 : 0);
    }

    [Theory]
    [InlineData(32)]
    [InlineData(64)]
    public void The_rule_survives_the_blur_and_noise_a_generator_leaves(int size)
    {
        var set = PhantomDataset.Draw(200, size, 23, Even);
        var right = Enumerable.Range(0, set.Count).Average(i => PhantomRule.Grade(Worn(set.Image(i), size, 6, Rng.For(1, "wear", i)), size) == set.Rows[i].Label ? 1.0 : 0);
        right.ShouldBeGreaterThanOrEqualTo(.85);
    }

    [Fact]
    public void The_rule_finds_the_disc_in_drawings_and_in_nothing_else()
    {
        const int size = 32;
        var set = PhantomDataset.Draw(100, size, 5, Even);
        Enumerable.Range(0, 100).Count(i => PhantomRule.FindsDisc(set.Image(i), size)).ShouldBe(100);
        var rng = new Rng(1);
        PhantomRule.FindsDisc(new byte[3 * size * size], size).ShouldBeFalse();
        PhantomRule.FindsDisc(Enumerable.Repeat((byte)200, 3 * size * size).ToArray(), size).ShouldBeFalse();
        PhantomRule.FindsDisc(new byte[3 * size * size].Select(_ => (byte)rng.NextInt(256)).ToArray(), size).ShouldBeFalse();
        PhantomRule.FindsDisc(Shifted(set.Image(0), size, 6), size).ShouldBeFalse();
        for (var image = 0; image < 20; image++)
        {
            PhantomRule.FindsDisc(Speckled(set.Image(image), size, rng), size).ShouldBeFalse();
            PhantomRule.FindsDisc(Worn(set.Image(image), size, 20, rng), size).ShouldBeTrue(); // what a generator leaves, and more
        }
    }

    [Fact]
    public void Tissue_of_any_shade_and_blend_shows_no_lesion_and_lesion_colours_show_fully()
    {
        var rng = new Rng(2);
        for (var i = 0; i < 1000; i++)
        {
            var tissue = PhantomColours.Fundus * (float)rng.NextDouble() + PhantomColours.OpticDisc * (float)rng.NextDouble() + PhantomColours.Vessel * (float)rng.NextDouble();
            PhantomColours.Coverage(tissue.R, tissue.G, tissue.B).ShouldBe(0, .001);
        }
        foreach (var lesion in new[] { PhantomColours.BrightBlot, PhantomColours.DarkDot })
        {
            PhantomColours.Coverage(lesion.R, lesion.G, lesion.B).ShouldBe(1, .001);
        }
    }

    [Theory]
    [InlineData(64, .95)]
    [InlineData(128, .97)]
    public void The_rule_reads_the_mask_from_the_image(int size, double wanted)
    {
        var set = PhantomDataset.Draw(60, size, 19, [0, 0, .4, .3, .3]);
        Enumerable.Range(0, set.Count).Average(i => Dice(PhantomRule.LesionMask(set.Image(i), size), set.Mask(i))).ShouldBeGreaterThan(wanted);
        var healthy = PhantomDataset.Draw(20, size, 19, [1, 0, 0, 0, 0]);
        Enumerable.Range(0, healthy.Count).Count(i => PhantomRule.LesionMask(healthy.Image(i), size).All(m => m == 0)).ShouldBe(healthy.Count);

        static double Dice(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
        {
            var (both, sum) = (0, 0);
            for (var i = 0; i < a.Length; i++)
            {
                (both, sum) = (both + (a[i] & b[i]) / 255, sum + (a[i] + b[i]) / 255);
            }
            return 2.0 * both / sum;
        }
    }

    [Fact]
    public void Lesion_colours_occur_where_the_mask_is_and_nowhere_else()
    {
        var set = PhantomDataset.Draw(60, 64, 3, Even);
        for (var i = 0; i < set.Count; i++)
        {
            for (var p = 0; p < 64 * 64; p++)
            {
                var cover = PhantomColours.Coverage(set.Image(i)[p], set.Image(i)[4096 + p], set.Image(i)[8192 + p]);
                (set.Mask(i)[p] == 255 ? cover > .3f : cover < .7f).ShouldBeTrue($"image {i}, pixel {p}: {cover}");
            }
        }
    }

    [Fact]
    public void Lesions_grow_with_the_grade_in_number_and_area_and_are_never_under_one_and_a_half_pixels()
    {
        var eyes = Enumerable.Range(0, 5).Select(g => Enumerable.Range(0, 100).Select(i => PhantomEye.Draw(32, g, i % 2 == 0, Rng.For(1, "eye", i))).ToArray()).ToArray();
        eyes[0].ShouldAllBe(e => e.Lesions.Count == 0);
        for (var g = 1; g < 5; g++)
        {
            eyes[g].Min(e => e.Lesions.Count).ShouldBeGreaterThan(eyes[g - 1].Max(e => e.Lesions.Count));
            eyes[g].Min(Area).ShouldBeGreaterThan(eyes[g - 1].Max(Area));
            eyes[g].ShouldAllBe(e => e.Lesions.All(l => 2 * l.Short >= 1.5f && l.Long >= l.Short));
        }
        eyes[1].ShouldAllBe(e => e.Lesions.All(l => !l.Bright));
        eyes[2].ShouldAllBe(e => e.Lesions.Any(l => l.Bright) && e.Lesions.Any(l => !l.Bright));

        static double Area(PhantomEye eye) => eye.Lesions.Sum(l => l.Long * l.Short);
    }

    [Fact]
    public void Two_eyes_of_one_grade_make_a_patient_with_the_optic_disc_on_either_side()
    {
        var set = PhantomDataset.Draw(101, 32, 9);
        set.Rows.GroupBy(r => r.Group).ShouldAllBe(g => g.Count() <= 2 && g.Select(r => r.Label).Distinct().Count() == 1);
        set.Rows.Select(r => r.Group).Distinct().Count().ShouldBe(51);
        PhantomEye.Draw(64, 0, right: true, new Rng(1)).OpticDisc.X.ShouldBeGreaterThan(40);
        PhantomEye.Draw(64, 0, right: false, new Rng(1)).OpticDisc.X.ShouldBeLessThan(24);
    }

    [Fact]
    public void Grades_are_as_skewed_as_EyePACS_unless_shares_are_given()
    {
        PhantomDataset.Draw(2000, 32, 1).ClassCounts().ShouldBe([1460, 140, 300, 50, 50]);
        PhantomDataset.Draw(40, 32, 1).ClassCounts().ShouldAllBe(n => n >= 2);
        PhantomDataset.Draw(100, 32, 1, [.5, .5, 0, 0, 0]).ClassCounts().ShouldBe([50, 50, 0, 0, 0]);
    }

    [Fact]
    public void Equal_seeds_draw_equal_bytes_and_others_do_not()
    {
        var hash = PhantomDataset.Draw(30, 48, 4).ContentHash;
        PhantomDataset.Draw(30, 48, 4).ContentHash.ShouldBe(hash);
        PhantomDataset.Draw(30, 48, 5).ContentHash.ShouldNotBe(hash);
        PhantomDataset.Draw(200, 32, 4).Rows.Select(r => r.Sha256).Distinct().Count().ShouldBe(200);
    }

    /// <summary>Blurred by (1 6 1)/8 both ways, with Gaussian noise.</summary>
    private static byte[] Worn(ReadOnlySpan<byte> planar, int size, double noise, Rng rng)
    {
        var result = new byte[planar.Length];
        int[] weight = [1, 6, 1];
        for (var i = 0; i < planar.Length; i++)
        {
            var (x, y, plane) = (i % size, i / size % size, i / (size * size) * size * size);
            var sum = 0.0;
            for (var v = -1; v <= 1; v++)
            {
                for (var u = -1; u <= 1; u++)
                {
                    sum += weight[u + 1] * weight[v + 1] * planar[plane + Math.Clamp(y + v, 0, size - 1) * size + Math.Clamp(x + u, 0, size - 1)] / 64.0;
                }
            }
            result[i] = (byte)Math.Clamp(sum + noise * rng.NextGaussian() + .5, 0, 255);
        }
        return result;
    }

    /// <summary>The lit retina with every pixel of a random colour, dark where the drawing is dark.</summary>
    private static byte[] Speckled(ReadOnlySpan<byte> planar, int size, Rng rng)
    {
        var result = planar.ToArray();
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = planar[i % (size * size)] >= 60 ? (byte)(60 + rng.NextInt(196)) : planar[i];
        }
        return result;
    }

    private static byte[] Shifted(ReadOnlySpan<byte> planar, int size, int by)
    {
        var result = new byte[planar.Length];
        for (var i = by; i < planar.Length; i++)
        {
            result[i] = i % size >= by ? planar[i - by] : (byte)0;
        }
        return result;
    }
}
