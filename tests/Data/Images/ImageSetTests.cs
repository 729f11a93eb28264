using FsCheck;
using FsCheck.Fluent;
using Odm.Data.Images;
using Odm.Engine.Files;
using Odm.Engine.Runtime;
using Odm.Tests;

namespace Odm.Data.Tests;

public class ImageSetTests
{
    private static readonly string[] Classes = ["0", "1", "2"];

    internal static ImageSet Sample(int count = 6, int channels = 3, int height = 4, int width = 5, bool masks = true, ulong seed = 1)
    {
        var rng = new Rng(seed);
        var pixels = new byte[count * channels * height * width].Select(_ => (byte)rng.NextInt(256)).ToArray();
        var mask = new byte[count * height * width].Select(_ => rng.NextBool(.5) ? (byte)255 : (byte)0).ToArray();
        var rows = Enumerable.Range(0, count).Select(i => new ImageRow { Id = $"i{i}", Label = i % 3, Group = $"g{i / 2}", Source = $"folder/a, \"{i}\".png" }).ToArray();
        return ImageSet.FromPixels(pixels, channels, height, width, rows, Classes, masks ? mask : null);
    }

    private static void ShouldEqual(ImageSet actual, ImageSet expected)
    {
        (actual.Count, actual.Channels, actual.Height, actual.Width, actual.HasMasks).ShouldBe((expected.Count, expected.Channels, expected.Height, expected.Width, expected.HasMasks));
        actual.Classes.ShouldBe(expected.Classes);
        for (var i = 0; i < expected.Count; i++)
        {
            actual.Image(i).SequenceEqual(expected.Image(i)).ShouldBeTrue();
            (actual.HasMasks && !actual.Mask(i).SequenceEqual(expected.Mask(i))).ShouldBeFalse();
            (actual.Rows[i] with { Provenance = null }).ShouldBe(expected.Rows[i] with { Provenance = null });
        }
        actual.ContentHash.ShouldBe(expected.ContentHash);
    }

