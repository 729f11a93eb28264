namespace Odm.Augment;

/// <summary>Widening of masks by a disc.</summary>
internal static class Dilation
{
    /// <summary>The mask (more than 127 is on) widened by so many pixels on every side: 255 within that distance of it, else 0.</summary>
    public static byte[] Of(ReadOnlySpan<byte> mask, int height, int width, int pixels)
    {
        var wide = new byte[height * width];
        for (var y = 0; y < height; y++)
        {
            for (var dy = -pixels; dy <= pixels; dy++)
            {
                if (y + dy >= 0 && y + dy < height)
                {
                    var reach = (int)Math.Sqrt(pixels * pixels - dy * dy);
                    WidenRow(mask.Slice(y * width, width), wide.AsSpan((y + dy) * width, width), reach);
                }
            }
        }
        return wide;
    }

    /// <summary>1 within the mask, falling in equal steps over the pixels around it, then 0.</summary>
    public static float[] Fade(byte[] mask, int height, int width, int pixels)
    {
        var weights = Array.ConvertAll(mask, m => m > 127 ? 1f : 0f);
        for (var k = pixels; k >= 1; k--)
        {
            var ring = Of(mask, height, width, k);
            for (var i = 0; i < ring.Length; i++)
            {
                weights[i] = ring[i] > 127 && mask[i] <= 127 ? 1 - k / (pixels + 1f) : weights[i];
            }
        }
        return weights;
    }

    private static void WidenRow(ReadOnlySpan<byte> row, Span<byte> into, int reach)
    {
        var filled = 0; // first pixel that is not known to be on
        for (var x = 0; x < row.Length; x++)
        {
            if (row[x] > 127)
            {
                var from = Math.Max(filled, x - reach);
                filled = Math.Min(row.Length, x + reach + 1);
                into[Math.Min(from, filled)..filled].Fill(255);
            }
        }
    }
}
