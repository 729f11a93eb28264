using System.Runtime.InteropServices;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.PixelFormats;

namespace SixLabors.ImageSharp;

/// <summary>Writing images: PNG with the channels and depth of the pixel format, JPEG in 8 bits, grey or colour.</summary>
public static class ImageExtensions
{
    public static void SaveAsPng(this Image source, string path)
    {
        using var file = File.Create(path);
        source.SaveAsPng(file);
    }

    public static void SaveAsPng(this Image source, Stream stream)
    {
        var (channels, depth) = source.Layout;
        Native.EncodePng(new(source.Width, source.Height, channels, depth), source.Bytes, stream);
    }

    public static void SaveAsJpeg(this Image source, string path) => source.SaveAsJpeg(path, new JpegEncoder());

    public static void SaveAsJpeg(this Image source, Stream stream) => source.SaveAsJpeg(stream, new JpegEncoder());

    public static void SaveAsJpeg(this Image source, string path, JpegEncoder encoder)
    {
        using var file = File.Create(path);
        source.SaveAsJpeg(file, encoder);
    }

    public static void SaveAsJpeg(this Image source, Stream stream, JpegEncoder encoder)
    {
        var (channels, depth) = source.Layout;
        var to = channels == 1 ? 1 : 3;
        var samples = source.Bytes;
        if (channels != to || depth != 8)
        {
            var pixels = source.Width * source.Height;
            var converted = new byte[pixels * to];
            if (to == 1) Convert.Samples<L8>(samples, channels, depth, MemoryMarshal.Cast<byte, L8>(converted.AsSpan()));
            else Convert.Samples<Rgb24>(samples, channels, depth, MemoryMarshal.Cast<byte, Rgb24>(converted.AsSpan()));
            samples = converted;
        }
        Native.EncodeJpeg(new(source.Width, source.Height, to, 8), samples, encoder.Quality ?? 75, stream);
    }
}
