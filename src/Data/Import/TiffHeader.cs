using System.Buffers.Binary;

namespace Odm.Data;

/// <summary>Reads the first directory of a TIFF file (TIFF 6.0, section 2; BigTIFF with 64-bit offsets) as far as <see cref="ImageHeader"/> asks.</summary>
internal static class TiffHeader
{
    internal static ImageHeader Read(ReadOnlySpan<byte> file)
    {
        var order = new Reader(file, file[0] == 'M');
        var kind = order.Number(2, 2);
        if (kind is not (42 or 43)) return ImageHeader.Bad(ImageHeader.NoImage);
        var big = kind == 43;
        var (wide, entry) = big ? (8, 20) : (4, 12);
        var directory = order.Number(big ? 8 : 4, wide);
        var count = order.Number(directory, big ? 8 : 2);
        var first = directory + (big ? 8 : 2);
        if (count is <= 0 or > ushort.MaxValue || first + count * entry > file.Length) return ImageHeader.Bad("truncated TIFF");

        long photometric = 2, bits = 1;
        (long Type, long Count, long At) starts = default, sizes = default;
        for (long i = 0, at = first; i < count; i++, at += entry)
        {
            var (type, values) = (order.Number(at + 2, 2), order.Number(at + 4, wide));
            var size = Size(type);
            var place = at + 4 + wide;
            if (values * size > wide) place = order.Number(place, wide);
            switch (order.Number(at, 2))
            {
                case 258: bits = order.Number(place, size); break;
                case 262: photometric = order.Number(place, size); break;
                case 273 or 324: starts = (size, values, place); break; // strips or tiles
                case 279 or 325: sizes = (size, values, place); break;
            }
        }
        for (long i = 0; i < Math.Min(starts.Count, sizes.Count); i++)
        {
            var start = order.Number(starts.At + i * starts.Type, starts.Type);
            var size = order.Number(sizes.At + i * sizes.Type, sizes.Type);
            if (start < 0 || size < 0 || start > file.Length - size) return ImageHeader.Bad("truncated TIFF");
        }
        return new ImageHeader(Colour: photometric is not (0 or 1), bits == 16 ? 16 : 8, null);
    }

    private static long Size(long type) => type switch { 3 => 2, 4 => 4, 16 or 5 => 8, _ => 1 };

    private readonly ref struct Reader(ReadOnlySpan<byte> file, bool bigEndian)
    {
        private readonly ReadOnlySpan<byte> file = file;

        /// <summary>An unsigned number of 1, 2, 4 or 8 bytes; -1 where the file has ended.</summary>
        internal long Number(long at, long size)
        {
            if (at < 0 || at + size > file.Length) return -1;
            var s = file.Slice((int)at, (int)size);
            return size switch
            {
                1 => s[0],
                2 => bigEndian ? BinaryPrimitives.ReadUInt16BigEndian(s) : BinaryPrimitives.ReadUInt16LittleEndian(s),
                4 => bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(s) : BinaryPrimitives.ReadUInt32LittleEndian(s),
                _ => bigEndian ? BinaryPrimitives.ReadInt64BigEndian(s) : BinaryPrimitives.ReadInt64LittleEndian(s),
            };
        }
    }
}
