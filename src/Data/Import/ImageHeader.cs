using System.Buffers.Binary;
using SixLabors.ImageSharp.Metadata.Profiles.Exif;

namespace Odm.Data.Import;

/// <summary>Kinds of image files that are read.</summary>
internal enum ImageFormat
{
    /// <summary>None of them.</summary>
    None,

    /// <summary>PNG specification, second edition.</summary>
    Png,

    /// <summary>ITU-T T.81.</summary>
    Jpeg,

    /// <summary>TIFF 6.0, BigTIFF.</summary>
    Tiff,
}

/// <summary>
/// What the first bytes and the walk over segments or chunks tell of a file before anything is decoded: format, size, grey or colour, bits,
/// orientation, and whether its end is there. Of a TIFF file the format alone: its directory is <see cref="TiffFile"/>'s matter.
/// </summary>
/// <param name="Format">By the first bytes, whatever the name says.</param>
/// <param name="Width">Columns as stored.</param>
/// <param name="Height">Rows as stored.</param>
/// <param name="Colour">False where the file's own samples are grey.</param>
/// <param name="Bits">8 or 16.</param>
/// <param name="Turn">EXIF orientation, 1 (as stored) to 8.</param>
/// <param name="Fault">Null, or what is wrong with the file.</param>
internal readonly record struct ImageHeader(ImageFormat Format, int Width, int Height, bool Colour, int Bits, int Turn, string? Fault)
{
    /// <summary>Bits of a sample or index as a PNG file says; 8 for JPEG.</summary>
    internal int Depth { get; init; } = 8;

    /// <summary>Whether a PNG file's samples are indices of a palette.</summary>
    internal bool Palette { get; init; }

    /// <summary>Whether a PNG file has an alpha channel or transparent colours.</summary>
    internal bool Alpha { get; init; }

    /// <summary>Images in a PNG file: above 1 in an animated one.</summary>
    internal int Frames { get; init; } = 1;

    internal const string NoImage = "not a PNG, JPEG or TIFF image";
    private const int MostScans = 100; // of a progressive JPEG: each is a pass over the image; real files have some ten

    private static ReadOnlySpan<byte> PngMagic => [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10];

    internal static ImageHeader Read(ReadOnlySpan<byte> file)
    {
        if (file.IsEmpty)
        {
            return Bad("the file is empty");
        }
        if (file.StartsWith(PngMagic))
        {
            return Png(file);
        }
        if (file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]))
        {
            return Jpeg(file);
        }
        return file.StartsWith("II*\0"u8) || file.StartsWith("MM\0*"u8) || file.StartsWith("II+\0"u8) || file.StartsWith("MM\0+"u8)
            ? new(ImageFormat.Tiff, 0, 0, Colour: true, 8, 1, null) : Bad(NoImage);
    }

    private static ImageHeader Bad(string fault) => new(ImageFormat.None, 0, 0, Colour: false, 8, 1, fault);

    /// <summary>Chunks of length, type, data, CRC, from IHDR to IEND (PNG specification, 5.3).</summary>
    private static ImageHeader Png(ReadOnlySpan<byte> file)
    {
        if (file.Length < 33)
        {
            return Bad("truncated PNG");
        }
        var size = (Width: BinaryPrimitives.ReadInt32BigEndian(file[16..]), Height: BinaryPrimitives.ReadInt32BigEndian(file[20..]));
        var header = new ImageHeader(ImageFormat.Png, size.Width, size.Height, Colour: file[25] is not (0 or 4), file[24] == 16 ? 16 : 8,
            1, null)
        {
            Depth = file[24],
            Palette = file[25] == 3,
            Alpha = file[25] is 4 or 6
        };
        for (long at = 8; at + 12 <= file.Length;)
        {
            var chunk = file[(int)at..];
            var length = BinaryPrimitives.ReadUInt32BigEndian(chunk);
            if (chunk.Slice(4, 4).SequenceEqual("IEND"u8))
            {
                return header;
            }
            if (chunk.Slice(4, 4).SequenceEqual("eXIf"u8) && length <= chunk.Length - 12)
            {
                header = header with { Turn = Orientation(chunk.Slice(8, (int)length)) };
            }
            if (chunk.Slice(4, 4).SequenceEqual("acTL"u8) && chunk.Length >= 12)
            {
                header = header with { Frames = (int)Math.Min(BinaryPrimitives.ReadUInt32BigEndian(chunk[8..]), int.MaxValue) };
            }
            if (chunk.Slice(4, 4).SequenceEqual("tRNS"u8))
            {
                header = header with { Alpha = true };
            }
            at += 12L + length;
        }
        return Bad("truncated PNG");
    }

    /// <summary>
    /// Marker segments up to EOI (ITU-T T.81, annex B); within entropy-coded data only RSTn and stuffed zeros may follow FF.
    /// </summary>
    private static ImageHeader Jpeg(ReadOnlySpan<byte> file)
    {
        ImageHeader? header = null;
        var (turn, scans) = (1, 0);
        for (var at = 2; at + 1 < file.Length;)
        {
            if (file[at] != 0xFF || file[at + 1] is 0 or 0xFF or 1 or (>= 0xD0 and <= 0xD7)) // entropy-coded data, fill bytes
            {
                at++;
                continue;
            }
            var marker = file[at + 1];
            if (marker == 0xD9)
            {
                return header is { } whole ? whole with { Turn = turn } : Bad("JPEG without a frame");
            }
            if (at + 3 >= file.Length)
            {
                break;
            }
            var segment = file[(at + 2)..]; // from its length on
            var length = BinaryPrimitives.ReadUInt16BigEndian(segment);
            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC) && segment.Length >= 8)
            {
                header = new(ImageFormat.Jpeg, BinaryPrimitives.ReadUInt16BigEndian(segment[5..]),
                    BinaryPrimitives.ReadUInt16BigEndian(segment[3..]), Colour: segment[7] != 1, 8, 1, null);
            }
            if (marker == 0xE1 && length <= segment.Length && segment[2..].StartsWith("Exif\0\0"u8))
            {
                turn = Orientation(segment[8..length]);
            }
            if (marker == 0xDA && ++scans > MostScans)
            {
                return Bad($"JPEG of more than {MostScans} scans");
            }
            at += 2 + length;
        }
        return Bad("truncated JPEG");
    }

    /// <summary>Tag 274 of an EXIF block; 1 where it is absent or damaged.</summary>
    private static int Orientation(ReadOnlySpan<byte> exif)
    {
        try
        {
            return new ExifProfile(exif.ToArray()).GetValue(ExifTag.Orientation)?.Value is ushort turn and >= 1 and <= 8 ? turn : 1;
        }
        catch (Exception e) when (ImageFiles.IsDamage(e))
        {
            return 1; // the pixels do not depend on it
        }
    }
}
