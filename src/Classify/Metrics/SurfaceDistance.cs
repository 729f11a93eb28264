namespace Odm.Classify.Metrics;

/// <summary>
/// Distances between the outlines of two masks. An outline is the mask's pixels that have one of four neighbours outside it, or lie at the
/// image's edge.
/// </summary>
public static class SurfaceDistance
{
    /// <summary>
    /// 95th percentile (linear interpolation) of the distances of each outline's pixels from the other outline, both directions taken
    /// together, in pixels; as medpy's
    /// <c>hd95</c>. Null where a mask has no pixel.
    /// </summary>
    public static double? Hausdorff95(ReadOnlySpan<bool> first, ReadOnlySpan<bool> second, int height, int width)
    {
        if (!first.Contains(true) || !second.Contains(true))
        {
            return null;
        }
        var (a, b) = (Outline(first, height, width), Outline(second, height, width));
        var (toA, toB) = (Squares(a, height, width), Squares(b, height, width));
        var distances = new List<double>();
        for (var i = 0; i < a.Length; i++)
        {
            if (a[i])
            {
                distances.Add(Math.Sqrt(toB[i]));
            }
            if (b[i])
            {
                distances.Add(Math.Sqrt(toA[i]));
            }
        }
        distances.Sort();
        return Bootstrap.Quantile(distances, .95);
    }

    private static bool[] Outline(ReadOnlySpan<bool> mask, int height, int width)
    {
        var outline = new bool[mask.Length];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var i = y * width + x;
                outline[i] = mask[i] && !(y > 0 && mask[i - width] && y < height - 1 && mask[i + width] && x > 0 && mask[i - 1]
                    && x < width - 1 && mask[i + 1]);
            }
        }
        return outline;
    }

    // squared Euclidean distance to the nearest true pixel, exact: columns, then rows (Felzenszwalb and Huttenlocher 2012, Theory of
    // Computing 8, section 2)
    private static double[] Squares(bool[] pixels, int height, int width)
    {
        var squares = Array.ConvertAll(pixels, p => p ? 0.0 : double.PositiveInfinity);
        var line = new double[Math.Max(height, width)];
        for (var x = 0; x < width; x++)
        {
            Line(squares, x, width, height, line);
        }
        for (var y = 0; y < height; y++)
        {
            Line(squares, y * width, 1, width, line);
        }
        return squares;
    }

    // min over q of (p - q)² + f(q) along one line: the lower envelope of parabolas
    private static void Line(double[] f, int start, int stride, int length, double[] line)
    {
        Span<int> vertices = stackalloc int[length];
        Span<double> from = stackalloc double[length];
        var count = 0;
        for (var q = 0; q < length; q++)
        {
            line[q] = f[start + q * stride];
            if (double.IsPositiveInfinity(line[q]))
            {
                continue;
            }
            var meet = double.NegativeInfinity;
            while (count > 0 && (meet = Meet(line, vertices[count - 1], q)) <= from[count - 1])
            {
                count--;
            }
            from[count] = count == 0 ? double.NegativeInfinity : meet;
            vertices[count++] = q;
        }
        for (int p = 0, k = 0; p < length && count > 0; p++)
        {
            while (k + 1 < count && from[k + 1] < p)
            {
                k++;
            }
            f[start + p * stride] = (p - vertices[k]) * (double)(p - vertices[k]) + line[vertices[k]];
        }
    }

    // where the parabolas of two vertices meet
    private static double Meet(double[] f, int v, int q) => (f[q] + (double)q * q - f[v] - (double)v * v) / (2.0 * (q - v));
}
