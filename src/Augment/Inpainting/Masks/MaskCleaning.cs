using Odm.Engine.Runtime;

namespace Odm.Augment.Inpainting.Masks;

/// <summary>From the mask channel of a diffusion model to a mask.</summary>
internal static class MaskCleaning
{
    /// <summary>
    /// Threshold, opening, holes, small parts, in that order. The published code opens before and after the threshold; opening
    /// commutes with a threshold, so once is the same.
    /// </summary>
    /// <param name="mask">Continuous, height x width, [-1, 1]; values beyond count as the ends.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="config">What is done.</param>
    /// <param name="real">Sizes of the real masks; where null no part is too small.</param>
    /// <returns>0 and 255.</returns>
    public static byte[] Clean(ReadOnlySpan<float> mask, int height, int width, MaskCleaningConfig config, MaskSizes? real = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        Morphology.CheckSize(mask.Length, height, width);
        var hard = Threshold(mask, config.Threshold);
        if (config.OpeningPixels(height, width) is > 1 and var size)
        {
            hard = Morphology.Open<byte>(hard, height, width, Footprint.Ellipse(size));
        }
        if (config.FillHoles)
        {
            hard = Morphology.FillHoles(hard, height, width);
        }
        return config.SmallParts > 0 && real is not null
            ? Components.Of(hard, height, width).OfAtLeast(Quantiles.At(real.Parts, config.SmallParts) * height * width)
            : hard;
    }

    private static byte[] Threshold(ReadOnlySpan<float> mask, MaskThreshold kind)
    {
        var hard = new byte[mask.Length];
        if (kind == MaskThreshold.Middle)
        {
            for (var i = 0; i < hard.Length; i++)
            {
                hard[i] = mask[i] > 0 ? (byte)255 : (byte)0;
            }
            return hard;
        }
        for (var i = 0; i < hard.Length; i++)
        {
            hard[i] = (byte)Math.Round((Math.Clamp(mask[i], -1, 1) + 1) * 127.5);
        }
        var level = Math.Clamp(Otsu.Level(hard), 64, 191);
        for (var i = 0; i < hard.Length; i++)
        {
            hard[i] = hard[i] > level ? (byte)255 : (byte)0;
        }
        return hard;
    }
}
