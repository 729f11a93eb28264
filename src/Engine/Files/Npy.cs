using System.Runtime.InteropServices;
using Odm.Engine.Runtime;

namespace Odm.Engine.Files;

/// <summary>A NumPy array in memory: what a small <c>.npy</c> file or an entry of an <c>.npz</c> holds.</summary>
/// <param name="Header">Type and shape.</param>
/// <param name="Bytes">The elements, little-endian, in C order.</param>
public sealed record NpyArray(NpyHeader Header, byte[] Bytes)
{
    /// <summary>The elements as whole numbers, whatever their type.</summary>
    public long[] ToInt64() => Header.Type switch
    {
        "b1" or "u1" => Convert<byte, long>(v => v),
        "i1" => Convert<sbyte, long>(v => v),
        "i2" => Convert<short, long>(v => v),
        "u2" => Convert<ushort, long>(v => v),
        "i4" => Convert<int, long>(v => v),
        "u4" => Convert<uint, long>(v => v),
        "i8" => Convert<long, long>(v => v),
        "u8" => Convert<ulong, long>(v => checked((long)v)),
        "f4" => Convert<float, long>(v => checked((long)v)),
        "f8" => Convert<double, long>(v => checked((long)v)),
        _ => throw new DatasetException($"NumPy type {Header.Type} is not supported"),
    };

    /// <summary>The elements as floating point numbers, whatever their type.</summary>
    public double[] ToDouble() => Header.Type switch
    {
        "f4" => Convert<float, double>(v => v),
        "f8" => Convert<double, double>(v => v),
        "u8" => Convert<ulong, double>(v => v),
        _ => Array.ConvertAll(ToInt64(), v => (double)v),
    };

    private TOut[] Convert<TIn, TOut>(Func<TIn, TOut> convert)
        where TIn : unmanaged
    {
        var values = MemoryMarshal.Cast<byte, TIn>(Bytes);
        var result = new TOut[values.Length];
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = convert(values[i]);
        }
        return result;
    }
}

/// <summary>Reads and writes NumPy <c>.npy</c> files.</summary>
public static class Npy
{
    /// <summary>Reads a whole file of less than 2 GB; larger ones go through <see cref="NpyMap"/>.</summary>
    public static NpyArray Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new DatasetException($"{path}: no such file");
        }
        using var stream = File.OpenRead(path);
        return Read(stream, path);
    }

    /// <summary>Reads a header and its elements; errors name <paramref name="name"/>.</summary>
    public static NpyArray Read(Stream stream, string name)
    {
        var header = NpyHeader.Read(stream, name);
        if (header.ByteCount > Array.MaxLength)
        {
            throw new DatasetException($"{name}: {header.ByteCount} bytes are too many to read at once");
        }
        var bytes = new byte[header.ByteCount];
        if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
        {
            throw new DatasetException($"{name}: truncated: its header announces {bytes.Length} bytes of data");
        }
        return new NpyArray(header, bytes);
    }

    /// <summary>Writes an array: uint8, int, float32 or float64, or another primitive NumPy knows.</summary>
    public static void Write<T>(string path, ReadOnlySpan<T> values, params long[] shape)
        where T : unmanaged
    {
        var header = new NpyHeader(TypeOf<T>(), shape);
        if (header.Count != values.Length)
        {
            throw new ArgumentException($"{values.Length} values do not fill shape ({string.Join(", ", shape)})", nameof(shape));
        }
        var bytes = MemoryMarshal.AsBytes(values).ToArray();
        Durable.WriteFile(path, stream =>
        {
            header.Write(stream);
            stream.Write(bytes);
        });
    }

    private static string TypeOf<T>() => default(T) switch
    {
        bool => "b1",
        byte => "u1",
        sbyte => "i1",
        short => "i2",
        ushort => "u2",
        int => "i4",
        uint => "u4",
        long => "i8",
        ulong => "u8",
        float => "f4",
        double => "f8",
        _ => throw new ArgumentException($"no NumPy type for {typeof(T).Name}"),
    };
}
