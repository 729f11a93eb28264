namespace Odm.Augment.Inpainting.Masks;

/// <summary>Otsu's threshold (1979).</summary>
internal static class Otsu
{
    /// <summary>
    /// The level that parts the values into [0, level] and (level, 255] with the greatest variance between the two; the lowest of
    /// several. Where all values are equal, that value: nothing lies above it.
    /// </summary>
    public static int Level(ReadOnlySpan<byte> values)
    {
        var histogram = new long[256];
        foreach (var v in values)
        {
            histogram[v]++;
        }
        var total = histogram.Select((n, v) => (double)n * v).Sum();
        var (best, level, below, sum) = (0.0, values.IsEmpty ? 0 : (int)values[0], 0L, 0.0);
        for (var v = 0; v < 255; v++)
        {
            below += histogram[v];
            sum += (double)histogram[v] * v;
            if (histogram[v] == 0 || below == values.Length)
            {
                continue;
            }
            var above = values.Length - below;
            var distance = sum / below - (total - sum) / above;
            var between = (double)below * above * distance * distance;
            if (between > best)
            {
                (best, level) = (between, v);
            }
        }
        return level;
    }
}
