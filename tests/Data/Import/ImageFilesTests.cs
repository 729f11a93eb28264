using Odm.Data.Import;
using Odm.Engine.Runtime;

namespace Odm.Data.Tests.Import;

public sealed class ImageFilesTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("odm-images");

    /// <summary>A 2 x 1 16-bit grey PNG of 128 (rounds down to 0) and 129 (up to 1).</summary>
    private const string Grey16 = "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABEAAAAACB2fwVAAAADUlEQVR4nGNgaGBoBAACBgECng39AAAAAABJRU5ErkJggg==";

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void A_png_comes_back_as_it_was_saved()
    {
        byte[] colour = [1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16, 21, 22, 23, 24, 25, 26];
        ImageFiles.SavePng(At("c.png"), colour, 3, 2, 3);
        ImageFiles.SavePng(At("g.png"), colour.AsSpan(0, 6), 1, 2, 3);
        var (c, g) = (ImageFiles.Decode(At("c.png")), ImageFiles.Decode(At("g.png")));
        (c.Width, c.Height, c.Channels, c.Bits).ShouldBe((3, 2, 3, 8));
        (g.Width, g.Height, g.Channels, g.Bits).ShouldBe((3, 2, 1, 8));
        c.Planar.ShouldBe(colour);
        g.Planar.ShouldBe(colour[..6]);
    }

    [Fact]
    public void Sixteen_bit_samples_are_divided_by_257_and_rounded()
    {
        File.WriteAllBytes(At("g.png"), System.Convert.FromBase64String(Grey16));
        var pixels = ImageFiles.Decode(At("g.png"));
        (pixels.Channels, pixels.Bits).ShouldBe((1, 16));
        pixels.Planar.ShouldBe([(byte)0, (byte)1]);
    }

    [Fact]
    public void A_missing_file_is_named() => Fault("absent.png").ShouldEndWith("absent.png: no such file");

    [Fact]
    public void A_text_called_png_is_named()
    {
        File.WriteAllText(At("text.png"), "id,label\n1,2\n");
        Fault("text.png").ShouldEndWith("text.png: not a PNG, JPEG or TIFF image");
        File.WriteAllBytes(At("empty.png"), []);
        Fault("empty.png").ShouldEndWith("empty.png: the file is empty");
    }

    [Fact]
    public void A_truncated_file_of_each_format_is_named()
    {
        foreach (var (name, file) in Whole())
        {
            ImageFiles.Decode(At(name)).Planar.Length.ShouldBeGreaterThan(0); // as it is, it reads
            foreach (var share in new[] { 0.3, 0.6, 0.95 })
            {
                File.WriteAllBytes(At("cut-" + name), file[..(int)(share * file.Length)]);
                var fault = Fault("cut-" + name);
                fault.ShouldContain("cut-" + name);
                fault.ShouldContain("truncated");
            }
        }
    }

    [Fact]
    public void The_end_marker_of_an_embedded_thumbnail_does_not_pass_for_the_end_of_the_photograph()
    {
        byte[] thumbnail = [0xFF, 0xD8, 0xFF, 0xD9];
        byte[] file = [0xFF, 0xD8, 0xFF, 0xE1, 0, 6, .. thumbnail, 0xFF, 0xC0, 0, 11, 8, 0, 1, 0, 1, 1, 1, 17, 0, 0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0, 1, 2, 0xFF, 0, 3];
        ImageHeader.Read(file).Fault.ShouldBe("truncated JPEG");
        var header = ImageHeader.Read([.. file, 0xFF, 0xD9]);
        (header.Fault, header.Colour).ShouldBe((null, false));
    }

    [Fact]
    public void A_failed_save_leaves_nothing_behind()
    {
        File.WriteAllText(At("file"), "");
        Should.Throw<DatasetException>(() => ImageFiles.SavePng(At("file/x.png"), new byte[4], 1, 2, 2));
        folder.GetFileSystemInfos().Length.ShouldBe(1);
    }

    private string At(string name) => Path.Combine(folder.FullName, name);

    private string Fault(string name)
    {
        var message = Should.Throw<DatasetException>(() => ImageFiles.Decode(At(name))).Message;
        message.ShouldNotContain('\n');
        return message;
    }

    private IEnumerable<(string Name, byte[] File)> Whole()
    {
        using var image = new SixLabors.ImageSharp.Image<SixLabors.ImageSharp.PixelFormats.Rgb24>(40, 30, new(200, 90, 30));
        SixLabors.ImageSharp.ImageExtensions.SaveAsPng(image, At("a.png"));
        SixLabors.ImageSharp.ImageExtensions.SaveAsJpeg(image, At("a.jpg"));
        File.WriteAllBytes(At("a.tif"), TestTiff.Grey(6, 5, 8, [.. Enumerable.Range(0, 30).Select(i => (byte)i)]));
        return new[] { "a.png", "a.jpg", "a.tif" }.Select(n => (n, File.ReadAllBytes(At(n))));
    }
}
