using System.Globalization;
using System.Text;

namespace Odm.Pipeline.Reviews;

/// <summary>The outline of a mask as an SVG path along the edges of its pixels, which stays sharp at any size.</summary>
internal static class Outline
{
    /// <summary>The path in units of pixels; empty for an empty mask.</summary>
    /// <param name="mask">H*W, 0 outside.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    public static string Path(ReadOnlySpan<byte> mask, int height, int width)
    {
        var path = new StringBuilder();
        for (var y = 0; y <= height; y++) // edges between row y - 1 and row y
        {
            for (var x = 0; x < width;)
            {
                var from = x;
                while (x < width && (y > 0 && mask[(y - 1) * width + x] != 0) != (y < height && mask[y * width + x] != 0))
                {
                    x++;
                }
                Add(path, from, y, 'h', x - from);
                x += x == from ? 1 : 0;
            }
        }
        for (var x = 0; x <= width; x++)
        {
            for (var y = 0; y < height;)
            {
                var from = y;
                while (y < height && (x > 0 && mask[y * width + x - 1] != 0) != (x < width && mask[y * width + x] != 0))
                {
                    y++;
                }
                Add(path, x, from, 'v', y - from);
                y += y == from ? 1 : 0;
            }
        }
        return path.ToString();
    }

    private static void Add(StringBuilder path, int x, int y, char direction, int length)
    {
        if (length > 0)
        {
            path.Append(CultureInfo.InvariantCulture, $"M{x} {y}{direction}{length}");
        }
    }
}
