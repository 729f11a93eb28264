using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Odm.Augment.Inpainting.Masks;
using Odm.Engine.Runtime;
using Odm.Tests;

namespace Odm.Augment.Tests;

/// <summary>Against SciPy and OpenCV: goldens/make_morphology.py.</summary>
public sealed class MorphologyTests
{
    private static readonly JsonNode Golden = Goldens.Json("morphology.json");
    private static readonly int H = (int)Golden["height"]!, W = (int)Golden["width"]!;
    private static readonly byte[] Mask = Bits(Golden["mask"]!);

    [Fact]
    public void A_cross_grows_a_pixel_to_a_cross_and_shrinks_it_to_nothing()
    {
        byte[] pixel = [0, 0, 0, 0, 255, 0, 0, 0, 0];
        var cross = Morphology.Dilate<byte>(pixel, 3, 3, Footprint.Ellipse(3));
        cross.ShouldBe([0, 255, 0, 255, 255, 255, 0, 255, 0]);
        Morphology.Erode<byte>(cross, 3, 3, Footprint.Ellipse(3)).ShouldBe(pixel);
        Morphology.Erode<byte>(pixel, 3, 3, Footprint.Ellipse(3)).ShouldAllBe(v => v == 0);
    }

    [Fact]
    public void Ellipses_are_those_of_OpenCV()
    {
        foreach (var footprint in Golden["footprints"]!.AsArray())
        {
            var size = (int)footprint!["size"]!;
            var ellipse = Footprint.Ellipse(size);
            var drawn = new byte[size * size];
            for (var y = 0; y < size; y++)
            {
                drawn.AsSpan(y * size + ellipse.Rows[y].Left + size / 2, ellipse.Rows[y].Right - ellipse.Rows[y].Left + 1).Fill(255);
            }
            drawn.ShouldBe(Bits(footprint["pixels"]!));
            ellipse.Top.ShouldBe(-(size / 2));
        }
    }

    [Fact]
    public void Masks_are_eroded_dilated_opened_and_closed_as_by_scipy()
    {
        foreach (var golden in Golden["binary"]!.AsArray())
        {
            var ellipse = Footprint.Ellipse((int)golden!["size"]!);
            Morphology.Erode<byte>(Mask, H, W, ellipse).ShouldBe(Bits(golden["erode"]!));
            Morphology.Dilate<byte>(Mask, H, W, ellipse).ShouldBe(Bits(golden["dilate"]!));
            Morphology.Open<byte>(Mask, H, W, ellipse).ShouldBe(Bits(golden["open"]!));
            Morphology.Close<byte>(Mask, H, W, ellipse).ShouldBe(Bits(golden["close"]!));
        }
    }

    [Fact]
    public void Grey_planes_are_opened_as_by_scipy()
    {
        float[] soft = [.. Golden["soft"].Doubles().Select(v => (float)v)];
        foreach (var golden in Golden["grey_open"]!.AsArray())
        {
            Morphology.Open<float>(soft, H, W, Footprint.Ellipse((int)golden!["size"]!)).ShouldBe(golden["open"].Doubles().Select(v => (float)v));
        }
    }

    [Fact]
    public void Holes_are_filled_as_by_scipy() => Morphology.FillHoles(Mask, H, W).ShouldBe(Bits(Golden["holes"]!));

    [Fact]
    public void A_hole_open_to_the_frame_is_none()
    {
        byte[] ring = [1, 1, 1, 1, 0, 1, 1, 1, 1], open = [1, 0, 1, 1, 0, 1, 1, 1, 1], corner = [0, 1, 1, 1, 0, 1, 1, 1, 1];
        Morphology.FillHoles(ring, 3, 3).ShouldAllBe(v => v == 255);
        Morphology.FillHoles(open, 3, 3).ShouldBe([255, 0, 255, 255, 0, 255, 255, 255, 255]);
        Morphology.FillHoles(corner, 3, 3).ShouldBe([0, 255, 255, 255, 255, 255, 255, 255, 255]); // over a corner nothing leaks out
    }

    [Fact]
    public void Parts_are_those_of_scipy()
    {
        var parts = Components.Of(Mask, H, W);
        parts.Areas.ShouldBe(Golden["areas"].Doubles().Select(v => (int)v));
        parts.Labels.ShouldBe(Golden["labels"].Doubles().Select(v => (int)v));
        parts.OfAtLeast(0).ShouldBe(Mask);
        var largest = parts.Areas.Max();
        parts.OfAtLeast(largest).Count(v => v == 255).ShouldBe(largest);
    }

