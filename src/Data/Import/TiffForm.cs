using System.Runtime.InteropServices;
using BitMiracle.LibTiff.Classic;

namespace Odm.Data.Import;

/// <summary>How the samples of a TIFF image lie (TIFF 6.0, sections 3 to 6), and from them to planar bytes.</summary>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
/// <param name="Samples">Stored for each pixel, alpha included.</param>
/// <param name="Bits">Of a sample: 1, 2, 4, 8, 16.</param>
/// <param name="Separate">True: each sample has a plane of its own.</param>
/// <param name="White">True: zero is white.</param>
/// <param name="Palette">Null, or the 8-bit colours of the indices, all red ones first.</param>
/// <param name="Channels">1 or 3.</param>
internal sealed record TiffForm(int Width, int Height, int Samples, int Bits, bool Separate, bool White, byte[]? Palette, int Channels)
{
    private const string Read = "grey, RGB or palette of 1, 2, 4, 8 or 16 bit unsigned samples";

    /// <summary>Reads the directory.</summary>
    /// <exception cref="InvalidDataException">A form that is not read.</exception>
    internal static TiffForm Of(Tiff tiff)
    {
        int Field(TiffTag tag) => TiffFile.Field(tiff, tag);
        var (width, height) = (Field(TiffTag.IMAGEWIDTH), Field(TiffTag.IMAGELENGTH));
        ImageFiles.CheckSize(width, height);
        var (photometric, samples, bits) = ((Photometric)Field(TiffTag.PHOTOMETRIC), Field(TiffTag.SAMPLESPERPIXEL),
            Field(TiffTag.BITSPERSAMPLE));
        if (photometric == Photometric.YCBCR && (Compression)Field(TiffTag.COMPRESSION) == Compression.JPEG)
        {
            tiff.SetField(TiffTag.JPEGCOLORMODE, JpegColorMode.RGB);
            photometric = Photometric.RGB;
        }
        var channels = photometric == Photometric.RGB ? 3 : 1;
        if (photometric is not (Photometric.MINISWHITE or Photometric.MINISBLACK or Photometric.RGB or Photometric.PALETTE)
            || bits is not (1 or 2 or 4 or 8 or 16)
            || samples < channels || samples > 4 || (SampleFormat)Field(TiffTag.SAMPLEFORMAT) is not (SampleFormat.UINT
                or SampleFormat.VOID))
        {
            throw new InvalidDataException($"{photometric} of {samples} {bits}-bit samples is not read; {Read} is");
        }
        var palette = photometric == Photometric.PALETTE ? Colours(tiff, bits) : null;
        return new(width, height, samples, bits, (PlanarConfig)Field(TiffTag.PLANARCONFIG) == PlanarConfig.SEPARATE,
            photometric == Photometric.MINISWHITE, palette, palette is null ? channels : 3);
    }

    /// <summary>Bytes of a row of <paramref name="wide"/> pixels in a strip or tile.</summary>
    internal int RowBytes(int wide) => (wide * Stride * Bits + 7) / 8;

    private int Stride => Separate ? 1 : Samples;

    /// <summary>Copies a decoded strip or tile, in this machine's byte order, to its place.</summary>
    /// <param name="from">Rows of <see cref="RowBytes"/>.</param>
    /// <param name="planar">uint8, C*H*W.</param>
    /// <param name="plane">The channel it holds, where each has a plane.</param>
    /// <param name="left">Its first column.</param>
    /// <param name="top">Its first row.</param>
    /// <param name="wide">Its columns, some maybe beyond the image.</param>
    /// <param name="rows">Its rows within the image.</param>
    /// <param name="seen">Takes what the planar bytes do not show.</param>
    internal void Unpack(byte[] from, byte[] planar, int plane, int left, int top, int wide, int rows, Seen seen)
    {
        var (size, columns) = (Width * Height, Math.Min(wide, Width - left));
        for (var y = 0; y < rows; y++)
        {
            var row = from.AsSpan(y * RowBytes(wide), RowBytes(wide));
            for (var x = 0; x < columns; x++)
            {
                var place = (top + y) * Width + left + x;
                if (Palette is not null)
                {
                    var index = Sample(row, x * Stride);
                    seen.Keep(place, index);
                    for (var c = 0; c < 3; c++)
                    {
                        planar[c * size + place] = Palette[(c << Bits) + index];
                    }
                }
                else if (Separate)
                {
                    var sample = Sample(row, x);
                    seen.Keep(place, White ? (1 << Bits) - 1 - sample : sample);
                    planar[plane * size + place] = Level(sample);
                }
                else
                {
                    for (var c = 0; c < Channels; c++)
                    {
                        var sample = Sample(row, x * Stride + c);
                        seen.Keep(place, White ? (1 << Bits) - 1 - sample : sample);
                        planar[c * size + place] = Level(sample);
                    }
                    if (Samples > Channels)
                    {
                        seen.Extra?[place] = (byte)(Sample(row, x * Stride + Channels) * 255L / ((1 << Bits) - 1));
                    }
                }
            }
        }
    }

    /// <summary>What the planar bytes do not show.</summary>
    internal sealed class Seen
    {
        /// <summary>Where the stored values of one channel go, H*W; null where they are not wanted.</summary>
        public ushort[]? Values { get; init; }

        /// <summary>Highest sample.</summary>
        public int Highest { get; private set; }

        /// <summary>Where the first channel behind the colours goes, from 0 to 255, H*W; null where there is none.</summary>
        public byte[]? Extra { get; init; }

        /// <summary>Notes a sample.</summary>
        public void Keep(int place, int sample)
        {
            Highest = Math.Max(Highest, sample);
            if (Values is not null)
            {
                Values[place] = (ushort)sample;
            }
        }
    }

    private int Sample(ReadOnlySpan<byte> row, int i) => Bits switch
    {
        16 => MemoryMarshal.Read<ushort>(row[(2 * i)..]),
        8 => row[i],
        _ => row[i * Bits >> 3] >> 8 - Bits - (i * Bits & 7) & (1 << Bits) - 1,
    };

    private byte Level(int sample)
    {
        var level = Bits switch { 16 => (sample + 128) / 257, 8 => sample, _ => sample * 255 / ((1 << Bits) - 1) };
        return (byte)(White ? 255 - level : level);
    }

    /// <summary>16-bit colours; some programs write 8-bit ones, which libtiff tells by none being above 255.</summary>
    private static byte[] Colours(Tiff tiff, int bits)
    {
        if (tiff.GetField(TiffTag.COLORMAP) is not [var red, var green, var blue])
        {
            throw new InvalidDataException("a palette image without colours");
        }
        ushort[] map = [.. new[] { red, green, blue }.SelectMany(f => f.ToUShortArray().Take(1 << bits))];
        if (map.Length != 3 << bits)
        {
            throw new InvalidDataException("a palette image with too few colours");
        }
        var wide = map.Any(v => v > 255);
        return Array.ConvertAll(map, v => (byte)(wide ? (v + 128) / 257 : v));
    }
}
