namespace Odm.Augment.Inpainting.Masks;

/// <summary>How much the colours inside a mask's border differ from those outside.</summary>
internal static class BorderContrast
{
    /// <summary>
    /// Distance of the mean colours of the mask's outermost pixels and of those just around it, up to <paramref name="ring"/> pixels
    /// from the border, in units of full scale (0 to √C); null where one side has no pixel.
    /// </summary>
    public static double? Of(ReadOnlySpan<byte> image, ReadOnlySpan<byte> mask, int channels, int height, int width, int ring)
    {
        var (top, bottom, left, right) = Around(mask, height, width, ring);
        var (h, w) = (bottom - top, right - left);
        if (h <= 0)
        {
            return null;
        }
        var cut = new byte[h * w];
        for (var y = 0; y < h; y++)
        {
            for (var x = 0; x < w; x++)
            {
                cut[y * w + x] = mask[(top + y) * width + left + x] == 0 ? (byte)0 : (byte)1;
            }
        }
        var disc = Footprint.Disc(ring);
        var (core, grown) = (Morphology.Erode<byte>(cut, h, w, disc), Morphology.Dilate<byte>(cut, h, w, disc));
        Span<long> counts = stackalloc long[2];
        Span<long> sums = stackalloc long[2 * channels];
        for (var i = 0; i < cut.Length; i++)
        {
            if (cut[i] == 1 ? core[i] == 1 : grown[i] == 0)
            {
                continue;
            }
            counts[cut[i]]++;
            var at = (top + i / w) * width + left + i % w;
            for (var c = 0; c < channels; c++)
            {
                sums[cut[i] * channels + c] += image[c * height * width + at];
            }
        }
        if (counts[0] == 0 || counts[1] == 0)
        {
            return null;
        }
        var square = 0.0;
        for (var c = 0; c < channels; c++)
        {
            square += Math.Pow((sums[channels + c] / (double)counts[1] - sums[c] / (double)counts[0]) / 255, 2);
        }
        return Math.Sqrt(square);
    }

    // the mask's bounding box, a ring and a pixel larger: nothing outside it decides, and small lesions are quick
    private static (int Top, int Bottom, int Left, int Right) Around(ReadOnlySpan<byte> mask, int height, int width, int ring)
    {
        var (top, bottom, left, right) = (height, -1, width, -1);
        for (var y = 0; y < height; y++)
        {
            var row = mask.Slice(y * width, width);
            var first = row.IndexOfAnyExcept((byte)0);
            if (first < 0)
            {
                continue;
            }
            (top, bottom) = (Math.Min(top, y), y);
            (left, right) = (Math.Min(left, first), Math.Max(right, row.LastIndexOfAnyExcept((byte)0)));
        }
        return bottom < 0 ? default
            : (Math.Max(0, top - ring - 1), Math.Min(height, bottom + ring + 2), Math.Max(0, left - ring - 1),
                Math.Min(width, right + ring + 2));
    }
}
