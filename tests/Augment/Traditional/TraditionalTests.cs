using System.Diagnostics;
using Odm.Augment.Plans;
using Odm.Augment.Traditional;
using Odm.Data.Images;
using Odm.Engine.Runtime;
using static TorchSharp.torch;

namespace Odm.Augment.Tests;

public sealed class TraditionalTests
{
    private static readonly TraditionalConfig Thesis = TraditionalConfig.Parse("thesis");

    /// <summary>7 images of class a, 2 of b, 3 channels of 6x6, masks.</summary>
    private static ImageSet Small()
    {
        var rng = new Rng(2);
        var pixels = Enumerable.Range(0, 9 * 3 * 36).Select(_ => (byte)rng.NextInt(150)).ToArray();
        var masks = Enumerable.Range(0, 9 * 36).Select(_ => rng.NextBool(.3) ? (byte)255 : (byte)0).ToArray();
        var rows = Enumerable.Range(0, 9).Select(i => new ImageRow { Id = $"r{i}", Label = i < 7 ? 0 : 1, Group = $"p{i / 2}", Split = "train" }).ToArray();
        return ImageSet.FromPixels(pixels, 3, 6, 6, rows, ["a", "b"], masks);
    }

    private static ImageSet Balance(ImageSet set, TraditionalConfig config, ulong seed = 4) =>
        TraditionalTransforms.BalanceOffline(set, Plan.From(new() { ToLargest = true }, set.Classes, set.ClassCounts()), config, seed);

    [Fact]
    public void Offline_copies_make_the_class_counts_equal()
    {
        var set = Small();
        ImageSet.Concat(set, Balance(set, Thesis)).ClassCounts().ShouldBe([7, 7]);
    }

    [Fact]
    public void Each_copy_says_what_was_done_to_which_image_and_stays_with_its_patient()
    {
        var set = Small();
        var copies = Balance(set, Thesis);
        copies.Rows.Select(r => r.Provenance!.SourceIds).Distinct().Order().ShouldBe(["r7", "r8"]);
        foreach (var row in copies.Rows)
        {
            var source = set.Rows.Single(r => r.Id == row.Provenance!.SourceIds);
            (row.Group, row.Split, row.Label, row.Origin).ShouldBe((source.Group, "train", 1, "synthetic"));
            row.Provenance!.Sampler.ShouldMatch(@"^(flip_horizontal ?)?(flip_vertical ?)?(brightness=1\.\d+)?$");
            row.Provenance.Sampler.ShouldNotBeEmpty();
        }
    }

    [Fact]
    public void No_copy_repeats_another_or_its_source()
    {
        var set = Small();
        var all = ImageSet.Concat(set, Balance(set, Thesis));
        all.Rows.Select(r => r.Sha256).Distinct().Count().ShouldBe(all.Count);
    }

    [Fact]
    public void A_flipped_copy_is_the_source_flipped_with_its_mask()
    {
        var set = Small();
        var copies = Balance(set, new() { FlipHorizontal = 1 });
        var source = set.Rows.ToList().FindIndex(r => r.Id == copies.Rows[0].Provenance!.SourceIds);
        for (var row = 0; row < 18; row++)
        {
            copies.Image(0).Slice(row * 6, 6).ToArray().ShouldBe(set.Image(source).Slice(row * 6, 6).ToArray().Reverse());
        }
        copies.Mask(0)[..6].ToArray().ShouldBe(set.Mask(source)[..6].ToArray().Reverse());
    }

    [Fact]
    public void Equal_seeds_give_equal_copies_and_others_different_ones()
    {
        Balance(Small(), Thesis, 4).ContentHash.ShouldBe(Balance(Small(), Thesis, 4).ContentHash);
        Balance(Small(), Thesis, 4).ContentHash.ShouldNotBe(Balance(Small(), Thesis, 5).ContentHash);
    }

    [Fact]
    public void A_class_without_an_image_cannot_be_copied()
    {
        var set = Small().Select([0, 1]);
        Should.Throw<DatasetException>(() => Balance(set, Thesis)).Message.ShouldBe("class b: 2 traditional copies are planned, but it has no training image");
    }

    [Fact]
    public void Presets_are_what_the_papers_did()
    {
        var iois = TraditionalConfig.Parse("iois").Resolve();
        (iois.Mode, iois.FlipHorizontal, iois.FlipVertical, iois.Brightness).ShouldBe((TraditionalMode.Online, .5, null, null));
        (iois.Rotation, iois.Crop).ShouldBe((new() { P = .5, Low = -30, High = 30 }, new() { P = 1, Low = 224 / 256.0, High = 224 / 256.0 }));
        var thesis = Thesis.Resolve();
        (thesis.Mode, thesis.FlipHorizontal, thesis.FlipVertical, thesis.Rotation).ShouldBe((TraditionalMode.Offline, .5, .5, null));
        thesis.Brightness!.Low.ShouldBeGreaterThan(1);
        (Thesis with { Mode = TraditionalMode.Online, FlipVertical = 0 }).Resolve().FlipVertical.ShouldBe(0);
    }

