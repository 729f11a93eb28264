using Odm.Engine.Runtime;

namespace Odm.Augment.Traditional;

/// <summary>What changes pixel values and leaves the mask alone. Results are clamped to [0, 1].</summary>
internal static class Intensity
{
    /// <summary>x · factor.</summary>
    public static Picture Brightness(Picture p, double factor)
    {
        var f = (float)factor;
        return Map(p, x => x * f);
    }

    /// <summary>
    /// mean + factor · (x - mean); the mean is that of the grey image (Rec. 601 luma of RGB), as in torchvision's adjust_contrast.
    /// </summary>
    public static Picture Contrast(Picture p, double factor)
    {
        var (mean, f) = ((float)GreyMean(p), (float)factor);
        return Map(p, x => mean + f * (x - mean));
    }

    /// <summary>x + offset.</summary>
    public static Picture Offset(Picture p, double offset)
    {
        var o = (float)offset;
        return Map(p, x => x + o);
    }

    /// <summary>x ^ gamma: above 1 darkens the middle, below 1 brightens it.</summary>
    public static Picture Gamma(Picture p, double gamma)
    {
        var g = (float)gamma;
        return Map(p, x => MathF.Pow(x, g));
    }

    /// <summary>Adds normal noise of standard deviation <paramref name="sigma"/>, each value its own.</summary>
    public static Picture Noise(Picture p, double sigma, ulong seed)
    {
        var noisy = new float[p.Pixels.Length];
        new Rng(seed).FillNormal(noisy);
        var s = (float)sigma;
        for (var i = 0; i < noisy.Length; i++)
        {
            noisy[i] = Math.Clamp(p.Pixels[i] + s * noisy[i], 0, 1);
        }
        return p with { Pixels = noisy };
    }

    /// <summary>grey + factor · (x - grey), grey the Rec. 601 luma: Pillow's ImageEnhance.Color. Images of one channel stay.</summary>
    public static Picture Saturation(Picture p, double factor)
    {
        if (p.Channels != 3)
        {
            return p;
        }
        var (area, f, changed) = (p.Height * p.Width, (float)factor, new float[p.Pixels.Length]);
        for (var i = 0; i < area; i++)
        {
            var grey = .299f * p.Pixels[i] + .587f * p.Pixels[area + i] + .114f * p.Pixels[2 * area + i];
            for (var at = i; at < changed.Length; at += area)
            {
                changed[at] = Math.Clamp(grey + f * (p.Pixels[at] - grey), 0, 1);
            }
        }
        return p with { Pixels = changed };
    }

    /// <summary>
    /// smooth + factor · (x - smooth), smooth the mean of the 3 x 3 neighbourhood with weight 5 of 13 on the middle: Pillow's
    /// ImageEnhance.Sharpness. Pixels of the edge stay.
    /// </summary>
    public static Picture Sharpness(Picture p, double factor)
    {
        var (h, w, f, changed) = (p.Height, p.Width, (float)factor, (float[])p.Pixels.Clone());
        for (var c = 0; c < p.Channels; c++)
        {
            for (var y = 1; y < h - 1; y++)
            {
                for (var x = 1; x < w - 1; x++)
                {
                    var at = (c * h + y) * w + x;
                    var own = p.Pixels[at];
                    var sum = 4 * own;
                    for (var row = at - w; row <= at + w; row += w)
                    {
                        sum += p.Pixels[row - 1] + p.Pixels[row] + p.Pixels[row + 1];
                    }
                    changed[at] = Math.Clamp(sum / 13 + f * (own - sum / 13), 0, 1);
                }
            }
        }
        return p with { Pixels = changed };
    }

    private static Picture Map(Picture p, Func<float, float> value) =>
        p with { Pixels = Array.ConvertAll(p.Pixels, x => Math.Clamp(value(x), 0, 1)) };

    private static double GreyMean(Picture p)
    {
        var area = p.Height * p.Width;
        double[] weights = p.Channels == 3 ? [.299, .587, .114] : [.. Enumerable.Repeat(1.0 / p.Channels, p.Channels)];
        var mean = 0.0;
        for (var c = 0; c < p.Channels; c++)
        {
            var sum = 0.0;
            foreach (var x in p.Pixels.AsSpan(c * area, area))
            {
                sum += x;
            }
            mean += weights[c] * sum / area;
        }
        return mean;
    }
}
