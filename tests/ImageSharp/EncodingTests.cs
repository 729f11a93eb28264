using FsCheck;
using FsCheck.Fluent;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.PixelFormats;

namespace ImageSharpTests;

public class EncodingTests
{
    [Fact]
    public void Png_gives_back_every_pixel_of_every_format()
    {
        Prop.ForAll(Gen.Choose(1, 40).Two().ToArbitrary(), Gen.Choose(0, 9999).ToArbitrary(), (size, seed) =>
            Same<L8>(size, seed) && Same<L16>(size, seed) && Same<Rgb24>(size, seed) && Same<Rgb48>(size, seed) && Same<Rgba32>(size, seed) && Same<Rgba64>(size, seed))
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Png_says_its_channels_and_depth_in_the_header()
    {
        Header<L8>().ShouldBe((8, 0));
        Header<L16>().ShouldBe((16, 0));
        Header<Rgb24>().ShouldBe((8, 2));
        Header<Rgba32>().ShouldBe((8, 6));
    }

    [Fact]
    public void Jpeg_comes_nearer_to_the_image_and_longer_as_the_quality_rises()
    {
        using var image = Image.Load<Rgb24>(Golden.File("rgb8.png"));
        var (rough, few) = Jpeg(image, 20);
        var (fine, many) = Jpeg(image, 97);
        many.ShouldBeGreaterThan(few);
        fine.ShouldBeLessThan(rough);
        fine.ShouldBeLessThan(4.0);
    }

    [Fact]
    public void Jpeg_without_a_quality_is_of_75()
    {
        using var image = Image.Load<Rgb24>(Golden.File("rgb8.png"));
        using var plain = new MemoryStream();
        using var told = new MemoryStream();
        image.SaveAsJpeg(plain);
        image.SaveAsJpeg(told, new JpegEncoder { Quality = 75 });
        plain.ToArray().ShouldBe(told.ToArray());
    }

    [Fact]
    public void A_grey_image_becomes_a_grey_jpeg()
    {
        using var image = Image.Load<L16>(Golden.File("grey16.png"));
        using var file = new MemoryStream();
        image.SaveAsJpeg(file);
        var bytes = file.ToArray();
        bytes[bytes.AsSpan().IndexOf(new byte[] { 0xFF, 0xC0 }) + 9].ShouldBe((byte)1); // components in the frame header
    }

    private static bool Same<TPixel>((int Width, int Height) size, int seed)
        where TPixel : unmanaged, IPixel<TPixel>
    {
        using var image = new Image<TPixel>(size.Width, size.Height);
        var bytes = DecodingTests.Bytes(image);
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] = (byte)((seed + i) * 2654435761L >> 16);
        using var filled = Image.LoadPixelData<TPixel>(bytes, size.Width, size.Height);
        using var file = new MemoryStream();
        filled.SaveAsPng(file);
        file.Position = 0;
        using var back = Image.Load<TPixel>(file);
        return DecodingTests.Bytes(back).AsSpan().SequenceEqual(bytes);
    }

    private static (int Depth, int Colour) Header<TPixel>()
        where TPixel : unmanaged, IPixel<TPixel>
    {
        using var image = new Image<TPixel>(3, 2);
        using var file = new MemoryStream();
        image.SaveAsPng(file);
        return (file.ToArray()[24], file.ToArray()[25]);
    }

    private static (double Error, long Bytes) Jpeg(Image<Rgb24> image, int quality)
    {
        using var file = new MemoryStream();
        image.SaveAsJpeg(file, new JpegEncoder { Quality = quality });
        using var back = Image.Load<Rgb24>(file.ToArray());
        return (DecodingTests.Bytes(image).Zip(DecodingTests.Bytes(back), (a, b) => Math.Abs(a - b)).Average(), file.Length);
    }
}
