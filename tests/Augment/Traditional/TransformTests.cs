using FsCheck;
using FsCheck.Fluent;
using Odm.Augment.Traditional;
using Odm.Engine.Runtime;

namespace Odm.Augment.Tests;

public sealed class TransformTests
{
    // 1 2 3
    // 4 5 6   in tenths; the mask marks the 6
    private static readonly Picture Six = new([.1f, .2f, .3f, .4f, .5f, .6f], [0, 0, 0, 0, 0, 1], 1, 2, 3);

    private static readonly TraditionalConfig Everything = new TraditionalConfig
    {
        FlipHorizontal = .5,
        FlipVertical = .5,
        Rotation = new() { P = .8, Low = -40, High = 40 },
        Scale = new() { Low = .8, High = 1.3 },
        Translate = new() { Low = -.1, High = .1 },
        Shear = new() { Low = -8, High = 8 },
        Crop = new() { P = .5, Low = .6, High = 1 },
        Brightness = new() { Low = .7, High = 1.4 },
        Contrast = new() { Low = .6, High = 1.6 },
        Gamma = new() { Low = .6, High = 1.6 },
        Offset = new() { P = .5, Low = -.3, High = .3 },
        Clahe = new() { P = .5, Low = 1, High = 4 },
        Noise = new() { Low = 0, High = .2 },
        Erase = new() { P = .5, Low = .02, High = .3 },
    }.Resolve();

    [Fact]
    public void Flips_exchange_sides_of_image_and_mask()
    {
        var h = new TransformDraw { FlipHorizontal = true }.Apply(Six);
        (h.Pixels, h.Mask).ShouldBe(([.3f, .2f, .1f, .6f, .5f, .4f], new float[] { 0, 0, 0, 1, 0, 0 }), Same);
        var v = new TransformDraw { FlipVertical = true }.Apply(Six);
        (v.Pixels, v.Mask).ShouldBe(([.4f, .5f, .6f, .1f, .2f, .3f], new float[] { 0, 0, 1, 0, 0, 0 }), Same);
    }

    [Fact]
    public void A_shift_by_a_third_of_three_columns_moves_one_column_right()
    {
        var moved = new TransformDraw { Translate = (1 / 3.0, 0) }.Apply(Six);
        moved.Pixels.ShouldBe([0, .1f, .2f, 0, .4f, .5f], 1e-6f);
        moved.Mask.ShouldBe([0, 0, 0, 0, 0, 0]);
    }

    [Fact]
    public void A_quarter_turn_is_counter_clockwise()
    {
        var square = new Picture([.1f, .2f, .3f, .4f], [0, 1, 0, 0], 1, 2, 2);
        var turned = new TransformDraw { Rotation = 90 }.Apply(square);
        turned.Pixels.ShouldBe([.2f, .4f, .1f, .3f], 1e-6f);
        turned.Mask.ShouldBe([1, 0, 0, 0]);
    }

    [Fact]
    public void A_crop_of_the_right_half_doubles_it()
    {
        var row = new Picture([0, .2f, .4f, .8f, 0, .2f, .4f, .8f, 0, .2f, .4f, .8f, 0, .2f, .4f, .8f], null, 1, 4, 4);
        var crop = new TransformDraw { Crop = (.5, .5, .25) }.Apply(row).Pixels;
        crop[4..8].ShouldBe([.35f, .5f, .7f, .8f * .75f], 1e-6f); // sampled at columns 1.75, 2.25, 2.75, 3.25; outside is black
    }

    [Fact]
    public void Erasing_blackens_image_and_mask_and_nothing_around_it()
    {
        var hole = new TransformDraw { Erase = new PixelRectangle(1, 1, 1, 2) }.Apply(Six);
        hole.Pixels.ShouldBe([.1f, .2f, .3f, .4f, 0, 0]);
        hole.Mask.ShouldBe([0, 0, 0, 0, 0, 0]);
    }

    [Fact]
    public void Noise_has_the_asked_deviation_and_its_own_seed()
    {
        var grey = new Picture([.. Enumerable.Repeat(.5f, 4096)], null, 1, 64, 64);
        var noisy = Intensity.Noise(grey, .05, 3).Pixels;
        noisy.Average(x => x).ShouldBe(.5f, .005f);
        Math.Sqrt(noisy.Average(x => (x - .5) * (x - .5))).ShouldBe(.05, .003);
        Intensity.Noise(grey, .05, 3).Pixels.ShouldBe(noisy);
        Intensity.Noise(grey, .05, 4).Pixels.ShouldNotBe(noisy);
    }

