using System.Globalization;
using Odm.Engine.Runtime;

namespace Odm.Data.Import;

/// <summary>From a decoded mask file to a hard mask, with the checks that tell a mask from a picture given by mistake.</summary>
internal static class MaskFile
{
    /// <summary>
    /// A mask may have this share of pixels between a quarter and three quarters of white: JPEG and antialiasing leave under 1 % at 256 px.
    /// </summary>
    private const double MostGrey = .05;

    /// <summary>Largest channel minus smallest from which a pixel is coloured; the chroma noise of a grey JPEG stays far below.</summary>
    private const int Coloured = 48;

    /// <summary>Share of coloured pixels from which a mask is a colour picture: a small lesion drawn in red is a thousandth.</summary>
    private const double MostColoured = .001;

    /// <summary>One channel, 0 or 255: 255 where the mean of the channels reaches <paramref name="threshold"/> of white.</summary>
    /// <exception cref="DatasetException">The file is of another size than its image, no mask, or unreadable; one line that names
    /// it.</exception>
    public static Pixels Read(string file, Pixels image, double threshold)
    {
        var mask = ImageFiles.Decode(file);
        if ((mask.Width, mask.Height) != (image.Width, image.Height))
        {
            throw new DatasetException($"{file}: {mask.Width}x{mask.Height} pixels where its image has {image.Width}x{image.Height}");
        }
        Check(mask, file);
        return Threshold(mask, threshold);
    }

    /// <summary>Refuses what is no mask: a colour picture, or more grey than edges explain.</summary>
    /// <exception cref="DatasetException">The message names <paramref name="file"/> and the share of such pixels.</exception>
    public static void Check(Pixels mask, string file)
    {
        var plane = mask.Width * mask.Height;
        int grey = 0, coloured = 0;
        for (var i = 0; i < plane; i++)
        {
            int sum = 0, high = 0, low = 255;
            for (var c = 0; c < mask.Channels; c++)
            {
                var level = mask.Planar[c * plane + i];
                sum += level;
                high = Math.Max(high, level);
                low = Math.Min(low, level);
            }
            if (4 * sum > 255 * mask.Channels && 4 * sum < 3 * 255 * mask.Channels)
            {
                grey++;
            }
            if (high - low > Coloured)
            {
                coloured++;
            }
        }
        if (coloured > MostColoured * plane)
        {
            throw new DatasetException($"{file}: {Percent(coloured, plane)} of the pixels are coloured; a mask is black and white");
        }
        if (grey > MostGrey * plane)
        {
            throw new DatasetException($"{file}: {Percent(grey, plane)} of the pixels lie between a quarter and three quarters of white; "
                + $"in a mask at most 5 % may");
        }
    }

    private static Pixels Threshold(Pixels mask, double threshold)
    {
        var plane = mask.Width * mask.Height;
        var hard = new byte[plane];
        for (var i = 0; i < plane; i++)
        {
            var sum = 0;
            for (var c = 0; c < mask.Channels; c++)
            {
                sum += mask.Planar[c * plane + i];
            }
            hard[i] = sum >= threshold * 255 * mask.Channels ? (byte)255 : (byte)0;
        }
        return mask with { Channels = 1, Planar = hard };
    }

    private static string Percent(int part, int of) => string.Create(CultureInfo.InvariantCulture, $"{100.0 * part / of:0.0} %");
}
