using Odm.Augment.Inpainting.Masks;

namespace Odm.Augment.Inpainting;

/// <summary>The zone that is painted anew and what surrounds it.</summary>
internal static class Zone
{
    /// <summary>The mask (more than 127 is on) widened by an ellipse of so many pixels on every side, 0 or 255.</summary>
    public static byte[] Of(ReadOnlySpan<byte> mask, int height, int width, int pixels)
    {
        var on = new byte[mask.Length];
        for (var i = 0; i < on.Length; i++)
        {
            on[i] = mask[i] > 127 ? (byte)255 : (byte)0;
        }
        return Morphology.Dilate<byte>(on, height, width, Footprint.Disc(pixels));
    }

    /// <summary>1 within the zone, falling in equal steps over the pixels around it, then 0.</summary>
    public static float[] Fade(byte[] zone, int height, int width, int pixels)
    {
        var weights = Array.ConvertAll(zone, z => z > 127 ? 1f : 0f);
        for (var k = pixels; k >= 1; k--)
        {
            var ring = Of(zone, height, width, k);
            for (var i = 0; i < ring.Length; i++)
            {
                weights[i] = ring[i] > 127 && zone[i] <= 127 ? 1 - k / (pixels + 1f) : weights[i];
            }
        }
        return weights;
    }
}