    [Fact]
    public void Opening_gives_back_what_was_saved() => Prop.ForAll<byte, byte, bool>((n, side, masks) =>
    {
        using var folder = new TemporaryFolder();
        var set = Sample(n % 9, n % 2 == 0 ? 1 : 3, 1 + side % 7, 1 + side % 5, masks, side);
        set.Save(folder["set"]);
        ShouldEqual(ImageSet.Open(folder["set"]), set);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Provenance_is_kept_in_columns_of_its_own_and_real_rows_leave_them_empty()
    {
        using var folder = new TemporaryFolder();
        var set = Sample(2);
        var made = new Provenance { Generator = "odm-1", Seed = ulong.MaxValue, Sampler = "ddim", Steps = 50, Guidance = 1.5, SourceIds = "a b", More = new Dictionary<string, string> { ["batch"] = "3", ["slot"] = "7" } };
        set.WithRows([set.Rows[0], set.Rows[1] with { Origin = ImageRow.Synthetic, Label = -1, Provenance = made }]).Save(folder["set"]);
        var rows = ImageSet.Open(folder["set"]).Rows;
        rows[0].Provenance.ShouldBeNull();
        rows[1].Label.ShouldBe(-1);
        var read = rows[1].Provenance!;
        (read with { More = made.More }).ShouldBe(made);
        read.More.ShouldBe(made.More);
        File.ReadAllText(folder["set/rows.csv"]).ShouldStartWith("id,label,group,split,origin,source,sha256,generator,seed,sampler,steps,guidance,source_ids,batch,slot\n");
    }

    [Fact]
    public void Rows_without_provenance_have_the_plain_columns_and_line_feeds()
    {
        using var folder = new TemporaryFolder();
        Sample(1).Save(folder["set"]);
        var text = File.ReadAllText(folder["set/rows.csv"]);
        text.ShouldStartWith("id,label,group,split,origin,source,sha256\ni0,0,g0,,real,\"folder/a, \"\"0\"\".png\",");
        text.ShouldNotContain('\r');
    }

    [Fact]
    public void A_selection_is_the_images_asked_for_in_that_order() => Prop.ForAll<byte[]>(wanted =>
    {
        var set = Sample();
        var indices = wanted.Select(b => b % set.Count).ToArray();
        var selected = set.Select(indices);
        return indices.Select((from, to) => selected.Image(to).SequenceEqual(set.Image(from)) && selected.Mask(to).SequenceEqual(set.Mask(from))
            && selected.Rows[to] == set.Rows[from]).All(same => same);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Joining_puts_one_set_after_the_other_and_drops_masks_that_not_all_have()
    {
        var (a, b, bare) = (Sample(2), Sample(3, seed: 2), Sample(1, masks: false));
        var joined = ImageSet.Concat(a, b);
        joined.Count.ShouldBe(5);
        joined.Image(3).SequenceEqual(b.Image(1)).ShouldBeTrue();
        joined.Mask(4).SequenceEqual(b.Mask(2)).ShouldBeTrue();
        ImageSet.Concat(a, bare).HasMasks.ShouldBeFalse();
        Should.Throw<ArgumentException>(() => ImageSet.Concat(a, Sample(2, height: 6)));
    }

    [Fact]
    public void The_content_hash_follows_pixels_masks_labels_and_classes_but_not_file_names()
    {
        var set = Sample();
        var other = Sample(seed: 2);
        set.WithRows([.. set.Rows.Select(r => r with { Source = "elsewhere" })]).ContentHash.ShouldBe(set.ContentHash);
        set.WithRows([.. set.Rows.Select(r => r with { Label = 0 })]).ContentHash.ShouldNotBe(set.ContentHash);
        set.Select([1, 0, 2, 3, 4, 5]).ContentHash.ShouldNotBe(set.ContentHash);
        other.ContentHash.ShouldNotBe(set.ContentHash);
        Sample(masks: false).ContentHash.ShouldNotBe(set.ContentHash);
    }

    [Fact]
    public void Pixel_hashes_tell_shape_and_content()
    {
        byte[] pixels = [1, 2, 3, 4];
        ImageSet.HashPixels(pixels, 1, 2, 2).ShouldBe(ImageSet.HashPixels([1, 2, 3, 4], 1, 2, 2));
        ImageSet.HashPixels(pixels, 1, 1, 4).ShouldNotBe(ImageSet.HashPixels(pixels, 1, 2, 2));
        ImageSet.HashPixels([1, 2, 3, 5], 1, 2, 2).ShouldNotBe(ImageSet.HashPixels(pixels, 1, 2, 2));
    }

    [Fact]
    public void Class_counts_leave_out_images_without_a_label()
    {
        var set = Sample(5);
        set.ClassCounts().ShouldBe([2, 2, 1]);
        set.WithRows([.. set.Rows.Select((r, i) => i == 0 ? r with { Label = -1 } : r)]).ClassCounts().ShouldBe([1, 2, 1]);
    }

    [Theory]
    [InlineData("images.npy", 100, "truncated")]
    [InlineData("masks.npy", 130, "truncated")]
    [InlineData("images.npy", 0, "not a NumPy")]
    [InlineData("rows.csv", 0, "empty")]
    [InlineData("rows.csv", 120, "rows for 6 images")]
    [InlineData("set.json", 10, "not valid JSON")]
    public void A_cut_file_is_refused_by_name(string file, int length, string reason)
    {
        using var folder = new TemporaryFolder();
        Sample().Save(folder["set"]);
        using (var stream = File.OpenWrite(folder["set/" + file]))
        {
            stream.SetLength(length);
        }
        var message = Should.Throw<DatasetException>(() => ImageSet.Open(folder["set"])).Message;
        message.ShouldContain(file);
        message.ShouldContain(reason);
    }

    [Theory]
    [InlineData("images.npy")]
    [InlineData("rows.csv")]
    [InlineData("set.json")]
    public void A_missing_file_is_named(string file)
    {
        using var folder = new TemporaryFolder();
        Sample().Save(folder["set"]);
        File.Delete(folder["set/" + file]);
        Should.Throw<DatasetException>(() => ImageSet.Open(folder["set"])).Message.ShouldContain(file);
    }

    [Fact]
    public void A_label_beyond_the_classes_or_no_number_is_named_by_row()
    {
        using var folder = new TemporaryFolder();
        Sample(2).Save(folder["set"]);
        var text = File.ReadAllText(folder["set/rows.csv"]);
        File.WriteAllText(folder["set/rows.csv"], text.Replace("i1,1,", "i1,7,"));
        Should.Throw<DatasetException>(() => ImageSet.Open(folder["set"])).Message.ShouldContain("i1: label 7");
        File.WriteAllText(folder["set/rows.csv"], text.Replace("i1,1,", "i1,mild,"));
        Should.Throw<DatasetException>(() => ImageSet.Open(folder["set"])).Message.ShouldContain("line 3: label \"mild\"");
    }

    [Fact]
    public void Released_pages_are_given_back_and_read_again()
    {
        if (!File.Exists("/proc/self/smaps"))
        {
            return; // other systems keep their pages
        }
        using var folder = new TemporaryFolder();
        var set = Sample(8, 3, 256, 256, masks: false);
        set.Save(folder["set"]);
        var opened = ImageSet.Open(folder["set"]);
        ShouldEqual(opened, set);
        Mapped(folder["set"]).ShouldBeGreaterThan(1500);
        opened.Select([0, 1]).Release();
        Mapped(folder["set"]).ShouldBe(0);
        ShouldEqual(opened, set);

        // resident kB of the folder's files
        static int Mapped(string folder) => File.ReadAllLines("/proc/self/smaps").SkipWhile(l => !l.EndsWith(folder + "/images.npy", StringComparison.Ordinal))
            .First(l => l.StartsWith("Rss:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var kB, _] ? int.Parse(kB, System.Globalization.CultureInfo.InvariantCulture) : -1;
    }

    [Fact]
    public void Changed_pixels_are_found_by_verifying()
    {
        using var folder = new TemporaryFolder();
        Sample().Save(folder["set"]);
        ImageSetFolder.Verify(Sample());
        using (var stream = File.OpenWrite(folder["set/images.npy"]))
        {
            stream.Position = 128 + 60 + 1; // the second of six images
            stream.WriteByte(99);
            stream.WriteByte(98);
        }
        Should.Throw<DatasetException>(() => ImageSetFolder.Verify(ImageSet.Open(folder["set"]))).Message.ShouldContain("i1");
    }

    [Fact]
    public void More_than_two_gigabytes_are_read_where_they_lie()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["set"]);
        const int count = 2200, side = 1024; // a sparse file: holes take no room on the disk
        using (var stream = File.Create(folder["set/images.npy"]))
        {
            new NpyHeader("u1", [count, 1, side, side]).Write(stream);
            stream.SetLength(stream.Position + (long)count * side * side);
            stream.Position = stream.Length - 1;
            stream.WriteByte(77);
        }
        folder.Write("set/rows.csv", "id,label,group,split,origin,source,sha256\n" + string.Concat(Enumerable.Range(0, count).Select(i => $"i{i},0,,,real,,x\n")));
        folder.Write("set/set.json", """{ "classes": ["0"], "content_hash": "", "masks_hash": "" }""");
        var set = ImageSet.Open(folder["set"]);
        set.Image(count - 1)[^1].ShouldBe((byte)77);
        set.Select([count - 1]).Image(0)[^1].ShouldBe((byte)77);
        set.Image(count - 2)[^1].ShouldBe((byte)0);
    }
}
