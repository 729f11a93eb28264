using FsCheck;
using FsCheck.Fluent;
using Odm.Augment.Inpainting.Masks;
using Odm.Engine.Runtime;

namespace Odm.Augment.Tests;

public sealed class MaskCleaningTests
{
    private static readonly MaskCleaningConfig Bare = new() { Opening = 0, FillHoles = false, SmallParts = 0 };

    [Fact]
    public void The_channel_is_cut_in_the_middle() =>
        MaskCleaning.Clean([-1, -.01f, 0, .01f, 1, 7], 2, 3, Bare).ShouldBe([0, 0, 0, 255, 255, 255]);

    [Fact]
    public void Otsu_cuts_between_what_the_image_holds_and_never_parts_noise()
    {
        var otsu = Bare with { Threshold = MaskThreshold.Otsu };
        MaskCleaning.Clean([-1, -1, -.9f, -.2f, -.1f, -.2f], 2, 3, otsu).ShouldBe([0, 0, 0, 255, 255, 255]);
        MaskCleaning.Clean([-1, -.99f, -.97f, -1, -.98f, -1], 2, 3, otsu).ShouldAllBe(v => v == 0);
    }

    [Fact]
    public void The_published_opening_is_16_pixels_at_256_and_scales()
    {
        var paper = MaskCleaningConfig.Parse("paper");
        (paper.OpeningPixels(256, 256), paper.OpeningPixels(64, 64), new MaskCleaningConfig().OpeningPixels(256, 256), new MaskCleaningConfig().OpeningPixels(64, 64)).ShouldBe((16, 4, 5, 1));
        Should.Throw<FormatException>(() => MaskCleaningConfig.Parse("papr"));
    }

    [Fact]
    public void A_small_lesion_survives_the_default_and_not_the_published_opening()
    {
        var dot = Enumerable.Repeat(-1f, 64 * 64).ToArray();
        for (var y = 30; y < 33; y++)
        {
            dot.AsSpan(y * 64 + 30, 3).Fill(1);
        }
        MaskCleaning.Clean(dot, 64, 64, new()).Count(v => v > 0).ShouldBe(9);
        MaskCleaning.Clean(dot, 64, 64, MaskCleaningConfig.Parse("paper")).ShouldAllBe(v => v == 0);
    }

    [Fact]
    public void Holes_are_filled_and_parts_smaller_than_real_ones_go()
    {
        var mask = Enumerable.Repeat(-1f, 20 * 20).ToArray();
        for (var y = 2; y < 9; y++)
        {
            mask.AsSpan(y * 20 + 2, 7).Fill(1);
        }
        mask[5 * 20 + 5] = -1;
        mask[15 * 20 + 15] = 1;
        var sizes = new MaskSizes([.05, .2], [.01, .05, .2], [1, 2]);
        var clean = MaskCleaning.Clean(mask, 20, 20, new() { Opening = 0, SmallParts = .01 }, sizes); // the quantile is .0108 of 400 pixels
        (clean[5 * 20 + 5], clean[15 * 20 + 15], clean.Count(v => v > 0)).ShouldBe(((byte)255, (byte)0, 49));
        MaskCleaning.Clean(mask, 20, 20, new() { Opening = 0, SmallParts = .01 }).Count(v => v > 0).ShouldBe(50);
    }

    [Fact]
    public void Cleaning_gives_0_and_255_and_a_clean_mask_stays_as_it_is() => Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
    {
        var rng = new Rng((ulong)seed);
        var (h, w) = (8 + rng.NextInt(40), 8 + rng.NextInt(40));
        float[] mask = [.. Enumerable.Range(0, h * w).Select(_ => (float)rng.Uniform(-1, 1.6))];
        var config = new MaskCleaningConfig { Opening = rng.Uniform(0, .2), FillHoles = rng.NextBool(.5), SmallParts = rng.Uniform(0, .5) };
        var sizes = new MaskSizes([.1], [.001, .01, .1], [3]);
        var clean = MaskCleaning.Clean(mask, h, w, config, sizes);
        clean.ShouldAllBe(v => v == 0 || v == 255);
        if (!config.FillHoles) // a filled mask may be opened further
        {
            MaskCleaning.Clean([.. clean.Select(v => v > 0 ? 1f : -1f)], h, w, config, sizes).ShouldBe(clean);
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Settings_out_of_range_are_named() =>
        new MaskCleaningConfig { Opening = .7, SmallParts = -1 }.Faults("mask").ShouldBe(["mask.opening: 0.7; must be 0 to .5 of the side", "mask.small_parts: -1; must be 0 up to, not including, 1"]);
}
