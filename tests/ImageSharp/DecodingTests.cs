using System.Runtime.InteropServices;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.PixelFormats;

namespace ImageSharpTests;

public class DecodingTests
{
    public static TheoryData<string> Files =>
        [.. Directory.GetFiles(Golden.Folder, "*.npy").Select(f => Path.GetFileNameWithoutExtension(f)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_format_and_depth_gives_the_samples_that_Pillow_and_NumPy_say(string name)
    {
        var golden = Golden.Of(name);
        var actual = Samples(name, golden);
        actual.Length.ShouldBe(golden.Samples.Length);
        var tolerance = name.EndsWith(".jpg", StringComparison.Ordinal) ? 2 : 0; // versions of libjpeg-turbo round differently
        actual.Zip(golden.Samples, (a, g) => Math.Abs(a - g)).Max().ShouldBeLessThanOrEqualTo(tolerance);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void The_header_alone_gives_the_size(string name)
    {
        var golden = Golden.Of(name);
        var info = Image.Identify(Golden.File(name));
        (info.Height, info.Width).ShouldBe((golden.Height, golden.Width));
    }

    [Fact]
    public void Sixteen_bits_become_eight_by_dividing_by_257_and_rounding()
    {
        using var grey = Image.Load<L8>(Golden.File("grey16.png"));
        using var colour = Image.Load<Rgb24>(Golden.File("rgb16-deflate.tif"));
        Bytes(grey).ShouldBe(Golden.Of("grey16.png").Samples.Select(v => (byte)Math.Round(v / 257.0)));
        Bytes(colour).ShouldBe(Golden.Of("rgb16-deflate.tif").Samples.Select(v => (byte)Math.Round(v / 257.0)));
    }

    [Fact]
    public void Every_16_bit_value_rounds_to_the_nearest_8_bit_value()
    {
        var all = Enumerable.Range(0, 65536).Select(v => new L16((ushort)v)).ToArray();
        foreach (var v in all)
        {
            var pixel = new L8();
            pixel.FromL16(v);
            pixel.PackedValue.ShouldBe((byte)Math.Round(v.PackedValue / 257.0, MidpointRounding.AwayFromZero));
        }
    }

    [Fact]
    public void Colour_becomes_grey_by_the_weights_of_BT_709()
    {
        using var colour = Image.LoadPixelData<Rgb24>(new Rgb24[] { new(255, 0, 0), new(0, 255, 0), new(0, 0, 255), new(9, 9, 9) }, 2, 2);
        using var file = new MemoryStream();
        colour.SaveAsPng(file);
        using var grey = Image.Load<L8>(file.ToArray());
        Bytes(grey).ShouldBe([54, 182, 18, 9]);
    }

    [Fact]
    public void Alpha_is_dropped_where_the_pixel_format_has_none()
    {
        using var opaque = Image.Load<Rgb24>(Golden.File("rgba8.png"));
        Bytes(opaque).Select(b => (ushort)b).ShouldBe(Golden.Of("rgb8.png").Samples);
    }

    [Fact]
    public void Streams_and_spans_load_as_files_do()
    {
        var path = Golden.File("rgb420.jpg");
        using var file = Image.Load<Rgb24>(path);
        using var stream = File.OpenRead(path);
        using var streamed = Image.Load<Rgb24>(stream);
        using var spanned = Image.Load<Rgb24>(File.ReadAllBytes(path));
        Bytes(streamed).ShouldBe(Bytes(file));
        Bytes(spanned).ShouldBe(Bytes(file));
    }

    private static ushort[] Samples(string name, Golden golden)
    {
        var path = Golden.File(name);
        return (golden.Channels, golden.Depth) switch
        {
            (1, 8) => Widen<L8>(path),
            (1, 16) => Words<L16>(path),
            (2, 8) => [.. Widen<Rgba32>(path).Where((_, i) => i % 4 is 0 or 3)],
            (3, 8) => Widen<Rgb24>(path),
            (3, 16) => Words<Rgb48>(path),
            (4, 8) => Widen<Rgba32>(path),
            _ => Words<Rgba64>(path),
        };
    }

    private static ushort[] Widen<TPixel>(string path)
        where TPixel : unmanaged, IPixel<TPixel>
    {
        using var image = Image.Load<TPixel>(path);
        return [.. Bytes(image).Select(b => (ushort)b)];
    }

    private static ushort[] Words<TPixel>(string path)
        where TPixel : unmanaged, IPixel<TPixel>
    {
        using var image = Image.Load<TPixel>(path);
        return MemoryMarshal.Cast<byte, ushort>(Bytes(image)).ToArray();
    }

    internal static byte[] Bytes<TPixel>(Image<TPixel> image)
        where TPixel : unmanaged, IPixel<TPixel>
    {
        var bytes = new byte[image.Width * image.Height * Marshal.SizeOf<TPixel>()];
        image.CopyPixelDataTo(bytes);
        return bytes;
    }
}
