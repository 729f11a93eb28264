using FsCheck;
using FsCheck.Fluent;
using Odm.Data.Batching;
using Odm.Data.Images;
using Odm.Data.Import;
using Odm.Engine.Runtime;
using Odm.Tests;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.PixelFormats;

namespace Odm.Data.Tests;

public class MaskImportTests
{
    private const int Side = 32;

    private static byte[] Disc(int side, double x, double y, double radius, byte level = 255) =>
        [.. Enumerable.Range(0, side * side).Select(i => Math.Pow(i % side - x, 2) + Math.Pow(i / side - y, 2) <= radius * radius ? level : (byte)0)];

    private static void Pair(TemporaryFolder folder, string name, byte[] mask, int channels = 1, int side = Side)
    {
        Directory.CreateDirectory(folder["images"]);
        Directory.CreateDirectory(folder["masks"]);
        ImageFiles.SavePng(folder[$"images/{name}.png"], [.. Enumerable.Range(0, 3 * Side * Side).Select(i => (byte)(i * 7 + name.Length))], 3, Side, Side);
        ImageFiles.SavePng(folder[$"masks/{name}.png"], mask, channels, side, side);
    }

    private static DatasetConfig Below(TemporaryFolder folder) => new() { Kind = DatasetKind.ImageMask, Path = folder.Path };

    private static string Refused(DatasetConfig config) => Should.Throw<DatasetException>(() => Importer.Import(config)).Message;

    [Fact]
    public void Images_and_masks_pair_by_base_name_below_the_path_or_in_two_folders()
    {
        using var folder = new TemporaryFolder();
        Pair(folder, "a", Disc(Side, 16, 16, 9));
        var set = Importer.Import(Below(folder));
        (set.HasMasks, set.Rows[0].Label, set.Rows[0].Id).ShouldBe((true, -1, "a"));
        Importer.Import(new() { Kind = DatasetKind.ImageMask, Images = folder["images"], Masks = folder["masks"] }).ContentHash.ShouldBe(set.ContentHash);
        File.Copy(folder["images/a.png"], folder["images/b.png"]);
        Refused(Below(folder)).ShouldBe($"{folder["images/b.png"]}: no mask of that name in {folder["masks"]}");
        ImageFiles.SavePng(folder["masks/b.png"], new byte[16 * 16], 1, 16, 16);
        Refused(Below(folder)).ShouldBe($"{folder["masks/b.png"]}: 16x16 pixels where its image has 32x32");
    }

    [Fact]
    public void A_mask_of_greys_is_refused_above_one_pixel_in_twenty()
    {
        using var folder = new TemporaryFolder();
        byte[] Grey(int pixels, byte level) => [.. Disc(Side, 16, 16, 9).Select((v, i) => i < pixels ? level : v)];
        Pair(folder, "a", Grey(51, 100)); // 51 of 1024 is 4.98 %
        Importer.Import(Below(folder)).Count.ShouldBe(1);
        Pair(folder, "a", Grey(52, 100));
        Refused(Below(folder)).ShouldBe($"{folder["masks/a.png"]}: 5.1 % of the pixels lie between a quarter and three quarters of white; in a mask at most 5 % may");
    }

    [Fact]
    public void A_coloured_mask_is_refused_and_chroma_noise_is_not()
    {
        using var folder = new TemporaryFolder();
        Pair(folder, "a", [.. Disc(Side, 16, 16, 5), .. new byte[2 * Side * Side]], channels: 3); // red on black, as NeoPolyp's
        Refused(Below(folder)).ShouldBe($"{folder["masks/a.png"]}: 7.9 % of the pixels are coloured; a mask is black and white");
        var rng = new Rng(3);
        Pair(folder, "a", [.. Enumerable.Repeat(Disc(Side, 16, 16, 9), 3).SelectMany(p => p).Select(v => (byte)Math.Clamp(v + rng.NextInt(33) - 16, 0, 255))], channels: 3);
        Importer.Import(Below(folder)).Mask(0).ToArray().ShouldBe(Disc(Side, 16, 16, 9));
    }

