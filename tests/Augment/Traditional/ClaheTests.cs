using System.Diagnostics;
using System.Security.Cryptography;
using Odm.Augment.Traditional;
using Odm.Data.Images;
using Odm.Data.Import;
using Odm.Engine.Runtime;
using Odm.Tests;

namespace Odm.Augment.Tests;

/// <summary>Against OpenCV and scikit-image: goldens/make_clahe.py.</summary>
public sealed class ClaheTests
{
    [Fact]
    public void A_plane_of_two_levels_is_stretched_as_far_as_the_clip_lets_it()
    {
        byte[] plane = [.. Enumerable.Range(0, 256).Select(i => i % 2 == 0 ? (byte)100 : (byte)101)];
        // one tile, a limit beyond all bins: the running sum itself, 128 of 256 and 256 of 256
        Clahe.Equalise(plane, 16, 16, 256, tiles: 1)[..2].ShouldBe([128, 255]);
        // the least limit, 1: 254 of 256 are spread over the levels 0 to 253, so 102 of 256 lie up to level 100 and 104 up to 101
        Clahe.Equalise(plane, 16, 16, 0, tiles: 1)[..2].ShouldBe([102, 104]);
    }

    [Fact]
    public void Planes_are_those_of_OpenCV_level_for_level()
    {
        foreach (var golden in Goldens.Json("clahe.json")["planes"]!.AsArray())
        {
            byte[] Bytes(string name) => [.. golden![name].Doubles().Select(v => (byte)v)];
            Clahe.Equalise(Bytes("plane"), (int)golden!["height"]!, (int)golden["width"]!, (double)golden["clip"]!).ShouldBe(Bytes("equal"));
        }
    }

    [Fact]
    public void Colours_keep_their_hue_while_the_lightness_is_equalised_as_by_scikit_image()
    {
        var golden = Goldens.Json("clahe.json")["colour"]!;
        var side = (int)golden["side"]!;
        var picture = new Picture([.. golden["image"].Doubles().Select(v => (float)(v / 255))], null, 3, side, side);
        var equal = new TransformDraw { Clahe = (double)golden["clip"]! }.Apply(picture).Pixels;
        var wanted = golden["equal"].Doubles();
        // a lightness that lies between two levels may be rounded to either
        equal.Zip(wanted, (a, b) => Math.Abs(a - b)).Order().ElementAt(equal.Length * 99 / 100).ShouldBeLessThan(2e-4);
    }

    [Fact]
    public void Lab_and_back_is_the_same_colour()
    {
        var rng = new Rng(1);
        for (var i = 0; i < 500; i++)
        {
            var (r, g, b) = ((float)rng.NextDouble(), (float)rng.NextDouble(), (float)rng.NextDouble());
            var (l, a, bb) = Lab.Of(r, g, b);
            var back = Lab.ToRgb(l, a, bb);
            new[] { back.Red, back.Green, back.Blue }.ShouldBe([r, g, b], 2e-4f);
        }
        Lab.Of(1, 1, 1).L.ShouldBe(100, .01);
    }

    [SharedDataFact("retinamnist/retinamnist.npz")] // pixels as they are, so that no decoder has a say
    public void Real_images_are_equalised_as_by_OpenCV()
    {
        var set = Importer.Import(new DatasetConfig { Kind = DatasetKind.MedMnist, Path = SharedData.Path("retinamnist/retinamnist.npz") });
        var area = set.Height * set.Width;
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var i = 0; i < 5; i++)
        {
            sha.AppendData(Clahe.Equalise(set.Image(i).Slice(area, area), set.Height, set.Width, 2.5));
        }
        Convert.ToHexStringLower(sha.GetHashAndReset()).ShouldBe("33f70f340ae886c96c69d1ee8f9435c21fc11b189d2812e3943467154730537a");
    }

    [Fact, Trait("speed", "slow")]
    public void The_polyp_preset_takes_a_few_milliseconds_at_64_pixels()
    {
        var picture = TransformTests.Random(new Rng(3), 3, 64, 64);
        var draw = new TransformDraw { FlipHorizontal = true, Scale = .8, Translate = (.05, -.05), Clahe = 3 };
        var fastest = Enumerable.Range(0, 100).Min(_ =>
        {
            var start = Stopwatch.GetTimestamp();
            draw.Apply(picture);
            return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        });
        fastest.ShouldBeLessThan(5);
    }
}
