using Microsoft.ML.Data;

namespace Odm.MLNet.Views;

/// <summary>Pixels of <see cref="MLImage"/>, which are interleaved with an alpha channel, and ours, which are planar.</summary>
internal static class MLImages
{
    /// <summary>An image of planar bytes; grey ones get three equal channels.</summary>
    public static MLImage Of(ReadOnlySpan<byte> planar, int channels, int height, int width)
    {
        var area = height * width;
        var rgba = new byte[4 * area];
        var red = planar[..area];
        var green = planar.Slice(channels == 3 ? area : 0, area);
        var blue = planar.Slice(channels == 3 ? 2 * area : 0, area);
        for (var i = 0; i < area; i++)
        {
            (rgba[4 * i], rgba[4 * i + 1], rgba[4 * i + 2], rgba[4 * i + 3]) = (red[i], green[i], blue[i], 255);
        }
        return MLImage.CreateFromPixels(width, height, MLPixelFormat.Rgba32, rgba);
    }

    /// <summary>The planes of an image: red, green, blue, or for one channel red alone; alpha is left out.</summary>
    public static byte[] Planes(MLImage image, int channels)
    {
        var area = image.Height * image.Width;
        var pixels = image.Pixels;
        int[] order = image.PixelFormat switch
        {
            MLPixelFormat.Rgba32 => [0, 1, 2],
            MLPixelFormat.Bgra32 => [2, 1, 0],
            _ => throw new ArgumentException($"pixel format {image.PixelFormat}; must be one of Rgba32, Bgra32"),
        };
        var planar = new byte[channels * area];
        for (var c = 0; c < channels; c++)
        {
            for (var i = 0; i < area; i++)
            {
                planar[c * area + i] = pixels[4 * i + order[c]];
            }
        }
        GC.KeepAlive(image); // its pixels are native memory, which its finalizer frees
        return planar;
    }
}
