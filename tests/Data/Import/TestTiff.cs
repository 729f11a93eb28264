using System.Buffers.Binary;

namespace Odm.Data.Tests.Import;

/// <summary>Big-endian grey TIFF files of one strip, directory first.</summary>
internal static class TestTiff
{
    /// <summary>8-bit grey pages of one size, one after the other.</summary>
    internal static byte[] Pages(int width, int height, params byte[][] strips)
    {
        const int Directory = 2 + 8 * 12 + 4;
        var file = new List<byte>();
        foreach (var (strip, last) in strips.Select((s, i) => (s, i == strips.Length - 1)))
        {
            var one = Grey(width, height, 8, strip)[(file.Count == 0 ? 0 : 8)..];
            var directory = file.Count == 0 ? 8 : 0;
            System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(one.AsSpan(directory + 2 + 5 * 12 + 8), file.Count + directory + Directory);
            System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(one.AsSpan(directory + Directory - 4), last ? 0 : file.Count + one.Length);
            file.AddRange(one);
        }
        return [.. file];
    }

    internal static byte[] Grey(int width, int height, int bits, byte[] strip)
    {
        var file = new List<byte>([(byte)'M', (byte)'M', 0, 42, 0, 0, 0, 8, 0, 8]);
        void Tag(int tag, int value)
        {
            var number = new byte[4];
            BinaryPrimitives.WriteInt32BigEndian(number, value);
            file.AddRange([(byte)(tag >> 8), (byte)tag, 0, 4, 0, 0, 0, 1, .. number]);
        }
        Tag(256, width);
        Tag(257, height);
        Tag(258, bits);
        Tag(259, 1);
        Tag(262, 1);
        Tag(273, 8 + 2 + 8 * 12 + 4);
        Tag(278, height);
        Tag(279, strip.Length);
        return [.. file, 0, 0, 0, 0, .. strip];
    }
}
