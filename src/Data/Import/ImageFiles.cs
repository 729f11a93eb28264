using System.Globalization;
using Odm.Engine.Files;
using Odm.Engine.Runtime;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Memory;
using SixLabors.ImageSharp.PixelFormats;

namespace Odm.Data.Import;

/// <summary>A decoded image.</summary>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
/// <param name="Channels">1 for a grey file, 3 for colour; an alpha channel is dropped, its colours kept as stored.</param>
/// <param name="Bits">Bits a sample in the file, 8 or 16 (fewer count as 8). 16-bit samples are divided by 257 and rounded.</param>
/// <param name="Planar">uint8, C*H*W.</param>
public sealed record Pixels(int Width, int Height, int Channels, int Bits, byte[] Planar)
{
    /// <summary>What else the file holds.</summary>
    internal FileFacts Facts { get; init; } = new();
}

/// <summary>
/// The one place where image files are read and written. The EXIF orientation (and TIFF's) is applied, so that a photograph lies as its
/// annotators saw it; masks are read the same way.
/// </summary>
public static class ImageFiles
{
    /// <summary>Largest number of pixels of a file that is read: 10,000 x 10,000. Looked at before anything is allocated.</summary>
    public const int MostPixels = 100_000_000;

    /// <summary>True for the file names that <see cref="Decode(string)"/> reads: .png .jpg .jpeg .tif .tiff.</summary>
    public static bool IsImage(string path) =>
        Path.GetExtension(path).ToLowerInvariant() is ".png" or ".jpg" or ".jpeg" or ".tif" or ".tiff";

    /// <summary>Reads a PNG, JPEG or TIFF file, whatever its name ends in.</summary>
    /// <exception cref="DatasetException">The file is missing, unreadable, truncated, damaged, too large or no image; one line that names
    /// it.</exception>
    public static Pixels Decode(string path) => Decode(path, values: false);

    /// <summary>As <see cref="Decode(string)"/>; with <paramref name="values"/> the stored values of grey and palette files too.</summary>
    internal static Pixels Decode(string path, bool values)
    {
        try
        {
            return Decode(File.ReadAllBytes(path), values);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DatasetException($"{path}: no such file", e);
        }
        catch (DatasetException e)
        {
            throw new DatasetException($"{path}: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException || IsDamage(e))
        {
            throw new DatasetException($"{path}: cannot be read as an image, truncated or damaged ("
                + $"{e.Message.Split('\n')[0].TrimEnd('\r', '.')})", e);
        }
    }

    /// <summary>
    /// As <see cref="Decode(string)"/>, of a file's bytes. Messages do not name the file, and what decoders throw passes.
    /// </summary>
    internal static Pixels Decode(byte[] file, bool values = false)
    {
        var header = ImageHeader.Read(file);
        if (header.Fault is { } fault)
        {
            throw new DatasetException(fault);
        }
        if (header.Format == ImageFormat.Tiff)
        {
            return TiffFile.Decode(file, values);
        }
        CheckSize(header.Width, header.Height);
        return Turning.Apply(header.Format == ImageFormat.Png ? PngFile.Decode(file, header, values) : JpegFile.Decode(file), header.Turn);
    }

    /// <summary>Refuses sizes that no sound file has, before memory is asked for.</summary>
    /// <exception cref="DatasetException">What the file says, and what is allowed.</exception>
    internal static void CheckSize(int width, int height)
    {
        if (width <= 0 || height <= 0 || (long)width * height > MostPixels)
        {
            throw new DatasetException(string.Create(CultureInfo.InvariantCulture,
                $"the file says {(uint)width} x {(uint)height} pixels; must be 1 to {MostPixels} in all"));
        }
    }

    /// <summary>What the three decoders throw at bytes that are damaged: their own kinds, and what their arithmetic runs into.</summary>
    internal static bool IsDamage(Exception e)
        => e is ImageFormatException or InvalidDataException or InvalidMemoryOperationException or NotSupportedException
        or NotImplementedException
        or InvalidOperationException or ArgumentException or ArithmeticException or IndexOutOfRangeException or NullReferenceException
        or InvalidCastException or KeyNotFoundException
        or EndOfStreamException or FormatException or OutOfMemoryException;

    /// <summary>Writes planar pixels (C*H*W, C = 1 or 3) as an 8-bit PNG, beside its place and renamed.</summary>
    /// <exception cref="DatasetException">The place cannot be written.</exception>
    public static void SavePng(string path, ReadOnlySpan<byte> planar, int channels, int height, int width)
    {
        var file = Png(planar, channels, height, width);
        Durable.WriteFile(path, stream => stream.Write(file));
    }

    /// <summary>Planar pixels (C*H*W, C = 1 or 3) as the bytes of an 8-bit PNG file.</summary>
    public static byte[] Png(ReadOnlySpan<byte> planar, int channels, int height, int width)
    {
        if (channels is not (1 or 3) || planar.Length != channels * height * width)
        {
            throw new ArgumentException($"{planar.Length} bytes are no image of {channels}x{height}x{width} with 1 or 3 channels",
                nameof(planar));
        }
        using var stream = new MemoryStream();
        if (channels == 1)
        {
            using var grey = Image.LoadPixelData<L8>(planar, width, height);
            grey.SaveAsPng(stream);
            return stream.ToArray();
        }
        var plane = height * width;
        var interleaved = new byte[3 * plane];
        for (var i = 0; i < plane; i++)
        {
            (interleaved[3 * i], interleaved[3 * i + 1], interleaved[3 * i + 2]) = (planar[i], planar[plane + i], planar[2 * plane + i]);
        }
        using var colour = Image.LoadPixelData<Rgb24>(interleaved, width, height);
        colour.SaveAsPng(stream);
        return stream.ToArray();
    }

    /// <summary>As <see cref="SavePng"/> for R, G, B triples.</summary>
    internal static void SaveInterleaved(string path, ReadOnlySpan<byte> rgb, int height, int width)
    {
        using var image = Image.LoadPixelData<Rgb24>(rgb, width, height);
        Durable.WriteFile(path, stream => image.SaveAsPng(stream));
    }

    /// <summary>The first channels of interleaved samples, one plane after the other.</summary>
    internal static byte[] Planes(ReadOnlySpan<byte> interleaved, int samples, int channels)
    {
        var plane = interleaved.Length / samples;
        var planar = new byte[channels * plane];
        for (var i = 0; i < plane; i++)
        {
            for (var c = 0; c < channels; c++)
            {
                planar[c * plane + i] = interleaved[i * samples + c];
            }
        }
        return planar;
    }
}
