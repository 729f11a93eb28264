using System.Buffers.Binary;
using System.IO.Compression;

namespace Odm.Data.Import;

/// <summary>Whether a PNG file holds all its pixels: decoders fill up with black what is not there.</summary>
internal static class PngData
{
    // first column and row, steps between them, of the passes of an interlaced image (PNG specification, 8.2)
    private static readonly (int X, int Y, int Across, int Down)[] Passes =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    /// <summary>Inflates the data without keeping them.</summary>
    /// <returns>Bits of a sample, and colours of the palette.</returns>
    /// <exception cref="InvalidDataException">There are fewer than the header's size asks for.</exception>
    public static (int Depth, int Colours) Check(byte[] file)
    {
        var (width, height, depth) = (Number(file, 16), Number(file, 20), file[24]);
        var bits = depth * file[25] switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 };
        var whole = file[28] == 0 ? Bytes(width, height, bits)
            : Passes.Sum(p => Bytes((width - p.X + p.Across - 1) / p.Across, (height - p.Y + p.Down - 1) / p.Down, bits));
        using var data = new MemoryStream();
        var colours = 0;
        for (long at = 8; at + 12 <= file.Length;)
        {
            var chunk = file.AsSpan((int)at);
            long length = BinaryPrimitives.ReadUInt32BigEndian(chunk);
            var body = chunk[8..(int)Math.Min(8 + length, chunk.Length)];
            if (chunk[4..8].SequenceEqual("IDAT"u8))
            {
                data.Write(body);
            }
            colours = chunk[4..8].SequenceEqual("PLTE"u8) ? body.Length / 3 : colours;
            at += 12 + length;
        }
        data.Position = 2; // the header of zlib; its checksum at the end is not looked at
        using var inflated = new DeflateStream(data, CompressionMode.Decompress);
        var buffer = new byte[1 << 16];
        for (int read; whole > 0; whole -= read)
        {
            read = inflated.Read(buffer, 0, (int)Math.Min(buffer.Length, whole));
            if (read == 0)
            {
                throw new InvalidDataException("the data end before the last row");
            }
        }
        return (depth, colours);
    }

    private static int Number(byte[] file, int at) => BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(at));

    // each row begins with the number of its filter; a pass without a column has no rows
    private static long Bytes(int width, int height, int bits)
        => width <= 0 || height <= 0 ? 0 : height * (1 + ((long)width * bits + 7) / 8);
}
