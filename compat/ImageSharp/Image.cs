using System.Runtime.InteropServices;
using SixLabors.ImageSharp.PixelFormats;

namespace SixLabors.ImageSharp;

/// <summary>An image in memory. PNG, JPEG and TIFF are read; the EXIF orientation is left alone.</summary>
public abstract class Image : IDisposable
{
    private protected Image(int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        Width = width;
        Height = height;
    }

    public int Width { get; }

    public int Height { get; }

    /// <summary>Samples as a PNG holds them: L8 and L16 grey, Rgb24 and Rgb48 colour, Rgba32 and Rgba64 with alpha.</summary>
    internal abstract (int Channels, int Depth) Layout { get; }

    internal abstract ReadOnlySpan<byte> Bytes { get; }

    public static Image<TPixel> Load<TPixel>(string path)
        where TPixel : unmanaged, IPixel<TPixel> => Load<TPixel>(File.ReadAllBytes(path));

    public static Image<TPixel> Load<TPixel>(Stream stream)
        where TPixel : unmanaged, IPixel<TPixel> => Load<TPixel>(ReadAll(stream));

    public static Image<TPixel> Load<TPixel>(ReadOnlySpan<byte> data)
        where TPixel : unmanaged, IPixel<TPixel>
    {
        Image<TPixel>? image = null;
        Native.Decode(data, (header, samples) =>
        {
            image = new Image<TPixel>(header.Width, header.Height);
            Convert.Samples(samples, header.Channels, header.Depth, image.Pixels);
        });
        return image!;
    }

    public static ImageInfo Identify(string path) => Identify(File.ReadAllBytes(path));

    public static ImageInfo Identify(Stream stream) => Identify(ReadAll(stream));

    public static ImageInfo Identify(ReadOnlySpan<byte> buffer)
    {
        var header = Native.Identify(buffer);
        return new ImageInfo(header.Width, header.Height);
    }

    public static Image<TPixel> LoadPixelData<TPixel>(ReadOnlySpan<TPixel> data, int width, int height)
        where TPixel : unmanaged, IPixel<TPixel>
    {
        var image = new Image<TPixel>(width, height);
        if (data.Length < image.Pixels.Length) throw new ArgumentException($"{data.Length} pixels for an image of {width} x {height}", nameof(data));
        data[..image.Pixels.Length].CopyTo(image.Pixels);
        return image;
    }

    public static Image<TPixel> LoadPixelData<TPixel>(ReadOnlySpan<byte> data, int width, int height)
        where TPixel : unmanaged, IPixel<TPixel> => LoadPixelData(MemoryMarshal.Cast<byte, TPixel>(data), width, height);

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);

    private static byte[] ReadAll(Stream stream)
    {
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