    [Fact]
    public void A_grey_mask_kept_as_colour_jpeg_comes_back_as_it_was()
    {
        using var folder = new TemporaryFolder();
        Pair(folder, "a", Disc(Side, 16, 16, 9));
        using (var image = Image.LoadPixelData<Rgb24>(Disc(Side, 16, 16, 9).Select(v => new Rgb24(v, v, v)).ToArray(), Side, Side))
        {
            image.SaveAsJpeg(folder["masks/a.jpg"], new JpegEncoder());
        }
        File.Delete(folder["masks/a.png"]);
        Importer.Import(Below(folder)).Mask(0).ToArray().ShouldBe(Disc(Side, 16, 16, 9));
    }

    [Fact]
    public void Empty_masks_are_told_and_counted_in_the_set()
    {
        using var folder = new TemporaryFolder();
        Pair(folder, "a", Disc(Side, 16, 16, 9));
        Pair(folder, "b", new byte[Side * Side]);
        Pair(folder, "c", new byte[Side * Side]);
        var told = new List<Progress>();
        var set = Importer.Import(Below(folder), new RunContext(null!, Precision.Fp32, told.Add, default), "prepare");
        told.ShouldContain(p => p.Note == "! 2 of 3 masks are empty: b, c");
        set.EmptyMasks.ShouldBe([1, 2]);
        set.Save(folder["set"]);
        File.ReadAllText(folder["set/set.json"]).ShouldContain("\"empty_masks\": 2");
        ImageSet.Open(folder["set"]).EmptyMasks.ShouldBe([1, 2]);
    }

    [Fact]
    public void Groups_come_from_the_range_that_holds_the_number_in_the_name()
    {
        using var folder = new TemporaryFolder();
        foreach (var name in new[] { "1", "25", "frame_0026" })
        {
            Pair(folder, name, Disc(Side, 16, 16, 9));
        }
        folder.Write("sequences.csv", "first_frame,last_frame,sequence\n26,50,b\n1,25,a\n");
        var config = Below(folder) with { Groups = "sequences.csv" };
        Importer.Import(config).Rows.Select(r => (r.Id, r.Group)).ShouldBe([("1", "a"), ("25", "a"), ("frame_0026", "b")]);
        Pair(folder, "51", Disc(Side, 16, 16, 9));
        Refused(config).ShouldBe($"{folder["images/51.png"]}: 51 lies in no range of {folder["sequences.csv"]}");
        Pair(folder, "x", Disc(Side, 16, 16, 9));
        File.Delete(folder["images/51.png"]);
        Refused(config).ShouldBe($"{folder["images/x.png"]}: no number in its name to look up in {folder["sequences.csv"]}");
    }

    [Fact]
    public void Faulty_range_tables_are_refused_with_row_and_value()
    {
        using var folder = new TemporaryFolder();
        Pair(folder, "1", Disc(Side, 16, 16, 9));
        string Table(string text, string? column = null)
        {
            folder.Write("g.csv", text);
            return Refused(Below(folder) with { Groups = "g.csv", GroupColumn = column }).Replace(folder["g.csv"], "g", StringComparison.Ordinal);
        }
        Table("first_frame,sequence\n1,2\n").ShouldBe("g: no column last_frame; its columns are first_frame, sequence");
        Table("first_frame,last_frame,a,b\n1,2,x,y\n").ShouldContain("which of the columns first_frame, last_frame, a, b is the group?");
        Table("first_frame,last_frame,sequence\n1,2,x\n", "video").ShouldContain("no column video");
        Table("first_frame,last_frame,sequence\n5,2,x\n").ShouldBe("g: line 2: first_frame 5 is beyond last_frame 2");
        Table("first_frame,last_frame,sequence\none,2,x\n").ShouldBe("g: line 2: first_frame \"one\" is not a whole number of at least 0");
        Table("first_frame,last_frame,sequence\n1,5,x\n5,9,y\n").ShouldBe("g: 5 lies in two ranges");
        new DatasetConfig { Kind = DatasetKind.Csv, Path = "a.csv", Groups = "g.csv" }.Faults("dataset").Single().ShouldBe("dataset.groups: g.csv: kind csv takes none; image-mask and imagefolder do");
        new DatasetConfig { Kind = DatasetKind.ImageMask }.Faults("dataset").Single().ShouldStartWith("dataset.path: missing; kind image-mask needs it");
    }

