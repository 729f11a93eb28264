using SixLabors.ImageSharp;
using SixLabors.ImageSharp.PixelFormats;

namespace Odm.Data;

/// <summary>A decoded image.</summary>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
/// <param name="Channels">1 for a grey file, 3 for colour; an alpha channel is dropped, its colours kept as stored.</param>
/// <param name="Bits">Bits a sample in the file, 8 or 16 (fewer count as 8). 16-bit samples are divided by 257 and rounded.</param>
/// <param name="Planar">uint8, C*H*W.</param>
public sealed record Pixels(int Width, int Height, int Channels, int Bits, byte[] Planar);

/// <summary>The one place where image files are read and written. The EXIF orientation is not applied: masks beside a photograph have none.</summary>
public static class ImageFiles
{
    /// <summary>True for the file names that <see cref="Decode"/> reads: .png .jpg .jpeg .tif .tiff.</summary>
    public static bool IsImage(string path) =>
        Path.GetExtension(path).ToLowerInvariant() is ".png" or ".jpg" or ".jpeg" or ".tif" or ".tiff";

    /// <summary>Reads a PNG, JPEG or TIFF file, whatever its name ends in.</summary>
    /// <exception cref="DatasetException">The file is missing, unreadable, truncated, damaged or no image; one line that names it.</exception>
    public static Pixels Decode(string path)
    {
        try
        {
            var file = File.ReadAllBytes(path);
            var header = ImageHeader.Read(file);
            if (header.Fault is { } fault) throw new DatasetException($"{path}: {fault}");
            return header.Colour ? Colour(file, header.Bits) : Grey(file, header.Bits);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DatasetException($"{path}: no such file", e);
        }
        catch (UnknownImageFormatException e)
        {
            throw new DatasetException($"{path}: {ImageHeader.NoImage}", e);
        }
        catch (Exception e) when (e is ImageFormatException or NotSupportedException or IOException or UnauthorizedAccessException)
        {
            throw new DatasetException($"{path}: cannot be read as an image ({e.Message.Split('\n')[0].TrimEnd('\r', '.')})", e);
        }
    }

    /// <summary>Writes planar pixels (C*H*W, C = 1 or 3) as an 8-bit PNG, beside its place and renamed.</summary>
    /// <exception cref="DatasetException">The place cannot be written.</exception>
    public static void SavePng(string path, ReadOnlySpan<byte> planar, int channels, int height, int width)
    {
        if (channels is not (1 or 3) || planar.Length != channels * height * width)
            throw new ArgumentException($"{planar.Length} bytes are no image of {channels}x{height}x{width} with 1 or 3 channels", nameof(planar));
        if (channels == 1)
        {
            using var grey = Image.LoadPixelData<L8>(planar, width, height);
            Save(path, grey);
            return;
        }
        var plane = height * width;
        var interleaved = new byte[3 * plane];
        for (var i = 0; i < plane; i++)
            (interleaved[3 * i], interleaved[3 * i + 1], interleaved[3 * i + 2]) = (planar[i], planar[plane + i], planar[2 * plane + i]);
        SaveInterleaved(path, interleaved, height, width);
    }

    /// <summary>As <see cref="SavePng"/> for R, G, B triples.</summary>
    internal static void SaveInterleaved(string path, ReadOnlySpan<byte> rgb, int height, int width)
    {
        using var image = Image.LoadPixelData<Rgb24>(rgb, width, height);
        Save(path, image);
    }

    private static void Save(string path, Image image) => Durable.WriteFile(path, stream => image.SaveAsPng(stream));

    private static Pixels Grey(byte[] file, int bits)
    {
        using var image = Image.Load<L8>(file);
        var planar = new byte[image.Width * image.Height];
        image.CopyPixelDataTo(planar);
        return new Pixels(image.Width, image.Height, 1, bits, planar);
    }

    private static Pixels Colour(byte[] file, int bits)
    {
        using var image = Image.Load<Rgb24>(file);
        var plane = image.Width * image.Height;
        var rgb = new Rgb24[plane];
        image.CopyPixelDataTo(rgb);
        var planar = new byte[3 * plane];
        for (var i = 0; i < plane; i++)
            (planar[i], planar[plane + i], planar[2 * plane + i]) = (rgb[i].R, rgb[i].G, rgb[i].B);
        return new Pixels(image.Width, image.Height, 3, bits, planar);
    }
}
