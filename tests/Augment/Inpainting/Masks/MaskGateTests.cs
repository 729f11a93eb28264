using System.Diagnostics;
using FsCheck;
using FsCheck.Fluent;
using Odm.Augment.Inpainting.Masks;
using Odm.Data.Images;
using Odm.Data.Phantom;
using Odm.Engine.Runtime;
using Odm.Tests;

namespace Odm.Augment.Tests;

public sealed class MaskGateTests
{
    private const int Side = 32;

    /// <summary>Bright discs on a dark ground: areas about 5 to 20 % of the image.</summary>
    private static ImageSet Discs(int count = 40)
    {
        var pairs = Enumerable.Range(0, count).Select(i => Disc(4 + 4.0 * i / count, 16, 16, 60, 160)).ToArray();
        return Set(pairs);
    }

    private static ImageSet Set((byte[] Image, byte[] Mask)[] pairs) => ImageSet.FromImages([.. pairs.Select(p => p.Image)], 3, Side, Side,
        [.. pairs.Select((_, i) => new ImageRow { Id = $"i{i}", Label = -1, Group = $"g{i}" })], [], [.. pairs.Select(p => p.Mask)]);

    private static (byte[] Image, byte[] Mask) Disc(double radius, double cx, double cy, byte ground, byte colour)
    {
        var (image, mask) = (new byte[3 * Side * Side], new byte[Side * Side]);
        for (var i = 0; i < mask.Length; i++)
        {
            mask[i] = Math.Pow(i % Side - cx, 2) + Math.Pow(i / Side - cy, 2) <= radius * Math.Abs(radius) ? (byte)255 : (byte)0;
            for (var c = 0; c < 3; c++)
            {
                image[c * mask.Length + i] = mask[i] > 0 ? colour : ground;
            }
        }
        return (image, mask);
    }

    [Fact]
    public void Every_reason_is_given_for_what_it_names()
    {
        var gate = MaskGate.Fit(Discs(), new());
        string? Judge((byte[] Image, byte[] Mask) pair) => gate.Refusal(pair.Image, pair.Mask);
        Judge(Disc(6, 15, 17, 60, 160)).ShouldBeNull();
        Judge(Disc(-1, 16, 16, 60, 160)).ShouldBe("empty");
        Judge(Disc(99, 16, 16, 60, 160)).ShouldBe("full");
        Judge(Disc(1, 16, 16, 60, 160)).ShouldBe("area off the real range");
        Judge(Disc(14, 16, 16, 60, 160)).ShouldBe("area off the real range");
        Judge(Disc(6, 16, 16, 60, 70)).ShouldBe("no contrast at the border");
        var (image, mask) = Disc(6, 16, 16, 60, 160);
        mask[0] = 255;
        gate.Refusal(image, mask).ShouldBe("too many components");
    }

    [Fact]
    public void Contrast_is_the_distance_of_the_colours_beside_the_border()
    {
        var (image, mask) = Disc(6, 16, 16, 50, 101);
        BorderContrast.Of(image, mask, 3, Side, Side, 1)!.Value.ShouldBe(Math.Sqrt(3) * .2, 1e-12);
        image[16 * Side + 16] = 255; // far from the border
        BorderContrast.Of(image, mask, 3, Side, Side, 1)!.Value.ShouldBe(Math.Sqrt(3) * .2, 1e-12);
        BorderContrast.Of(image, new byte[Side * Side], 3, Side, Side, 1).ShouldBeNull();
    }

    [Fact]
    public void No_real_pair_is_refused_where_all_of_them_set_the_bounds() => Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
    {
        var rng = new Rng((ulong)seed);
        var pairs = Enumerable.Range(0, 6).Select(_ =>
        {
            var (image, mask) = Disc(rng.Uniform(1, 14), rng.NextInt(Side), rng.NextInt(Side), (byte)rng.NextInt(256), (byte)rng.NextInt(256));
            mask[rng.NextInt(mask.Length)] = 255;
            return (image, mask);
        }).ToArray();
        var set = Set(pairs);
        var gate = MaskGate.Fit(set, new() { Quantile = 0, Slack = 1, Ring = rng.Uniform(.01, .2) });
        for (var i = 0; i < set.Count; i++)
        {
            gate.Refusal(set.Image(i), set.Mask(i)).ShouldBeNull();
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_set_without_a_lesion_sets_no_bounds() =>
        Should.Throw<DatasetException>(() => MaskGate.Fit(Set([Disc(-1, 0, 0, 1, 2)]), new())).Message.ShouldStartWith("none of 1 real images has a mask that marks anything");

    [Fact]
    public void Settings_out_of_range_are_named() =>
        new MaskGateConfig { Quantile = .5, Slack = .9, Ring = 0 }.Faults("gate").Count().ShouldBe(3);

    [Fact, Trait("speed", "slow")]
    public void A_pair_of_64_pixels_is_cleaned_and_judged_in_a_millisecond()
    {
        var set = PhantomDataset.Draw(40, 64, 3, [0, 0, 0, 0, 1.0]);
        var gate = MaskGate.Fit(set, new());
        var (sizes, channel) = (MaskSizes.Of(set), set.Mask(0).ToArray().Select(v => v / 127.5f - 1).ToArray());
        var fastest = Enumerable.Range(0, 100).Min(_ =>
        {
            var start = Stopwatch.GetTimestamp();
            gate.Refusal(set.Image(0), MaskCleaning.Clean(channel, 64, 64, new() { Opening = .06 }, sizes));
            return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        });
        fastest.ShouldBeLessThan(2);
    }

    [SharedDataFact("kvasir_seg_256/masks")]
    public void Real_polyps_pass_and_masks_of_other_images_lose_their_border()
    {
        var files = RealImages.Files(SharedData.Path("kvasir_seg_256/images"), 60).ToArray();
        var pairs = files.Select(f => (RealImages.Rgb(f).Planar, RealImages.Mask(Path.Combine(SharedData.Path("kvasir_seg_256/masks"), Path.GetFileName(f))).Mask)).ToArray();
        var set = ImageSet.FromImages([.. pairs.Select(p => p.Planar)], 3, 256, 256, [.. files.Select(f => new ImageRow { Id = f, Label = -1, Group = f })], [], [.. pairs.Select(p => p.Mask)]);
        var gate = MaskGate.Fit(set, new());
        Enumerable.Range(0, set.Count).Count(i => gate.Refusal(set.Image(i), set.Mask(i)) is null).ShouldBeGreaterThanOrEqualTo(57);
        double Median(int shift) => Enumerable.Range(0, set.Count).Select(i => BorderContrast.Of(set.Image(i), set.Mask((i + shift) % set.Count), 3, 256, 256, 8)!.Value).Order().ElementAt(30);
        Median(0).ShouldBeGreaterThan(2 * Median(1));
    }
}
