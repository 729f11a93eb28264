using System.Buffers.Binary;
using System.IO.Compression;

namespace Odm.Data.Tests.Import;

/// <summary>PNG files written by hand, whatever their header says.</summary>
internal static class TestPng
{
    /// <summary>Big-endian 16-bit grey samples.</summary>
    internal static byte[] Grey16(int width, int height, byte[] samples)
    {
        using var data = new MemoryStream();
        using (var zlib = new ZLibStream(data, CompressionLevel.Fastest, leaveOpen: true))
        {
            for (var y = 0; y < height; y++)
            {
                zlib.Write([0, .. samples.AsSpan(2 * y * width, 2 * width)]);
            }
        }
        return File(width, height, depth: 16, colour: 0, data.ToArray());
    }

    internal static byte[] File(int width, int height, byte depth, byte colour, byte[] data, byte[]? palette = null) =>
        [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10, .. Chunk("IHDR"u8, [.. Number((uint)width), .. Number((uint)height), depth, colour, 0, 0, 0]), .. palette is null ? [] : Chunk("PLTE"u8, palette), .. Chunk("IDAT"u8, data), .. Chunk("IEND"u8, [])];

    private static byte[] Chunk(ReadOnlySpan<byte> type, byte[] data)
    {
        byte[] body = [.. type, .. data];
        return [.. Number((uint)data.Length), .. body, .. Number(Crc(body))];
    }

    private static byte[] Number(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }

    private static uint Crc(byte[] bytes) // PNG specification, annex D
    {
        var crc = 0xFFFFFFFF;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var k = 0; k < 8; k++)
            {
                crc = (crc & 1) == 0 ? crc >> 1 : 0xEDB88320 ^ crc >> 1;
            }
        }
        return ~crc;
    }
}
