using Odm.Engine.Runtime;

namespace Odm.Data.Import;

/// <summary>What an image file holds that its 8-bit pixels do not show.</summary>
internal sealed record FileFacts
{
    /// <summary>True for JPEG, whose levels are not exactly those that were stored.</summary>
    public bool Lossy { get; init; }

    /// <summary>
    /// Stored values, one a pixel, in the order of the planar pixels: grey samples as they are (of 16 bits not divided, of 1, 2 and 4 not
    /// spread), indices of a palette; null where they were not asked for, and for colour and lossy files.
    /// </summary>
    public ushort[]? Values { get; init; }

    /// <summary>True where <see cref="Values"/> are indices of a palette.</summary>
    public bool Palette { get; init; }

    /// <summary>The value of white among <see cref="Values"/>: 1, 3, 15, 255 or 65535.</summary>
    public int White { get; init; } = 255;

    /// <summary>Highest sample of a 16-bit file; 0 for others.</summary>
    public int Highest { get; init; }

    /// <summary>Images in the file; all but the first are left out.</summary>
    public int Pages { get; init; } = 1;

    /// <summary>Whether an alpha channel that is not opaque throughout was dropped.</summary>
    public bool Transparent { get; init; }

    /// <summary>Orientation that was applied, 1 (none) to 8.</summary>
    public int Turn { get; init; } = 1;

    /// <summary>Refuses a file whose picture is in its alpha channel, of which the colours show nothing.</summary>
    /// <exception cref="DatasetException">It is.</exception>
    public static void CheckAlpha(byte[] planar, int channels, byte lowest, byte highest)
    {
        var plane = planar.Length / channels;
        if (lowest == highest || plane < 2)
        {
            return;
        }
        for (var c = 0; c < channels; c++)
        {
            if (planar.AsSpan(c * plane, plane).ContainsAnyExcept(planar[c * plane]))
            {
                return;
            }
        }
        throw new DatasetException("every pixel has one colour, its picture is in the alpha channel alone; save it without "
            + "transparency");
    }
}