    [Fact]
    public void Every_draw_keeps_images_in_range_and_masks_at_0_or_1() => Prop.ForAll(Seeds(), seed =>
    {
        var rng = new Rng(seed);
        var picture = Random(rng, 3, 11, 8);
        var before = (float[])picture.Pixels.Clone();
        var result = TransformDraw.From(Everything, 11, 8, rng).Apply(picture);
        result.Pixels.ShouldAllBe(x => x >= 0 && x <= 1);
        result.Mask!.ShouldAllBe(m => m.Equals(0f) || m.Equals(1f));
        picture.Pixels.ShouldBe(before);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Image_and_mask_share_one_draw() => Prop.ForAll(Seeds(), seed =>
    {
        // the picture is its own mask in large blocks; wherever the moved image is certain the moved mask agrees
        var rng = new Rng(seed);
        var blocks = new float[32 * 32];
        for (var i = 0; i < blocks.Length; i++)
        {
            blocks[i] = (i / 32 / 8 + i % 32 / 8) % 2;
        }
        var geometry = Everything with { Brightness = null, Contrast = null, Gamma = null, Offset = null, Clahe = null, Noise = null };
        var result = TransformDraw.From(geometry, 32, 32, rng).Apply(new(blocks, [.. blocks], 1, 32, 32));
        for (var i = 0; i < blocks.Length; i++)
        {
            if (result.Pixels[i] is > .99f or < .01f)
            {
                result.Mask![i].ShouldBe(MathF.Round(result.Pixels[i]));
            }
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Equal_streams_draw_equally_and_others_differently()
    {
        TransformDraw.From(Everything, 32, 32, new Rng(9)).ShouldBe(TransformDraw.From(Everything, 32, 32, new Rng(9)));
        TransformDraw.From(Everything, 32, 32, new Rng(9)).ShouldNotBe(TransformDraw.From(Everything, 32, 32, new Rng(10)));
    }

    [Fact]
    public void Draws_cover_their_ranges_with_their_probability()
    {
        var config = new TraditionalConfig { Rotation = new() { P = .25, Low = 10, High = 30 } }.Resolve();
        var rng = new Rng(1);
        var turns = Enumerable.Range(0, 4000).Select(_ => TransformDraw.From(config, 8, 8, rng).Rotation).Where(r => r != 0).ToArray();
        ((double)turns.Length).ShouldBe(1000, 100);
        turns.ShouldAllBe(r => r >= 10 && r <= 30);
        (turns.Min(), turns.Max()).ShouldBe((10.0, 30.0), new Within(.5));
    }

    [Fact]
    public void An_erased_hole_has_the_asked_area_inside_the_image() => Prop.ForAll(Seeds(), seed =>
    {
        var config = new TraditionalConfig { Erase = new() { Low = .3, High = .3 } }.Resolve();
        var hole = TransformDraw.From(config, 40, 60, new Rng(seed)).Erase!.Value;
        (hole.Height * hole.Width / 2400.0).ShouldBe(.3, .03);
        (hole.Top >= 0 && hole.Left >= 0 && hole.Top + hole.Height <= 40 && hole.Left + hole.Width <= 60).ShouldBeTrue();
    }).QuickCheckThrowOnFailure();

    internal static Picture Random(Rng rng, int channels, int height, int width) => new(
        [.. Enumerable.Range(0, channels * height * width).Select(_ => (float)rng.NextDouble())],
        [.. Enumerable.Range(0, height * width).Select(_ => rng.NextBool(.5) ? 1f : 0f)], channels, height, width);

    private static Arbitrary<ulong> Seeds() => Gen.Choose(0, int.MaxValue).Select(s => (ulong)s).ToArbitrary();

    private static readonly IEqualityComparer<(float[], float[]?)> Same = EqualityComparer<(float[], float[]?)>.Create(
        (a, b) => a.Item1.SequenceEqual(b.Item1) && a.Item2!.SequenceEqual(b.Item2!), _ => 0);

    private sealed class Within(double tolerance) : IEqualityComparer<(double, double)>
    {
        public bool Equals((double, double) x, (double, double) y) => Math.Abs(x.Item1 - y.Item1) <= tolerance && Math.Abs(x.Item2 - y.Item2) <= tolerance;

        public int GetHashCode((double, double) obj) => 0;
    }
}
