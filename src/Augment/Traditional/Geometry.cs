namespace Odm.Augment.Traditional;

/// <summary>What moves pixels, image and mask alike. Images are interpolated, masks take the nearest pixel and stay 0 or 1.</summary>
internal static class Geometry
{
    /// <summary>Left and right exchanged, exactly.</summary>
    public static Picture FlipHorizontal(Picture p)
    {
        return p with { Pixels = Flip(p.Pixels), Mask = p.Mask is null ? null : Flip(p.Mask) };

        float[] Flip(float[] plane)
        {
            var flipped = (float[])plane.Clone();
            for (var row = 0; row < flipped.Length; row += p.Width)
            {
                flipped.AsSpan(row, p.Width).Reverse();
            }
            return flipped;
        }
    }

    /// <summary>Top and bottom exchanged, exactly.</summary>
    public static Picture FlipVertical(Picture p)
    {
        return p with { Pixels = Flip(p.Pixels, p.Channels), Mask = p.Mask is null ? null : Flip(p.Mask, 1) };

        float[] Flip(float[] planes, int channels)
        {
            var flipped = new float[planes.Length];
            for (var row = 0; row < channels * p.Height; row++)
            {
                var (plane, y) = (row / p.Height, row % p.Height);
                planes.AsSpan(row * p.Width, p.Width).CopyTo(flipped.AsSpan((plane * p.Height + p.Height - 1 - y) * p.Width));
            }
            return flipped;
        }
    }

    /// <summary>
    /// Resamples along a map: <c>grid_sample</c> of <c>affine_grid</c>, bilinear for the image, nearest for the mask, align_corners false.
    /// What comes from outside is black (mask 0), or with <paramref name="edge"/> the nearest pixel of the edge.
    /// </summary>
    public static Picture Warp(Picture p, AffineMap map, bool edge)
    {
        var (h, w, area) = (p.Height, p.Width, p.Height * p.Width);
        var (pixels, mask) = (new float[p.Pixels.Length], p.Mask is null ? null : new float[area]);
        var (cx, cy) = ((w - 1) / 2.0, (h - 1) / 2.0);
        for (var y = 0; y < h; y++)
        {
            for (var x = 0; x < w; x++)
            {
                var sx = map.Xx * (x - cx) + map.Xy * (y - cy) + map.Tx + cx;
                var sy = map.Yx * (x - cx) + map.Yy * (y - cy) + map.Ty + cy;
                if (edge)
                {
                    (sx, sy) = (Math.Clamp(sx, 0, w - 1), Math.Clamp(sy, 0, h - 1));
                }
                else if (!(sx > -1 && sx < w && sy > -1 && sy < h))
                {
                    continue;
                }
                Bilinear(p.Pixels, area, h, w, sx, sy, pixels, y * w + x);
                if (mask is not null)
                {
                    mask[y * w + x] = Nearest(p.Mask!, h, w, sx, sy);
                }
            }
        }
        return p with { Pixels = pixels, Mask = mask };
    }

    /// <summary>Fills a rectangle with black; the mask there becomes 0, as nothing is left to be found.</summary>
    public static Picture Erase(Picture p, PixelRectangle hole)
    {
        return p with { Pixels = Clear(p.Pixels, p.Channels), Mask = p.Mask is null ? null : Clear(p.Mask, 1) };

        float[] Clear(float[] planes, int channels)
        {
            var cleared = (float[])planes.Clone();
            for (var c = 0; c < channels; c++)
            {
                for (var y = hole.Top; y < hole.Top + hole.Height; y++)
                {
                    cleared.AsSpan((c * p.Height + y) * p.Width + hole.Left, hole.Width).Clear();
                }
            }
            return cleared;
        }
    }

    private static void Bilinear(float[] source, int area, int h, int w, double sx, double sy, float[] target, int at)
    {
        var (left, top) = ((int)Math.Floor(sx), (int)Math.Floor(sy));
        var (fx, fy) = ((float)(sx - left), (float)(sy - top));
        var (x0, x1, y0, y1) = (left >= 0 ? 1 - fx : 0, left + 1 < w ? fx : 0, top >= 0 ? 1 - fy : 0, top + 1 < h ? fy : 0);
        var (l, r) = (Math.Max(left, 0), Math.Min(left + 1, w - 1));
        var (t, b) = (Math.Max(top, 0) * w, Math.Min(top + 1, h - 1) * w);
        for (; at < target.Length; at += area, l += area, r += area)
        {
            target[at] = y0 * (x0 * source[t + l] + x1 * source[t + r]) + y1 * (x0 * source[b + l] + x1 * source[b + r]);
        }
    }

    private static float Nearest(float[] source, int h, int w, double sx, double sy)
    {
        var (x, y) = ((int)Math.Round(sx), (int)Math.Round(sy)); // half to even, as grid_sample
        return x >= 0 && x < w && y >= 0 && y < h ? source[y * w + x] : 0;
    }
}

/// <summary>A rectangle inside an image, in pixels.</summary>
internal readonly record struct PixelRectangle(int Top, int Left, int Height, int Width);