    [Fact]
    public void Otsu_parts_the_values_where_OpenCV_does()
    {
        byte[] grey = [.. Golden["grey"].Doubles().Select(v => (byte)v)];
        Otsu.Level(grey).ShouldBe((int)Golden["otsu"]!);
        Otsu.Level([.. grey.Select((g, i) => (byte)(g / 3 + Mask[i] / 3))]).ShouldBe((int)Golden["otsu_soft"]!);
        Otsu.Level([7, 7, 7]).ShouldBe(7);
        Otsu.Level([10, 10, 200]).ShouldBe(10);
    }

    [Fact]
    public void Opening_lies_within_the_mask_and_closing_around_it_and_twice_is_once() => Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
    {
        var rng = new Rng((ulong)seed);
        var (h, w, ellipse) = (3 + rng.NextInt(20), 3 + rng.NextInt(20), Footprint.Ellipse(1 + rng.NextInt(8)));
        byte[] mask = [.. Enumerable.Range(0, h * w).Select(_ => rng.NextBool(.7) ? (byte)255 : (byte)0)];
        byte[] inverse = [.. mask.Select(v => (byte)(255 - v))];
        var (open, close) = (Morphology.Open<byte>(mask, h, w, ellipse), Morphology.Close<byte>(mask, h, w, ellipse));
        open.Zip(mask, (o, m) => o <= m).ShouldAllBe(within => within);
        close.Zip(mask, (c, m) => c >= m).ShouldAllBe(around => around);
        Morphology.Open<byte>(open, h, w, ellipse).ShouldBe(open);
        Morphology.Close<byte>(close, h, w, ellipse).ShouldBe(close);
        Morphology.Erode<byte>(inverse, h, w, ellipse).ShouldBe(Morphology.Dilate<byte>(mask, h, w, ellipse.Reflected()).Select(v => (byte)(255 - v)));
        byte[] filled = Morphology.FillHoles(mask, h, w);
        Morphology.FillHoles(filled, h, w).ShouldBe(filled);
        Components.Of(mask, h, w).Areas.Sum().ShouldBe(mask.Count(v => v > 0));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_disc_reaches_as_far_as_asked()
    {
        var point = new byte[41 * 41];
        point[20 * 41 + 20] = 255;
        var grown = Morphology.Dilate<byte>(point, 41, 41, Footprint.Disc(9));
        Enumerable.Range(0, 41).Count(x => grown[20 * 41 + x] > 0).ShouldBe(19);
        Enumerable.Range(0, 41).Count(y => grown[y * 41 + 20] > 0).ShouldBe(19);
        ((double)grown.Count(v => v > 0)).ShouldBe(Math.PI * 9.5 * 9.5, 15);
    }

    [SharedDataFact("kvasir_seg_256/masks")]
    public void Real_masks_give_the_counts_that_scipy_counted()
    {
        var lines = RealImages.Files(SharedData.Path("kvasir_seg_256/masks"), 25).Select(file =>
        {
            var (mask, h, w) = RealImages.Mask(file);
            var ellipse = Footprint.Ellipse(9);
            int Count(byte[] m) => m.Count(v => v > 0);
            return string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(file)} {Count(mask)} {Count(Morphology.Erode<byte>(mask, h, w, ellipse))} {Count(Morphology.Dilate<byte>(mask, h, w, ellipse))} ")
                + string.Create(CultureInfo.InvariantCulture, $"{Count(Morphology.Open<byte>(mask, h, w, ellipse))} {Count(Morphology.Close<byte>(mask, h, w, ellipse))} {Count(Morphology.FillHoles(mask, h, w))} ")
                + string.Join(',', Components.Of(mask, h, w).Areas.Order()) + "\n";
        });
        Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Concat(lines)))).ShouldBe("3eb56afb448248895016244fc8b28dfc42f30fb76472353347ea9c47a97d6561");
    }

    [Fact, Trait("speed", "slow")]
    public void An_image_of_64_pixels_takes_less_than_a_millisecond()
    {
        var rng = new Rng(1);
        byte[] mask = [.. Enumerable.Range(0, 64 * 64).Select(_ => rng.NextBool(.6) ? (byte)255 : (byte)0)];
        void Once() => Components.Of(Morphology.FillHoles(Morphology.Open<byte>(mask, 64, 64, Footprint.Ellipse(5)), 64, 64), 64, 64);
        var fastest = Enumerable.Range(0, 200).Min(_ =>
        {
            var start = Stopwatch.GetTimestamp();
            Once();
            return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        });
        fastest.ShouldBeLessThan(1);
    }

    private static byte[] Bits(JsonNode node) => [.. node.GetValue<string>().Select(c => c == '1' ? (byte)255 : (byte)0)];
}
