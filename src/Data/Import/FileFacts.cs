using Odm.Engine.Runtime;

namespace Odm.Data.Import;

/// <summary>What an image file holds that its 8-bit pixels do not show.</summary>
internal sealed record FileFacts
{
    /// <summary>Share of pixels that may differ in a picture of one colour.</summary>
    private const double MostStray = .001;

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

    /// <summary>Pixels that are white, and invisible by an alpha channel that shows others.</summary>
    public int Hidden { get; init; }

    /// <summary>Orientation that was applied, 1 (none) to 8.</summary>
    public int Turn { get; init; } = 1;

    /// <summary>These with what an alpha channel says, one byte a pixel.</summary>
    /// <exception cref="DatasetException">The file's picture is in the alpha channel, and the colours show none.</exception>
    public FileFacts WithAlpha(byte[] planar, int channels, byte[] alpha)
    {
        CheckAlpha(planar, channels, alpha);
        return this with { Transparent = alpha.AsSpan().ContainsAnyExcept((byte)255), Hidden = HiddenOf(planar, channels, alpha) };
    }

    private static void CheckAlpha(byte[] planar, int channels, byte[] alpha)
    {
        var drawn = Unlike(alpha);
        var stray = Enumerable.Range(0, channels).Max(c => Unlike(planar.AsSpan(c * alpha.Length, alpha.Length)));
        if (drawn > 2 * stray && stray <= MostStray * alpha.Length)
        {
            throw new DatasetException("every pixel has one colour, its picture is in the alpha channel alone; save it without "
                + "transparency");
        }
    }

    // white pixels that an alpha channel hides; none where it is one level throughout
    private static int HiddenOf(byte[] planar, int channels, byte[] alpha)
    {
        if (!alpha.AsSpan().ContainsAnyExcept(alpha[0]))
        {
            return 0;
        }
        var hidden = 0;
        for (var i = 0; i < alpha.Length; i++)
        {
            var darkest = planar[i];
            for (var c = 1; c < channels; c++)
            {
                darkest = Math.Min(darkest, planar[c * alpha.Length + i]);
            }
            hidden += alpha[i] < 128 && darkest >= 128 ? 1 : 0;
        }
        return hidden;
    }

    // pixels without the commonest level
    private static int Unlike(ReadOnlySpan<byte> plane)
    {
        Span<int> levels = stackalloc int[256];
        var most = 0;
        foreach (var level in plane)
        {
            most = Math.Max(most, ++levels[level]);
        }
        return plane.Length - most;
    }
}
