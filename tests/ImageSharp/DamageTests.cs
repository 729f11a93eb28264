using SixLabors.ImageSharp;
using SixLabors.ImageSharp.PixelFormats;

namespace ImageSharpTests;

public class DamageTests
{
    [Theory]
    [InlineData("rgb420.jpg")]
    [InlineData("progressive.jpg")]
    [InlineData("cmyk.jpg")]
    [InlineData("rgb8.png")]
    [InlineData("rgba16-interlaced.png")]
    [InlineData("grey16-lzw.tif")]
    [InlineData("rgb8-deflate.tif")]
    public void A_file_cut_anywhere_is_an_error(string name)
    {
        var whole = File.ReadAllBytes(Golden.File(name));
        var magic = name.EndsWith(".png", StringComparison.Ordinal) ? 8 : 4;
        for (var length = magic; length < whole.Length; length += 7)
        {
            var cut = whole.AsSpan(0, length).ToArray();
            if (Decodes(cut)) // an LZW strip closes with a code and a padding byte that no pixel needs
                length.ShouldBeGreaterThanOrEqualTo(whole.Length - 4, $"{name} cut to {length} of {whole.Length} bytes was read");
        }
    }

    [Fact]
    public void Jpeg_data_that_ends_early_but_has_an_end_marker_is_an_error()
    {
        var whole = File.ReadAllBytes(Golden.File("rgb444.jpg"));
        Should.Throw<InvalidImageContentException>(() => Image.Load<Rgb24>([.. whole[..(whole.Length - 60)], 0xFF, 0xD9]));
    }

    [Fact]
    public void A_flipped_byte_in_png_data_is_an_error()
    {
        var file = File.ReadAllBytes(Golden.File("rgb8.png"));
        file[60] ^= 4;
        Should.Throw<InvalidImageContentException>(() => Image.Load<Rgb24>(file));
    }

    [Fact]
    public void A_text_is_of_no_known_format()
    {
        Should.Throw<UnknownImageFormatException>(() => Image.Load<Rgb24>("id,label\n1,2\n"u8));
        Should.Throw<UnknownImageFormatException>(() => Image.Load<Rgb24>([]));
    }

    [Fact]
    public void A_header_that_claims_a_giant_image_is_an_error_and_not_an_allocation()
    {
        var file = File.ReadAllBytes(Golden.File("grey8.tif"));
        var at = file.AsSpan().IndexOf(new byte[] { 0, 1, 4, 0, 1, 0, 0, 0 }); // ImageWidth, LONG, 1
        at.ShouldBeGreaterThan(0);
        file.AsSpan(at + 8, 4).Fill(0x7F);
        Should.Throw<InvalidImageContentException>(() => Image.Load<L8>(file));
    }

    [Fact]
    public void Bytes_drawn_at_random_behind_each_signature_never_get_further_than_an_exception()
    {
        byte[][] signatures = [[0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10], [0xFF, 0xD8, 0xFF], [(byte)'I', (byte)'I', 42, 0, 8, 0, 0, 0], [(byte)'M', (byte)'M', 0, 42, 0, 0, 0, 8]];
        foreach (var signature in signatures)
            for (var seed = 0; seed < 50; seed++)
            {
                var junk = Enumerable.Range(0, 400).Select(i => (byte)((i + 1) * (seed + 3) * 2654435761L >> 13));
                Decodes([.. signature, .. junk]).ShouldBeFalse();
            }
    }

    [Fact]
    [Trait("speed", "slow")]
    public void A_thousand_decodes_and_failures_leave_the_resident_memory_where_it_was()
    {
        string[] names = ["rgb420.jpg", "cmyk.jpg", "rgba16-interlaced.png", "rgb16-planes.tif", "palette8.tif"];
        using var big = new Image<Rgb24>(1000, 700, new Rgb24(90, 50, 20)); // 2 MB: a thousand of them would not go unseen
        using var png = new MemoryStream();
        using var jpeg = new MemoryStream();
        big.SaveAsPng(png);
        big.SaveAsJpeg(jpeg);
        var files = names.Select(n => File.ReadAllBytes(Golden.File(n))).Append(png.ToArray()).Append(jpeg.ToArray()).ToArray();
        void Round()
        {
            foreach (var file in files)
            {
                Decodes(file).ShouldBeTrue();
                Decodes(file[..(file.Length * 3 / 4)]).ShouldBeFalse();
            }
        }
        for (var i = 0; i < 20; i++)
            Round();
        var before = Environment.WorkingSet;
        for (var i = 0; i < 1000 / files.Length; i++)
            Round();
        (Environment.WorkingSet - before).ShouldBeLessThan(40L << 20);
    }

    private static bool Decodes(byte[] file)
    {
        try
        {
            using var image = Image.Load<Rgb24>(file);
            return true;
        }
        catch (InvalidImageContentException)
        {
            return false;
        }
    }
}
