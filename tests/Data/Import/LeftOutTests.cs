using Odm.Data.Images;
using Odm.Data.Import;
using Odm.Data.Tests.Import;
using Odm.Engine.Runtime;
using Odm.Tests;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Metadata.Profiles.Exif;
using SixLabors.ImageSharp.PixelFormats;

namespace Odm.Data.Tests;

/// <summary>Nothing is dropped without a word: it is refused, or counted in the import's report and in set.json.</summary>
public sealed class LeftOutTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private string Picture(string name, int seed, int side = 8)
    {
        ImageFiles.SavePng(folder[name], [.. Enumerable.Range(0, 3 * side * side).Select(i => (byte)(i * 5 + seed * 31))], 3, side, side);
        return folder[name];
    }

    private ImageSet Folders(params (LeftOutKind Kind, int Count, string First)[] expected)
    {
        var told = new List<Progress>();
        var set = Importer.Import(new() { Kind = DatasetKind.ImageFolder, Path = folder.Path }, new RunContext(null!, Precision.Fp32, told.Add, default));
        set.LeftOut.ShouldBe(expected.Select(e => new LeftOut(e.Kind, e.Count, e.First)));
        told.Count(p => p.Note?.StartsWith("! left out or changed: ", StringComparison.Ordinal) == true).ShouldBe(expected.Length > 0 ? 1 : 0);
        return set;
    }

    [Fact]
    public void Other_formats_hidden_files_and_links_at_any_depth_are_counted()
    {
        Picture("a/x.png", 1);
        Picture("b/deep/y.png", 2);
        Folders().Count.ShouldBe(2);
        folder.Write("a/x.dcm", "");
        folder.Write("b/deep/z.bmp", "");
        folder.Write("a/Thumbs.db", ""); // nobody's content
        folder.Write("a/._x.png", "");
        folder.Write("b/.ipynb_checkpoints/x.png", "");
        folder.Write("__MACOSX/a/._x.png", "");
        folder.Write(".git/x.png", "");
        Picture("loose.png", 3);
        Directory.CreateSymbolicLink(folder["a/up"], folder["a"]);
        File.CreateSymbolicLink(folder["a/gone.png"], folder["nowhere.png"]);
        Folders((LeftOutKind.OtherFiles, 2, "a/x.dcm"), (LeftOutKind.Hidden, 4, ".git/"), (LeftOutKind.Links, 2, "a/gone.png"), (LeftOutKind.Outside, 1, "loose.png"))
            .Rows.Select(r => r.Id).ShouldBe(["a/x", "b/deep/y"]);
    }

    [Fact]
    public void Links_are_followed()
    {
        Picture("a/x.png", 1);
        using var elsewhere = new TemporaryFolder();
        ImageFiles.SavePng(elsewhere["y.png"], new byte[192], 3, 8, 8);
        Directory.CreateSymbolicLink(folder["b"], elsewhere.Path);
        Folders().Rows.Select(r => r.Id).ShouldBe(["a/x", "b/y"]);
    }

    [Fact]
    public void A_link_back_is_no_way_into_other_classes_or_in_a_circle()
    {
        Picture("a/x.png", 1);
        Picture("b/y.png", 2);
        Directory.CreateSymbolicLink(folder["a/up"], "..");              // from a class to the folder of the classes
        Directory.CreateDirectory(folder["b/deep"]);
        Directory.CreateSymbolicLink(folder["b/deep/class"], "../../b"); // a path with a link in its middle leads to the same folder
        Folders((LeftOutKind.Links, 2, "a/up")).Rows.Select(r => r.Id).ShouldBe(["a/x", "b/y"]);

        using var elsewhere = new TemporaryFolder();
        ImageFiles.SavePng(elsewhere["deep/z.png"], new byte[192], 3, 8, 8);
        Directory.CreateSymbolicLink(elsewhere["deep/up"], "..");
        Directory.CreateSymbolicLink(folder["c"], elsewhere.Path);
        Folders((LeftOutKind.Links, 3, "a/up")).Rows.Select(r => r.Id).ShouldBe(["a/x", "b/y", "c/deep/z"]);
    }

    [Fact]
    public void Further_pages_of_a_TIFF_file_are_counted()
    {
        Directory.CreateDirectory(folder["a"]);
        byte[] page = [.. Enumerable.Range(0, 64).Select(i => (byte)i)];
        File.WriteAllBytes(folder["a/x.tif"], TestTiff.Pages(8, 8, page, new byte[64], page));
        Folders((LeftOutKind.FurtherPages, 1, "a/x.tif")).Image(0).ToArray().ShouldBe(page);
        File.WriteAllBytes(folder["a/x.tif"], TestTiff.Pages(8, 8, page));
        Folders().Image(0).ToArray().ShouldBe(page);
    }

    [Fact]
    public void Transparency_is_counted_and_a_picture_in_it_alone_is_refused()
    {
        void Save(Func<int, Rgba32> pixel)
        {
            Directory.CreateDirectory(folder["a"]);
            using var image = Image.LoadPixelData<Rgba32>([.. Enumerable.Range(0, 64).Select(pixel)], 8, 8);
            image.SaveAsPng(folder["a/x.png"], new SixLabors.ImageSharp.Formats.Png.PngEncoder { TransparentColorMode = SixLabors.ImageSharp.Formats.Png.PngTransparentColorMode.Preserve });
        }
        Save(i => new((byte)i, 0, 0, 255));
        Folders();
        Save(i => new((byte)i, 0, 0, (byte)(i < 8 ? 0 : 255)));
        Folders((LeftOutKind.Alpha, 1, "a/x.png")).Image(0)[..64].ToArray().ShouldBe(Enumerable.Range(0, 64).Select(i => (byte)i));
        Save(i => new(0, 0, 0, (byte)i));
        Should.Throw<DatasetException>(() => Folders()).Message
            .ShouldBe($"{folder["a/x.png"]}: every pixel has one colour, its picture is in the alpha channel alone; save it without transparency");
    }

    [Fact]
    public void Images_of_16_bits_that_use_12_of_them_are_counted()
    {
        void Save(string name, int white)
        {
            Directory.CreateDirectory(folder["a"]);
            File.WriteAllBytes(folder[name], TestPng.Grey16(8, 8, [.. Enumerable.Range(0, 64).SelectMany(i => new[] { (byte)(i * white / 63 >> 8), (byte)(i * white / 63) })]));
        }
        Save("a/x.png", 4095);
        Folders((LeftOutKind.NarrowRange, 1, "a/x.png")).Image(0).ToArray().Max().ShouldBe((byte)16);
        Save("a/y.png", 60000); // a dark picture beside a bright one
        Folders();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_mask_lies_on_the_turned_image_whether_drawn_as_displayed_or_as_stored(bool displayed)
    {
        // stored 16 wide and 8 high with a bright left quarter; orientation 6 turns it by a right angle: the bright part is on top
        using var image = new Image<L8>(16, 8);
        image.ProcessPixelRows(rows =>
        {
            for (var y = 0; y < 8; y++)
            {
                rows.GetRowSpan(y)[..4].Fill(new L8(240));
            }
        });
        image.Metadata.ExifProfile = new ExifProfile();
        image.Metadata.ExifProfile.SetValue(ExifTag.Orientation, (ushort)6);
        Directory.CreateDirectory(folder["images"]);
        image.SaveAsJpeg(folder["images/p.jpg"]);
        ImageFiles.SavePng(folder["masks/p.png"], [.. Enumerable.Range(0, 128).Select(i => (byte)((displayed ? i / 8 : i % 16) < 4 ? 255 : 0))], 1, displayed ? 16 : 8, displayed ? 8 : 16);
        var set = Importer.Import(new() { Kind = DatasetKind.ImageMask, Path = folder.Path });
        (set.Width, set.Height).ShouldBe((8, 16));
        set.LeftOut.ShouldBe([new LeftOut(LeftOutKind.Turned, 1, "p.jpg")]);
        var (pixels, mask) = (set.Image(0).ToArray(), set.Mask(0).ToArray());
        Enumerable.Range(0, 128).Count(i => pixels[i] > 120 == mask[i] > 0).ShouldBe(128);
    }

    [Fact]
    public void Images_without_a_patient_beside_others_are_counted()
    {
        foreach (var i in Enumerable.Range(0, 4))
        {
            Picture($"{i}.png", i);
        }
        var csv = folder.Write("t.csv", "image,label,patient\n0,0,p\n1,1,p\n2,0,\n3,1,NaN\n");
        var set = Importer.Import(new() { Kind = DatasetKind.Csv, Path = csv, GroupColumn = "patient" });
        set.Rows.Select(r => r.Group).ShouldBe(["p", "p", "", ""]);
        set.LeftOut.ShouldBe([new LeftOut(LeftOutKind.Ungrouped, 2, "2")]);
    }
}