    [Fact]
    public void The_polyp_preset_moves_and_then_changes_values_in_one_of_three_ways()
    {
        var config = TraditionalConfig.Parse("polyp").Resolve();
        var rng = new Rng(5);
        var draws = Enumerable.Range(0, 4000).Select(_ => TransformDraw.From(config, 16, 16, rng)).ToArray();
        ((double)draws.Count(d => d.FlipHorizontal)).ShouldBe(2000, 120);
        new[] { draws.Min(d => d.Scale), draws.Max(d => d.Scale), draws.Min(d => d.Translate.Y), draws.Max(d => d.Translate.X) }.ShouldBe([.5, 1.5, -.1, .1], .01);
        draws.ShouldAllBe(d => d.Rotation == 0 && !d.Edge);
        var ways = draws.Select(d => ((bool Clahe, bool Values, bool Gamma))(d.Clahe is not null, d.Brightness != 1 || d.Offset != 0, d.Gamma != 1)).ToArray();
        ways.ShouldAllBe(w => (w.Clahe ? 1 : 0) + (w.Values ? 1 : 0) + (w.Gamma ? 1 : 0) <= 1);
        foreach (var count in new[] { ways.Count(w => w.Clahe), ways.Count(w => w.Values), ways.Count(w => w.Gamma) })
        {
            ((double)count).ShouldBe(1200, 120);
        }
        ((double)ways.Count(w => w == default)).ShouldBe(400, 80);
        draws.Where(d => d.Clahe is not null).ShouldAllBe(d => d.Clahe >= 1 && d.Clahe <= 4);
        (TraditionalConfig.Parse("polyp") with { OneOf = 0 }).Resolve().OneOf.ShouldBe(0);
    }

    [Fact]
    public void Every_fault_of_a_config_names_its_field()
    {
        Faults(new()).ShouldBe(["t: nothing to do; name a preset (thesis, iois, polyp) or a transform"]);
        Faults(new() { FlipHorizontal = 1.5 }).ShouldBe(["t.flip_horizontal: 1.5; must be 0 to 1"]);
        Faults(new() { Crop = new() { Low = .5, High = 1.2 } }).ShouldBe(["t.crop.high: 1.2; must be 0.01 to 1"]);
        new DrawRange { P = 2, Low = 3, High = 1 }.Faults("r").ShouldBe(["r.p: 2; must be 0 to 1", "r.low: 3 is above high 1"]);
        Faults(Thesis).ShouldBeEmpty();

        static string[] Faults(TraditionalConfig config) => [.. config.Faults("t")];
    }

    [Fact]
    public void The_online_transform_changes_tensors_as_the_draw_says_and_leaves_its_input_alone()
    {
        using var scope = NewDisposeScope();
        var values = Enumerable.Range(0, 3 * 4 * 5).Select(i => i / 60f).ToArray();
        var image = tensor(values, [3, 4, 5]);
        var mask = tensor([.. Enumerable.Range(0, 20).Select(i => i % 5 == 0 ? 1f : 0f)], [1, 4, 5]);
        var (moved, movedMask) = TraditionalTransforms.Online(new() { FlipHorizontal = 1 })(image, mask, new Rng(1));
        moved.shape.ShouldBe([3L, 4, 5]);
        moved.data<float>().ToArray()[..5].ShouldBe([4 / 60f, 3 / 60f, 2 / 60f, 1 / 60f, 0]);
        movedMask!.data<float>().ToArray()[..5].ShouldBe([0, 0, 0, 0, 1]);
        image.data<float>().ToArray().ShouldBe(values);
        TraditionalTransforms.Online(new() { FlipHorizontal = 1 })(image, null, new Rng(1)).Mask.ShouldBeNull();
    }

    [Fact]
    public void All_transforms_together_take_less_than_a_millisecond_at_32_pixels()
    {
        var config = new TraditionalConfig
        {
            FlipHorizontal = 1,
            Rotation = new() { Low = -30, High = 30 },
            Brightness = new() { Low = .8, High = 1.2 },
            Contrast = new() { Low = .8, High = 1.2 },
            Gamma = new() { Low = .8, High = 1.2 },
            Noise = new() { Low = .1, High = .1 },
            Erase = new() { Low = .1, High = .1 },
        }.Resolve();
        var rng = new Rng(1);
        var picture = TransformTests.Random(rng, 3, 32, 32);
        var times = new List<double>();
        for (var i = 0; i < 200; i++)
        {
            var clock = Stopwatch.StartNew();
            TransformDraw.From(config, 32, 32, rng).Apply(picture);
            times.Add(clock.Elapsed.TotalMilliseconds);
        }
        times.Order().ElementAt(20).ShouldBeLessThan(1); // a low quantile: other work on the machine does not count
    }
}
