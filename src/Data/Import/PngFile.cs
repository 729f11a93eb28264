using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats.Png;
using SixLabors.ImageSharp.Memory;
using SixLabors.ImageSharp.PixelFormats;

namespace Odm.Data.Import;

/// <summary>
/// Decodes PNG with ImageSharp: no other format, no metadata (compressed profiles and texts of any size), and a bound on what one image may
/// allocate.
/// </summary>
internal static class PngFile
{
    private const int Megabytes = 8 * ImageFiles.MostPixels / 1_000_000; // four 16-bit samples a pixel

    private static readonly Configuration Bounded = new(new PngConfigurationModule())
    {
        MemoryAllocator = MemoryAllocator.Create(new MemoryAllocatorOptions
        {
            AllocationLimitMegabytes = Megabytes,
            MaximumPoolSizeMegabytes = 64
        }),
    };

    private static readonly PngDecoder Decoder = new() { IgnoreMetadata = true };

    /// <summary>As stored. 16-bit samples are divided by 257 and rounded, alpha is dropped.</summary>
    public static Pixels Decode(byte[] file, ImageHeader header)
    {
        using var stream = new MemoryStream(file);
        if (!header.Colour)
        {
            using var grey = Decoder.Decode<L8>(Bounded, stream, default);
            var levels = new byte[grey.Width * grey.Height];
            grey.CopyPixelDataTo(levels);
            return new Pixels(grey.Width, grey.Height, 1, header.Bits, levels);
        }
        using var image = Decoder.Decode<Rgb24>(Bounded, stream, default);
        var rgb = new byte[3 * image.Width * image.Height];
        image.CopyPixelDataTo(rgb);
        return new Pixels(image.Width, image.Height, 3, header.Bits, ImageFiles.Planes(rgb, 3, 3));
    }
}
