namespace Odm.Augment.Traditional;

/// <summary>
/// Operations on the 256 grey levels of each channel, as Pillow's ImageOps does them; values are rounded to levels first. Masks stay.
/// </summary>
internal static class Levels
{
    /// <summary>Each channel's darkest level to 0, its brightest to 255; an even channel stays.</summary>
    public static Picture AutoContrast(Picture p) => Mapped(p, histogram =>
    {
        var (low, high) = (Array.FindIndex(histogram, n => n > 0), Array.FindLastIndex(histogram, n => n > 0));
        var scale = 255.0 / (high - low);
        return high <= low ? null : level => (int)(level * scale - low * scale);
    });

    /// <summary>Each channel's levels spread so that all are about as frequent.</summary>
    public static Picture Equalize(Picture p) => Mapped(p, histogram =>
    {
        var step = (histogram.Sum() - histogram[Array.FindLastIndex(histogram, n => n > 0)]) / 255;
        if (step == 0)
        {
            return null;
        }
        var table = new int[256];
        for (var (level, below) = (0, step / 2); level < 256; below += histogram[level], level++)
        {
            table[level] = below / step;
        }
        return level => table[level];
    });

    /// <summary>Levels from <paramref name="threshold"/> on become 255 minus themselves.</summary>
    public static Picture Solarize(Picture p, double threshold) => Mapped(p, _ => level => level < threshold ? level : 255 - level);

    /// <summary>Keeps the upper <paramref name="bits"/> of each level's 8.</summary>
    public static Picture Posterize(Picture p, int bits) => Mapped(p, _ => level => level & ~((1 << (8 - bits)) - 1));

    // a channel's map is made from its histogram; null leaves the channel alone
    private static Picture Mapped(Picture p, Func<int[], Func<int, int>?> mapOf)
    {
        var (mapped, area) = ((float[])p.Pixels.Clone(), p.Height * p.Width);
        for (var c = 0; c < p.Channels; c++)
        {
            var plane = mapped.AsSpan(c * area, area);
            var histogram = new int[256];
            foreach (var value in plane)
            {
                histogram[Level(value)]++;
            }
            if (mapOf(histogram) is not { } map)
            {
                continue;
            }
            var table = new float[256];
            for (var level = 0; level < 256; level++)
            {
                table[level] = Math.Clamp(map(level), 0, 255) / 255f;
            }
            foreach (ref var value in plane)
            {
                value = table[Level(value)];
            }
        }
        return p with { Pixels = mapped };
    }

    private static int Level(float value) => (int)(value * 255 + .5f);
}
