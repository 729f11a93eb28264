using System.Globalization;
using Odm.Engine.Runtime;

namespace Odm.Data.Import;

/// <summary>What the levels of a decoded file say of it as a mask.</summary>
internal sealed class MaskLevels
{
    /// <summary>A map of labels has at most this many values; a picture or a map of probabilities has more.</summary>
    public const int MostLabels = 32;

    /// <summary>
    /// A mask may have this share of pixels between a quarter and three quarters of white: JPEG and antialiasing leave under 1 % at 256 px.
    /// </summary>
    private const double MostGrey = .05;

    /// <summary>Largest channel minus smallest from which a pixel is coloured; the chroma noise of a grey JPEG stays far below.</summary>
    private const int Coloured = 48;

    /// <summary>Share of coloured pixels from which a mask is a colour picture: a small lesion drawn in red is a thousandth.</summary>
    private const double MostColoured = .001;

    /// <summary>Distinct levels up to which each of them is meant; JPEG noise kept as PNG has more.</summary>
    private const int Meant = 4;

    private readonly Pixels pixels;
    private readonly int coloured;
    private readonly int grey;

    public MaskLevels(Pixels pixels)
    {
        this.pixels = pixels;
        var plane = pixels.Width * pixels.Height;
        Sums = new int[plane];
        var alike = true;
        for (var i = 0; i < plane; i++)
        {
            int sum = 0, high = 0, low = 255;
            for (var c = 0; c < pixels.Channels; c++)
            {
                var level = pixels.Planar[c * plane + i];
                sum += level;
                high = Math.Max(high, level);
                low = Math.Min(low, level);
            }
            Sums[i] = sum;
            coloured += high - low > Coloured ? 1 : 0;
            grey += 4 * sum > 255 * pixels.Channels && 4 * sum < 3 * 255 * pixels.Channels ? 1 : 0;
            alike &= high == low;
        }
        var facts = pixels.Facts;
        (Stored, White) = facts is { Values: { } values, Palette: false } ? (values, facts.White)
            : alike && !facts.Lossy ? (Array.ConvertAll(pixels.Planar[..plane], p => (ushort)p), 255) : (null, 255);
        Distinct = Stored is null ? [] : DistinctOf(Stored);
        if (White == 65535 && Highest == 255)
        {
            White = 255; // 8-bit values in a 16-bit file
        }
    }

    /// <summary>Sum of the 8-bit channels of each pixel.</summary>
    public int[] Sums { get; }

    /// <summary>Values as stored, one a pixel; null for coloured and JPEG files.</summary>
    public ushort[]? Stored { get; }

    /// <summary>The value of white among <see cref="Stored"/>.</summary>
    public int White { get; }

    /// <summary>Distinct values of <see cref="Stored"/>, ascending.</summary>
    public ushort[] Distinct { get; }

    /// <summary>Highest of them; for coloured and JPEG files the highest mean of the channels.</summary>
    public int Highest => Distinct.Length > 0 ? Distinct[^1] : Sums.Max() / pixels.Channels;

    /// <summary>Whether values are left out between few others, as labels do and a map of probabilities does not.</summary>
    public bool Gaps => Distinct.Length is > 1 and <= MostLabels && 2 * Distinct.Length <= Highest + 1;

    /// <summary>Whether the values are so few and low that they may be numbers of labels, and nearly no probability.</summary>
    public bool Few => Distinct.Length > 1 && Highest < Meant;

    /// <summary>Values that the pixels may be chosen by: indices of a palette, else what is stored; null where there are none.</summary>
    public ushort[]? Choices => pixels.Facts.Values ?? Stored;

    /// <summary>Refuses a colour picture.</summary>
    /// <exception cref="DatasetException">The message names <paramref name="file"/> and the share of coloured pixels.</exception>
    public void RefuseColours(string file, string advice)
    {
        if (coloured > MostColoured * Sums.Length)
        {
            throw new DatasetException($"{file}: {Percent(coloured)} of the pixels are coloured; a mask is black and white"
                + (pixels.Facts.Palette ? $"; name the palette's indices that are the mask ({advice})" : ""));
        }
    }

    /// <summary>Refuses more grey than edges explain.</summary>
    /// <exception cref="DatasetException">The message names <paramref name="file"/> and the share of grey pixels.</exception>
    public void RefuseGrey(string file)
    {
        if (grey > MostGrey * Sums.Length)
        {
            throw new DatasetException($"{file}: {Percent(grey)} of the pixels lie between a quarter and three quarters of white; "
                + $"in a mask at most 5 % may");
        }
    }

    /// <summary>
    /// Refuses a map of labels: few values, of which one between the darkest and the brightest fills areas instead of edges.
    /// </summary>
    /// <exception cref="DatasetException">The message names <paramref name="file"/> and the values.</exception>
    public void RefuseLabels(string file, string advice)
    {
        if (Stored is null || Distinct.Length is < 3 or > MostLabels)
        {
            return;
        }
        var between = Distinct[1..^1].Where(v => Distinct.Length <= Meant || (16 * v > White && 16 * v < 15 * White)).ToHashSet();
        for (var y = 1; y + 1 < pixels.Height; y++)
        {
            for (var x = 1; x + 1 < pixels.Width; x++)
            {
                if (between.Contains(Stored[y * pixels.Width + x]) && Area(x, y))
                {
                    throw new DatasetException($"{file}: a map of labels with the values {Values()}; name those that are the mask "
                        + $"({advice})");
                }
            }
        }
    }

    /// <summary>The Dice of what is above 0 with a mask of 0 and 255; 0 where the sizes differ.</summary>
    public double Dice(byte[] mask)
    {
        if (mask.Length != Sums.Length)
        {
            return 0;
        }
        var both = Sums.Zip(mask, (sum, m) => sum > 0 && m > 0).Count(b => b);
        return 2.0 * both / Math.Max(1, Sums.Count(sum => sum > 0) + mask.Count(m => m > 0));
    }

    /// <summary>The distinct values in words, the first ten.</summary>
    public string Values() => string.Join(", ", Distinct.Take(10)) + (Distinct.Length > 10 ? ", ..." : "");

    private static ushort[] DistinctOf(ushort[] values)
    {
        var seen = new bool[65536];
        foreach (var v in values)
        {
            seen[v] = true;
        }
        return [.. Enumerable.Range(0, 65536).Where(v => seen[v]).Select(v => (ushort)v)];
    }

    // whether the 3x3 pixels round a place have one value
    private bool Area(int x, int y)
    {
        for (var dy = -1; dy <= 1; dy++)
        {
            if (Stored!.AsSpan((y + dy) * pixels.Width + x - 1, 3).ContainsAnyExcept(Stored![y * pixels.Width + x]))
            {
                return false;
            }
        }
        return true;
    }

    private string Percent(int part) => string.Create(CultureInfo.InvariantCulture, $"{100.0 * part / Sums.Length:0.0} %");
}
