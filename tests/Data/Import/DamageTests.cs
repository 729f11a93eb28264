using Odm.Data.Import;
using Odm.Engine.Runtime;

namespace Odm.Data.Tests.Import;

/// <summary>Files that are cut, changed or say more than they hold: a line, never pixels that nobody stored.</summary>
public sealed class DamageTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("odm-damage");

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [InlineData("rgb420.jpg")]
    [InlineData("progressive.jpg")]
    [InlineData("cmyk.jpg")]
    [InlineData("rgb8.png")]
    [InlineData("rgba16-interlaced.png")]
    [InlineData("grey16-lzw.tif")]
    [InlineData("rgb8-deflate.tif")]
    [InlineData("rgb8-jpeg.tif")]
    [InlineData("rgb8-tiles.tif")]
    [InlineData("rgba16-tiles-lzw-predictor.tif")]
    public void A_file_cut_anywhere_is_refused_or_has_lost_no_pixel(string name)
    {
        var whole = Golden(name);
        var pixels = ImageFiles.Decode(whole).Planar;
        for (var length = 0; length < whole.Length; length += Math.Max(7, whole.Length / 150))
        {
            if (!Decodes(whole[..length]))
            {
                continue; // a TIFF file may end with text or padding
            }
            length.ShouldBeGreaterThanOrEqualTo(whole.Length * 9 / 10, name);
            ImageFiles.Decode(whole[..length]).Planar.ShouldBe(pixels, $"{name} cut to {length} of {whole.Length} bytes");
        }
    }

    [Theory]
    [InlineData("rgb444.jpg")]
    [InlineData("rgb420.jpg")]
    [InlineData("grey.jpg")]
    [InlineData("cmyk.jpg")]
    public void A_jpeg_whose_data_end_early_is_refused_although_it_has_an_end_marker(string name)
    {
        var whole = Golden(name);
        for (var cut = 8; cut < whole.Length - 20; cut++)
        {
            Decodes([.. whole[..(whole.Length - cut)], 0xFF, 0xD9]).ShouldBeFalse($"{name} less {cut} bytes was read");
        }
    }

    [Theory]
    [InlineData("rgb8.png", 60)]
    [InlineData("palette8.png", 50)]
    [InlineData("grey16.png", 100)]
    public void A_changed_byte_in_png_data_is_refused(string name, int at)
    {
        var file = Golden(name);
        file[at] ^= 4;
        Decodes(file).ShouldBeFalse();
    }

    [Theory]
    [MemberData(nameof(DecodingTests.Files), MemberType = typeof(DecodingTests))]
    public void A_changed_byte_never_gets_further_than_a_line(string name)
    {
        var whole = Golden(name);
        for (var at = 4; at < whole.Length; at += Math.Max(3, whole.Length / 100))
        {
            var file = (byte[])whole.Clone();
            file[at] ^= (byte)(1 << at % 8);
            Decodes(file);
            file[at] = 0xFF;
            Decodes(file);
        }
    }

    [Fact]
    public void Bytes_drawn_at_random_behind_each_signature_never_get_further_than_a_line()
    {
        byte[][] signatures = [[0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10], [0xFF, 0xD8, 0xFF], [(byte)'I', (byte)'I', 42, 0, 8, 0, 0, 0], [(byte)'M', (byte)'M', 0, 42, 0, 0, 0, 8]];
        foreach (var signature in signatures)
        {
            for (var seed = 0; seed < 50; seed++)
            {
                var junk = Enumerable.Range(0, 400).Select(i => (byte)((i + 1) * (seed + 3) * 2654435761L >> 13));
                Decodes([.. signature, .. junk]).ShouldBeFalse();
            }
        }
    }

    [Fact]
    public void An_image_that_says_it_is_giant_is_refused_in_a_line_without_memory_for_it()
    {
        var jpeg = Golden("rgb444.jpg");
        var frame = jpeg.AsSpan().IndexOf([(byte)0xFF, (byte)0xC0]);
        jpeg.AsSpan(frame + 5, 4).Fill(0xFE);
        (string Name, byte[] File, string Size)[] files =
        [
            ("giant.png", TestPng.File(100_000, 100_000, 8, 2, [1, 2, 3]), "100000 x 100000"),
            ("giant.tif", TestTiff.Grey(100_000, 100_000, 8, [1, 2, 3]), "100000 x 100000"),
            ("giant.jpg", jpeg, "65278 x 65278"),
            ("negative.tif", TestTiff.Grey(-1, 100, 8, [1, 2, 3]), "x 100"),
        ];
        foreach (var (name, file, size) in files)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var fault = Fault(name, file);
            fault.ShouldStartWith(At(name) + ": the file says ");
            fault.ShouldContain(size + " pixels; must be 1 to 100000000 in all");
            (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(4 << 20, name);
        }
    }

    [Fact]
    public void A_form_of_tiff_that_is_not_read_is_named_with_what_is()
        => Fault("float.tif", TestTiff.Grey(2, 1, 32, new byte[8])).ShouldContain("MINISBLACK of 1 32-bit samples is not read; grey, RGB or palette of 1, 2, 4, 8 or 16 bit");

    [Fact]
    [Trait("speed", "slow")]
    public void Hundreds_of_decodes_and_failures_leave_the_resident_memory_where_it_was()
    {
        string[] names = ["rgb420.jpg", "cmyk.jpg", "rgba16-interlaced.png", "rgb16-planes.tif", "palette8.tif"];
        var files = names.Select(Golden).Append(TestPng.Grey16(700, 700, new byte[980_000])).Append(TestTiff.Grey(1000, 1000, 16, new byte[2_000_000])).ToArray();
        void Round()
        {
            foreach (var file in files)
            {
                Decodes(file).ShouldBeTrue();
                Decodes(file[..(file.Length * 3 / 4)]).ShouldBeFalse();
            }
        }
        for (var i = 0; i < 20; i++)
        {
            Round();
        }
        var before = Kept();
        for (var i = 0; i < 100; i++)
        {
            Round();
        }
        (Kept() - before).ShouldBeLessThan(20L << 20);

        // What is still needed, in bytes. Garbage that the collector has not yet looked for does not count: on a processor
        // with a large cache it lets a quarter of a gigabyte of it gather.
        static long Kept()
        {
            GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            return TorchEngine.ResidentBytes;
        }
    }

    private static byte[] Golden(string name) => File.ReadAllBytes(Path.Combine(DecodingTests.Folder, name));

    private string At(string name) => Path.Combine(folder.FullName, name);

    private string Fault(string name, byte[] file)
    {
        File.WriteAllBytes(At(name), file);
        var message = Should.Throw<DatasetException>(() => ImageFiles.Decode(At(name))).Message;
        message.ShouldNotContain('\n');
        return message;
    }

    /// <summary>Whether the file is read; anything but pixels or a line fails the test.</summary>
    private bool Decodes(byte[] file)
    {
        File.WriteAllBytes(At("x"), file);
        try
        {
            ImageFiles.Decode(At("x"));
            return true;
        }
        catch (DatasetException e)
        {
            e.Message.ShouldStartWith(At("x") + ": ");
            e.Message.ShouldNotContain('\n');
            return false;
        }
    }

    [Fact]
    public void A_png_with_all_its_chunks_that_lacks_rows_or_colours_is_refused()
    {
        static byte[] Deflated(int rows)
        {
            using var data = new MemoryStream();
            using (var zlib = new System.IO.Compression.ZLibStream(data, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
            {
                for (var y = 0; y < rows; y++)
                {
                    zlib.Write([0, 0, 1, 2, 3, 4, 5, 6, 7]);
                }
            }
            return data.ToArray();
        }
        Decodes(TestPng.File(8, 8, depth: 8, colour: 0, Deflated(8))).ShouldBeTrue();
        Decodes(TestPng.File(8, 8, depth: 8, colour: 0, Deflated(7))).ShouldBeFalse();
        var noise = Enumerable.Range(0, 8 * 9).Select(i => (byte)(i % 9 == 0 ? 0 : i * 37)).ToArray();
        using var packed = new MemoryStream();
        using (var zlib = new System.IO.Compression.ZLibStream(packed, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
        {
            zlib.Write(noise);
        }
        Decodes(TestPng.File(8, 8, depth: 8, colour: 0, packed.ToArray())).ShouldBeTrue();
        Decodes(TestPng.File(8, 8, depth: 8, colour: 0, packed.ToArray()[..30])).ShouldBeFalse();
        Decodes(TestPng.File(8, 8, depth: 8, colour: 3, Deflated(8), new byte[24])).ShouldBeTrue();
        Decodes(TestPng.File(8, 8, depth: 8, colour: 3, Deflated(8), new byte[21])).ShouldBeFalse(); // 7 colours, index 7
    }
}
