using System.Buffers.Binary;

namespace Odm.Data.Tests.Import;

/// <summary>Big-endian grey TIFF files of one strip, directory first.</summary>
internal static class TestTiff
{
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