    [Fact]
    public void Resizing_a_mask_never_invents_grey_and_keeps_its_share() => Prop.ForAll<byte, byte, ulong>((from, to, seed) =>
    {
        var (side, size, rng) = (24 + from % 100, 16 + to % 100, new Rng(seed));
        var mask = new Pixels(side, side, 1, 8, Disc(side, side * rng.Uniform(.3, .7), side * .5, side * rng.Uniform(.15, .3)));
        var resized = Preprocessor.Apply([new("resize", size)], mask, mask).Mask!;
        double Share(Pixels p) => p.Planar.Count(v => v == 255) / (double)p.Planar.Length;
        return resized.Planar.Length == size * size && resized.Planar.All(v => v is 0 or 255)
            && Math.Abs(Share(resized) - Share(mask)) < .025 // half a pixel round the disc's edge at 16 px
            && (size != side || resized.Planar.SequenceEqual(mask.Planar));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_mask_left_alone_scores_Dice_1_against_itself_through_import_resize_set_and_batch()
    {
        using var folder = new TemporaryFolder();
        for (var i = 0; i < 5; i++)
        {
            Pair(folder, $"{i}", Disc(Side, 12 + i, 16, 5 + i));
        }
        var config = Below(folder) with { Preprocess = [new("resize", 20)] };
        Importer.Import(config).Save(folder["set"]);
        var set = ImageSet.Open(folder["set"]);
        using var scope = TorchSharp.torch.NewDisposeScope();
        var batch = new Batches(set, 5, 1, "test", Normalisation.Symmetric(3)).At(0);
        var hard = batch.Masks!.cpu().data<float>().ToArray();
        var plane = set.Height * set.Width;
        for (var slot = 0; slot < 5; slot++)
        {
            var truth = ImageFiles.Decode(folder[$"masks/{set.Rows[batch.Indices[slot]].Id}.png"]);
            var expected = Preprocessor.Apply(config.Preprocess, truth, truth).Mask!.Planar;
            var seen = hard.AsSpan(slot * plane, plane).ToArray();
            seen.ShouldAllBe(v => v == 0 || v == 1);
            var both = Enumerable.Range(0, plane).Count(i => seen[i] == 1 && expected[i] == 255);
            (2.0 * both / (seen.Count(v => v == 1) + expected.Count(v => v == 255))).ShouldBe(1);
        }
    }

    [Trait("speed", "slow")]
    [SharedDataFact("kvasir_seg_256")]
    public void Every_mask_of_Kvasir_and_CVC_passes_and_none_is_empty()
    {
        var kvasir = Importer.Import(new() { Kind = DatasetKind.ImageMask, Path = SharedData.Path("kvasir_seg_256"), Preprocess = [new("resize", 32)] });
        (kvasir.Count, kvasir.EmptyMasks.Count).ShouldBe((1000, 0));
        var cvc = Importer.Import(new() { Kind = DatasetKind.ImageMask, Path = SharedData.Path("cvc_clinicdb_256"), Groups = "sequences.csv", Preprocess = [new("resize", 32)] });
        (cvc.Count, cvc.EmptyMasks.Count, cvc.Rows.Select(r => r.Group).Distinct().Count()).ShouldBe((612, 0, 29));
    }
}
