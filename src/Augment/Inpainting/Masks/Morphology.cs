using System.Numerics;

namespace Odm.Augment.Inpainting.Masks;

/// <summary>
/// Grey and binary morphology of planes in row order, height x width. What lies outside the plane has no say, so a shape that the
/// frame cuts is not eroded from there. Dilation reflects the footprint (Minkowski's sum): opening and closing never shift a shape,
/// whatever the footprint (OpenCV's do by a pixel where it is even).
/// </summary>
internal static class Morphology
{
    /// <summary>Least value under the footprint placed at each pixel.</summary>
    public static T[] Erode<T>(ReadOnlySpan<T> plane, int height, int width, Footprint footprint) where T : struct, INumber<T>,
        IMinMaxValue<T> =>
        Extremes<T, Least<T>>(plane, height, width, footprint);

    /// <summary>Greatest value under the reflected footprint placed at each pixel.</summary>
    public static T[] Dilate<T>(ReadOnlySpan<T> plane, int height, int width, Footprint footprint) where T : struct, INumber<T>,
        IMinMaxValue<T>
    {
        ArgumentNullException.ThrowIfNull(footprint);
        return Extremes<T, Greatest<T>>(plane, height, width, footprint.Reflected());
    }

    /// <summary>Erosion, then dilation: takes away what the footprint does not fit into.</summary>
    public static T[] Open<T>(ReadOnlySpan<T> plane, int height, int width, Footprint footprint) where T : struct, INumber<T>,
        IMinMaxValue<T> =>
        Dilate<T>(Erode(plane, height, width, footprint), height, width, footprint);

    /// <summary>Dilation, then erosion: fills what the footprint does not fit into.</summary>
    public static T[] Close<T>(ReadOnlySpan<T> plane, int height, int width, Footprint footprint) where T : struct, INumber<T>,
        IMinMaxValue<T> =>
        Erode<T>(Dilate(plane, height, width, footprint), height, width, footprint);

    /// <summary>
    /// A mask (not 0 = inside) as 0 and 255, with all background filled that does not reach the frame over edges (4 neighbours).
    /// </summary>
    public static byte[] FillHoles(ReadOnlySpan<byte> mask, int height, int width)
    {
        CheckSize(mask.Length, height, width);
        var filled = new byte[mask.Length];
        Array.Fill(filled, (byte)255);
        var open = new Stack<int>();
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x += y == 0 || y == height - 1 || width == 1 ? 1 : width - 1)
            {
                Visit(mask, y * width + x);
            }
        }
        while (open.TryPop(out var at))
        {
            var x = at % width;
            if (x > 0)
            {
                Visit(mask, at - 1);
            }
            if (x < width - 1)
            {
                Visit(mask, at + 1);
            }
            if (at >= width)
            {
                Visit(mask, at - width);
            }
            if (at < mask.Length - width)
            {
                Visit(mask, at + width);
            }
        }
        return filled;

        void Visit(ReadOnlySpan<byte> mask, int at)
        {
            if (mask[at] != 0 || filled[at] == 0)
            {
                return;
            }
            filled[at] = 0;
            open.Push(at);
        }
    }

    internal static void CheckSize(int length, int height, int width)
    {
        if (height < 1 || width < 1 || length != height * width)
        {
            throw new ArgumentException($"a plane of {height} x {width} has {height * width} values, not {length}");
        }
    }

    private interface IExtremum<T>
    {
        static abstract T Neutral { get; }
        static abstract T Of(T a, T b);
    }

    private readonly struct Least<T> : IExtremum<T> where T : struct, INumber<T>, IMinMaxValue<T>
    {
        public static T Neutral => T.MaxValue;

        public static T Of(T a, T b) => a < b ? a : b;
    }

    private readonly struct Greatest<T> : IExtremum<T> where T : struct, INumber<T>, IMinMaxValue<T>
    {
        public static T Neutral => T.MinValue;

        public static T Of(T a, T b) => a > b ? a : b;
    }

    // each row of the footprint is a run: the extreme over a run of n is that of two runs of a power of two, found by doubling
    private static T[] Extremes<T, TOf>(ReadOnlySpan<T> plane, int height, int width, Footprint footprint)
        where T : struct, INumber<T> where TOf : struct, IExtremum<T>
    {
        ArgumentNullException.ThrowIfNull(footprint);
        CheckSize(plane.Length, height, width);
        var result = new T[plane.Length];
        Array.Fill(result, TOf.Neutral);
        var before = Math.Max(0, -footprint.Rows.Min(r => r.Left));
        var row = new T[before + width + Math.Max(0, footprint.Rows.Max(r => r.Right))];
        for (var i = 0; i < footprint.Rows.Count; i++)
        {
            var (left, right) = footprint.Rows[i];
            var dy = footprint.Top + i;
            for (var y = Math.Max(0, -dy); y < Math.Min(height, height - dy); y++)
            {
                Array.Fill(row, TOf.Neutral);
                plane.Slice((y + dy) * width, width).CopyTo(row.AsSpan(before));
                var run = 1;
                for (; 2 * run <= right - left + 1; run *= 2)
                {
                    for (var x = 0; x + run < row.Length; x++)
                    {
                        row[x] = TOf.Of(row[x], row[x + run]);
                    }
                }
                var first = row.AsSpan(before + left, width);
                var last = row.AsSpan(before + right + 1 - run, width);
                var target = result.AsSpan(y * width, width);
                for (var x = 0; x < target.Length; x++)
                {
                    target[x] = TOf.Of(target[x], TOf.Of(first[x], last[x]));
                }
            }
        }
        return result;
    }
}
