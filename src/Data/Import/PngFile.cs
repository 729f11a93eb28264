using System.Buffers.Binary;
using System.Runtime.InteropServices;
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

    /// <summary>As stored. 16-bit samples are divided by 257 and rounded, alpha is dropped and told.</summary>
    /// <param name="file">The file.</param>
    /// <param name="header">What its chunks say.</param>
    /// <param name="values">Whether the stored values of grey and palette files are wanted.</param>
    public static Pixels Decode(byte[] file, ImageHeader header, bool values)
    {
        var (depth, colours) = PngData.Check(file);
        var indices = header.Palette && (values || colours < 1 << depth) ? Indices(file, header) : null;
        if (indices?.Max() is { } highest && highest >= colours)
        {
            throw new InvalidDataException($"a pixel has the colour {highest}; the palette ends before {colours}");
        }
        var pixels = header switch
        {
            { Colour: false, Bits: 16 } => Wide<La32>(file, header, 1, 2, values),
            { Colour: true, Bits: 16 } => Wide<Rgba64>(file, header, 3, 4, values),
            { Colour: false, Alpha: true } => Narrow<La16>(file, header, 1, 2),
            { Colour: false } => Narrow<L8>(file, header, 1, 1),
            { Alpha: true } => Narrow<Rgba32>(file, header, 3, 4),
            _ => Narrow<Rgb24>(file, header, 3, 3),
        };
        if (header.Frames > 1)
        {
            pixels = pixels with { Facts = pixels.Facts with { Pages = header.Frames } };
        }
        return values && header.Bits == 8 && (header.Palette || !header.Colour) ? WithValues(pixels, indices, header) : pixels;
    }

    /// <summary>Samples of 8 bits, or of fewer that are spread to them.</summary>
    private static Pixels Narrow<T>(byte[] file, ImageHeader header, int channels, int samples)
        where T : unmanaged, IPixel<T>
    {
        using var stream = new MemoryStream(file);
        using var image = Decoder.Decode<T>(Bounded, stream, default);
        var stored = new byte[samples * image.Width * image.Height];
        image.CopyPixelDataTo(stored);
        var planar = ImageFiles.Planes(stored, samples, channels);
        var facts = new FileFacts();
        if (samples > channels)
        {
            var alpha = new byte[image.Width * image.Height];
            for (var i = 0; i < alpha.Length; i++)
            {
                alpha[i] = stored[i * samples + channels];
            }
            facts = facts.WithAlpha(planar, channels, alpha);
        }
        return new Pixels(image.Width, image.Height, channels, header.Bits, planar) { Facts = facts };
    }

    /// <summary>Samples of 16 bits.</summary>
    private static Pixels Wide<T>(byte[] file, ImageHeader header, int channels, int samples, bool values)
        where T : unmanaged, IPixel<T>
    {
        using var stream = new MemoryStream(file);
        using var image = Decoder.Decode<T>(Bounded, stream, default);
        var stored = new byte[2 * samples * image.Width * image.Height];
        image.CopyPixelDataTo(stored);
        var wide = MemoryMarshal.Cast<byte, ushort>(stored);
        var plane = image.Width * image.Height;
        var (planar, kept) = (new byte[channels * plane], values && channels == 1 ? new ushort[plane] : null);
        var (top, alpha) = (0, new byte[plane]);
        for (var i = 0; i < plane; i++)
        {
            for (var c = 0; c < channels; c++)
            {
                var sample = wide[i * samples + c];
                planar[c * plane + i] = (byte)((sample + 128) / 257);
                top = Math.Max(top, sample);
            }
            if (kept is not null)
            {
                kept[i] = wide[i * samples];
            }
            alpha[i] = (byte)(wide[i * samples + channels] >> 8);
        }
        return new Pixels(image.Width, image.Height, channels, header.Bits, planar)
        {
            Facts = new FileFacts { Highest = top, Values = kept, White = 65535 }.WithAlpha(planar, channels, alpha),
        };
    }

    private static Pixels WithValues(Pixels pixels, ushort[]? indices, ImageHeader header)
    {
        var white = (1 << header.Depth) - 1;
        return pixels with
        {
            Facts = pixels.Facts with
            {
                Values = indices ?? Array.ConvertAll(pixels.Planar, level => (ushort)(level * white / 255)),
                Palette = header.Palette,
                White = white,
            },
        };
    }

    private static ushort[] Indices(byte[] file, ImageHeader header)
        => Array.ConvertAll(Narrow<L8>(AsGrey(file), header, 1, 1).Planar, level => (ushort)(level * ((1 << header.Depth) - 1) / 255));

    /// <summary>
    /// A palette file read as a grey one gives its indices: the colour type of IHDR, and its CRC (PNG specification, annex D).
    /// </summary>
    private static byte[] AsGrey(byte[] file)
    {
        var grey = (byte[])file.Clone();
        grey[25] = 0;
        var crc = 0xFFFFFFFFu;
        foreach (var b in grey.AsSpan(12, 17))
        {
            crc ^= b;
            for (var k = 0; k < 8; k++)
            {
                crc = (crc & 1) == 0 ? crc >> 1 : 0xEDB88320u ^ crc >> 1;
            }
        }
        BinaryPrimitives.WriteUInt32BigEndian(grey.AsSpan(29), ~crc);
        return grey;
    }
}
