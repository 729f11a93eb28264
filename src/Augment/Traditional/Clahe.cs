namespace Odm.Augment.Traditional;

/// <summary>
/// Contrast limited adaptive histogram equalisation (Zuiderveld 1994) in OpenCV's definition (createCLAHE), value for value: a plane of
/// 256 levels is cut into tiles; each tile's histogram is clipped, what was cut is spread evenly over all levels, and its running
/// sum is the tile's curve; a pixel takes the mean of the four nearest tiles' curves, weighted by distance. A plane that the tiles do not
/// divide is continued by mirroring to the right and below.
/// </summary>
internal static class Clahe
{
    /// <summary>Tiles to a side, as albumentations and OpenCV have it.</summary>
    public const int Tiles = 8;

    /// <summary>The image with its lightness equalised: L of CIE Lab (D65) of RGB, as albumentations does (which rounds a and b to 256
    /// levels too; the two differ by about one grey level in the mean on endoscopic images), and the grey image itself else.</summary>
    /// <param name="p">One or three channels; the levels of L or grey are rounded to 256.</param>
    /// <param name="clip">Limit of a histogram bin, as a multiple of the mean bin.</param>
    public static Picture Apply(Picture p, double clip)
    {
        var area = p.Height * p.Width;
        var pixels = new float[p.Pixels.Length];
        if (p.Channels != 3)
        {
            for (var c = 0; c < p.Channels; c++)
            {
                var levels = Equalise(Array.ConvertAll(p.Pixels[(c * area)..((c + 1) * area)], v => (byte)MathF.Round(v * 255)), p.Height,
                    p.Width, clip);
                for (var i = 0; i < area; i++)
                {
                    pixels[c * area + i] = levels[i] / 255f;
                }
            }
            return p with { Pixels = pixels };
        }
        var lab = new (float L, float A, float B)[area];
        var lightness = new byte[area];
        for (var i = 0; i < area; i++)
        {
            lab[i] = Lab.Of(p.Pixels[i], p.Pixels[area + i], p.Pixels[2 * area + i]);
            lightness[i] = (byte)MathF.Round(lab[i].L * 2.55f);
        }
        var equal = Equalise(lightness, p.Height, p.Width, clip);
        for (var i = 0; i < area; i++)
        {
            (pixels[i], pixels[area + i], pixels[2 * area + i]) = Lab.ToRgb(equal[i] / 2.55f, lab[i].A, lab[i].B);
        }
        return p with { Pixels = pixels };
    }

    /// <summary>One plane of 256 levels, height x width.</summary>
    public static byte[] Equalise(ReadOnlySpan<byte> plane, int height, int width, double clip, int tiles = Tiles)
    {
        // where either side does not divide, OpenCV continues both, a side that does by a whole tile's worth of pixels
        var even = height % tiles == 0 && width % tiles == 0;
        var (h, w) = even ? (height / tiles, width / tiles) : (height / tiles + 1, width / tiles + 1);
        var curves = new byte[tiles * tiles][];
        for (var tile = 0; tile < curves.Length; tile++)
        {
            curves[tile] = Curve(plane, height, width, tile / tiles * h, tile % tiles * w, h, w, clip);
        }
        var columns = Enumerable.Range(0, width).Select(x => Between(x, w, tiles)).ToArray();
        var result = new byte[plane.Length];
        for (var y = 0; y < height; y++)
        {
            var (top, bottom, fy) = Between(y, h, tiles);
            for (var x = 0; x < width; x++)
            {
                var (left, right, fx) = columns[x];
                var v = plane[y * width + x];
                var above = curves[top * tiles + left][v] * (1 - fx) + curves[top * tiles + right][v] * fx;
                var below = curves[bottom * tiles + left][v] * (1 - fx) + curves[bottom * tiles + right][v] * fx;
                result[y * width + x] = (byte)MathF.Round(above * (1 - fy) + below * fy);
            }
        }
        return result;
    }

    private static byte[] Curve(ReadOnlySpan<byte> plane, int height, int width, int top, int left, int h, int w, double clip)
    {
        Span<int> histogram = stackalloc int[256];
        for (var y = top; y < top + h; y++)
        {
            var row = plane.Slice(Mirrored(y, height) * width, width);
            for (var x = left; x < left + w; x++)
            {
                histogram[row[Mirrored(x, width)]]++;
            }
        }
        Clip(histogram, Math.Max(1, (int)(clip * h * w / 256)));
        var (curve, sum, scale) = (new byte[256], 0, 255f / (h * w));
        for (var v = 0; v < 256; v++)
        {
            curve[v] = (byte)Math.Min(255, MathF.Round((sum += histogram[v]) * scale));
        }
        return curve;
    }

    private static void Clip(Span<int> histogram, int limit)
    {
        var cut = 0;
        foreach (ref var bin in histogram)
        {
            cut += Math.Max(0, bin - limit);
            bin = Math.Min(bin, limit);
        }
        var rest = cut % 256;
        foreach (ref var bin in histogram)
        {
            bin += cut / 256;
        }
        for (var v = 0; rest > 0 && v < 256; v += Math.Max(1, 256 / (cut % 256)), rest--)
        {
            histogram[v]++;
        }
    }

    private static int Mirrored(int at, int length) // ... 2 1 0 1 2 ...; images of one pixel stay there
    {
        while (at >= length)
        {
            at = Math.Abs(2 * (length - 1) - at);
        }
        return at;
    }

    private static (int First, int Second, float Share) Between(int at, int size, int tiles)
    {
        var place = at * (1f / size) - .5f;
        var first = (int)MathF.Floor(place);
        return (Math.Max(first, 0), Math.Min(first + 1, tiles - 1), place - first);
    }
}
