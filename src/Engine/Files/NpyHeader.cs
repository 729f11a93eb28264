using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Odm.Engine.Runtime;

namespace Odm.Engine.Files;

/// <summary>The header of a NumPy <c>.npy</c> file (format versions 1 to 3), little-endian C-ordered arrays only.</summary>
/// <param name="Type">NumPy's type letter and width without the byte order: <c>u1</c>, <c>i4</c>, <c>f8</c>, <c>b1</c>, ...</param>
/// <param name="Shape">Dimensions; empty for a scalar.</param>
public sealed partial record NpyHeader(string Type, IReadOnlyList<long> Shape)
{
    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Bytes an element takes.</summary>
    public int ItemSize => int.Parse(Type.AsSpan(1), CultureInfo.InvariantCulture);

    /// <summary>Number of elements.</summary>
    public long Count => Shape.Aggregate(1L, (product, n) => checked(product * n));

    /// <summary>Bytes of data after the header.</summary>
    public long ByteCount => checked(Count * ItemSize);

    /// <summary>Reads a header and leaves the stream at the first element.</summary>
    /// <exception cref="DatasetException">What is there is no such header; the message names <paramref name="name"/>.</exception>
    public static NpyHeader Read(Stream stream, string name)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Span<byte> start = stackalloc byte[12];
        if (stream.ReadAtLeast(start[..8], 8, throwOnEndOfStream: false) < 8 || !start[..6].SequenceEqual(Magic))
        {
            throw new DatasetException($"{name}: not a NumPy .npy file");
        }
        var wide = start[6] >= 2 ? 4 : 2;
        if (stream.ReadAtLeast(start.Slice(8, wide), wide, throwOnEndOfStream: false) < wide)
        {
            throw new DatasetException($"{name}: truncated in its header");
        }
        var length = wide == 4 ? BinaryPrimitives.ReadUInt32LittleEndian(start[8..]) : BinaryPrimitives.ReadUInt16LittleEndian(start[8..]);
        if (length > 1 << 20)
        {
            throw new DatasetException($"{name}: damaged .npy header");
        }
        var text = new byte[length];
        if (stream.ReadAtLeast(text, text.Length, throwOnEndOfStream: false) < text.Length)
        {
            throw new DatasetException($"{name}: truncated in its header");
        }
        return Parse(Encoding.Latin1.GetString(text), name);
    }

    /// <summary>Writes a version 1 header, padded so that the data start at a multiple of 64 as NumPy does.</summary>
    public void Write(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var order = ItemSize == 1 ? '|' : '<';
        var shape = string.Join(", ", Shape.Select(n => n.ToString(CultureInfo.InvariantCulture))) + (Shape.Count == 1 ? "," : "");
        var text = $"{{'descr': '{order}{Type}', 'fortran_order': False, 'shape': ({shape}), }}";
        var padded = (10 + text.Length + 1 + 63) / 64 * 64 - 10;
        var header = new byte[10 + padded];
        Magic.CopyTo(header);
        header[6] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(8), (ushort)padded);
        Encoding.ASCII.GetBytes((text.PadRight(padded - 1) + "\n").AsSpan(), header.AsSpan(10));
        stream.Write(header);
    }

    private static NpyHeader Parse(string text, string name)
    {
        var match = Layout().Match(text);
        if (!match.Success)
        {
            throw new DatasetException($"{name}: .npy header not understood: {text.Trim()}");
        }
        var type = match.Groups["type"].Value;
        if (match.Groups["order"].Value == ">" && type[1..] != "1")
        {
            throw new DatasetException($"{name}: big-endian array ({type}); save it little-endian");
        }
        var shape = match.Groups["shape"].Value.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries)
            .Select(n => long.Parse(n.TrimEnd('L'), CultureInfo.InvariantCulture)).ToArray();
        if (match.Groups["fortran"].Value == "True" && shape.Count(n => n > 1) > 1)
        {
            throw new DatasetException($"{name}: Fortran-ordered array; save numpy.ascontiguousarray of it");
        }
        return new NpyHeader(type, shape);
    }

    [GeneratedRegex(@"^\{\s*'descr':\s*'(?<order>[<>|=]?)(?<type>[biuf]\d+)',\s*'fortran_order':\s*(?<fortran>True|False),\s*"
        + @"'shape':\s*\((?<shape>[0-9L, ]*)\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Layout();
}
