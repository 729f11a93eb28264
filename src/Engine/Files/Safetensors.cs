using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Nodes;
using Odm.Engine.Runtime;
using static TorchSharp.torch;

namespace Odm.Engine.Files;

/// <summary>
/// The safetensors format (Hugging Face, format version of 2023): 8 bytes length, a JSON header, then the tensors little-endian.
/// Tensors of Python and of Odm read alike. A header's <c>__metadata__</c> holds texts.
/// </summary>
public static class Safetensors
{
    private static readonly (string Name, ScalarType Type)[] Types =
    [
        ("BOOL", ScalarType.Bool), ("U8", ScalarType.Byte), ("I8", ScalarType.Int8), ("I16", ScalarType.Int16), ("I32", ScalarType.Int32),
        ("I64", ScalarType.Int64), ("F16", ScalarType.Float16), ("BF16", ScalarType.BFloat16), ("F32", ScalarType.Float32),
            ("F64", ScalarType.Float64),
    ];

    /// <summary>Writes tensors of any device and layout, beside the place and renamed.</summary>
    public static void Write(string path, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string,
        string>? metadata = null) =>
        Durable.WriteFile(path, stream => Write(stream, tensors, metadata));

    internal static void Write(Stream stream, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string,
        string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        var names = tensors.Keys.Order(StringComparer.Ordinal).ToArray();
        var header = new JsonObject();
        if (metadata is { Count: > 0 })
        {
            header["__metadata__"] = new JsonObject(metadata.OrderBy(m => m.Key, StringComparer.Ordinal)
                .Select(m => KeyValuePair.Create(m.Key, (JsonNode?)m.Value)));
        }
        var offset = 0L;
        foreach (var name in names)
        {
            var tensor = tensors[name];
            var end = offset + tensor.numel() * tensor.element_size();
            header[name] = new JsonObject
            {
                ["dtype"] = Types.First(t => t.Type == tensor.dtype).Name,
                ["shape"] = new JsonArray([.. tensor.shape.Select(n => (JsonNode)n)]),
                ["data_offsets"] = new JsonArray(offset, end),
            };
            offset = end;
        }
        var text = JsonSerializer.SerializeToUtf8Bytes(header);
        var padded = (text.Length + 7) / 8 * 8; // the data start at a multiple of 8, padded with blanks
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, padded);
        stream.Write(length);
        stream.Write(text);
        stream.Write("        "u8[..(padded - text.Length)]);
        foreach (var name in names)
        {
            WriteData(stream, tensors[name]);
        }
    }

    /// <summary>Reads all tensors to the CPU; they belong to the caller's dispose scope.</summary>
    /// <exception cref="DatasetException">The file is missing, truncated or damaged; the message names it.</exception>
    public static Dictionary<string, Tensor> Read(string path) => Read(path, out _);

    /// <summary>Reads all tensors and the metadata.</summary>
    /// <inheritdoc cref="Read(string)"/>
    public static Dictionary<string, Tensor> Read(string path, out IReadOnlyDictionary<string, string> metadata)
    {
        if (!File.Exists(path))
        {
            throw new DatasetException($"{path}: no such file");
        }
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        var entries = ReadHeader(stream, path, out metadata);
        var start = stream.Position;
        var wanted = entries.Select(e => e.End).DefaultIfEmpty(0).Max();
        if (stream.Length < start + wanted)
        {
            throw new DatasetException($"{path}: truncated: {stream.Length} bytes where its header announces {start + wanted}");
        }
        var result = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            stream.Position = start + entry.Begin;
            var tensor = empty(entry.Shape, entry.Type);
            result[entry.Name] = tensor;
            if (tensor.numel() > 0)
            {
                stream.ReadExactly(tensor.bytes);
            }
        }
        return result;
    }

    private sealed record Entry(string Name, ScalarType Type, long[] Shape, long Begin, long End);

    private static List<Entry> ReadHeader(FileStream stream, string path, out IReadOnlyDictionary<string, string> metadata)
    {
        Span<byte> prefix = stackalloc byte[8];
        var length = stream.ReadAtLeast(prefix, 8, throwOnEndOfStream: false) < 8 ? -1 : BinaryPrimitives.ReadInt64LittleEndian(prefix);
        if (length < 2 || length > 100_000_000)
        {
            throw new DatasetException($"{path}: not a safetensors file");
        }
        if (stream.Length < 8 + length)
        {
            throw new DatasetException($"{path}: truncated: {stream.Length} bytes where its header alone takes {8 + length}");
        }
        var text = new byte[length];
        stream.ReadExactly(text);
        try
        {
            var header = JsonNode.Parse(text)!.AsObject();
            metadata = header["__metadata__"] is JsonObject texts
                ? texts.ToDictionary(m => m.Key, m => (string)m.Value!, StringComparer.Ordinal)
                : new Dictionary<string, string>(StringComparer.Ordinal);
            return [.. header.Where(e => e.Key != "__metadata__").Select(e => ToEntry(e.Key, e.Value!.AsObject(), path))];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NullReferenceException or FormatException
            or ArgumentException)
        {
            throw new DatasetException($"{path}: damaged safetensors header", e);
        }
    }

    private static Entry ToEntry(string name, JsonObject json, string path)
    {
        var type = (string)json["dtype"]!;
        var shape = json["shape"]!.AsArray().Select(n => (long)n!).ToArray();
        var (begin, end) = ((long)json["data_offsets"]![0]!, (long)json["data_offsets"]![1]!);
        var known = Types.Where(t => t.Name == type).ToArray();
        if (known.Length == 0)
        {
            throw new DatasetException($"{path}: {name} has type {type}; known are {string.Join(", ", Types.Select(t => t.Name))}");
        }
        var bytes = shape.Aggregate(1L, (a, b) => a * b) * ItemSize(known[0].Type);
        return begin >= 0 && end - begin == bytes ? new Entry(name, known[0].Type, shape, begin, end)
            : throw new DatasetException($"{path}: {name} does not fit its place in the file");
    }

    private static int ItemSize(ScalarType type) => type switch
    {
        ScalarType.Bool or ScalarType.Byte or ScalarType.Int8 => 1,
        ScalarType.Int16 or ScalarType.Float16 or ScalarType.BFloat16 => 2,
        ScalarType.Int64 or ScalarType.Float64 => 8,
        _ => 4,
    };

    private static void WriteData(Stream stream, Tensor tensor)
    {
        using var scope = NewDisposeScope();
        var plain = tensor.detach().cpu().contiguous();
        if (plain.numel() > 0)
        {
            stream.Write(plain.bytes);
        }
    }
}
