using System.Buffers.Binary;

namespace Odm.Data;

/// <summary>
/// What the pipeline must know of an image file besides its pixels: grey or colour, bits, and whether its end is there.
/// Decoders fill a truncated file with grey or black and go on; a study must not.
/// </summary>
/// <param name="Colour">False where the file's own samples are grey.</param>
/// <param name="Bits">8 or 16.</param>
/// <param name="Fault">Null, or what is wrong with the file.</param>
internal readonly record struct ImageHeader(bool Colour, int Bits, string? Fault)
{
    internal const string NoImage = "not a PNG, JPEG or TIFF image";

    private static ReadOnlySpan<byte> PngMagic => [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10];

    internal static ImageHeader Read(ReadOnlySpan<byte> file)
    {
        if (file.IsEmpty) return Bad("the file is empty");
        if (file.StartsWith(PngMagic)) return Png(file);
        if (file.Length >= 3 && file[0] == 0xFF && file[1] == 0xD8 && file[2] == 0xFF) return Jpeg(file);
        return file.Length >= 4 && (file.StartsWith("II"u8) || file.StartsWith("MM"u8)) ? TiffHeader.Read(file) : Bad(NoImage);
    }

    internal static ImageHeader Bad(string fault) => new(Colour: false, 8, fault);

    /// <summary>Chunks of length, type, data, CRC, from IHDR to IEND (PNG specification, 5.3).</summary>
    private static ImageHeader Png(ReadOnlySpan<byte> file)
    {
        if (file.Length < 33) return Bad("truncated PNG");
        var header = new ImageHeader(Colour: file[25] is not (0 or 4), file[24] == 16 ? 16 : 8, null);
        for (long at = 8; at + 12 <= file.Length;)
        {
            var chunk = file[(int)at..];
            if (chunk.Slice(4, 4).SequenceEqual("IEND"u8)) return header;
            at += 12L + BinaryPrimitives.ReadUInt32BigEndian(chunk);
        }
        return Bad("truncated PNG");
    }

    /// <summary>Marker segments up to EOI (ITU-T T.81, annex B); within entropy-coded data only RSTn and stuffed zeros may follow FF.</summary>
    private static ImageHeader Jpeg(ReadOnlySpan<byte> file)
    {
        var components = 0;
        for (var at = 2; at + 1 < file.Length;)
        {
            if (file[at] != 0xFF || file[at + 1] is 0 or 0xFF or 1 or (>= 0xD0 and <= 0xD7)) // entropy-coded data, fill bytes
            {
                at++;
                continue;
            }
            var marker = file[at + 1];
            if (marker == 0xD9)
                return components == 0 ? Bad("JPEG without a frame") : new ImageHeader(Colour: components != 1, 8, null);
            if (at + 3 >= file.Length) break;
            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC) && at + 9 < file.Length) components = file[at + 9];
            at += 2 + BinaryPrimitives.ReadUInt16BigEndian(file[(at + 2)..]);
        }
        return Bad("truncated JPEG");
    }
}
