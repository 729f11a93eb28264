using System.IO.Compression;
using System.Numerics;
using System.Security.Cryptography;
using Odm.Engine.Runtime;
using static TorchSharp.torch;

namespace Odm.Engine.Files;

/// <summary>
/// Reads dictionaries of tensors as PyTorch's <c>torch.save</c> writes them (.pth, .pt): the legacy format, five pickles and the storages
/// after one another, and the archive that came with 1.6. Strict: a plain state dictionary of contiguous tensors, nothing else; no code
/// runs.
/// </summary>
public static class TorchFile
{
    private static readonly BigInteger Magic =
        BigInteger.Parse("119547037146038801333356", System.Globalization.CultureInfo.InvariantCulture);

    private static readonly Dictionary<string, (ScalarType Type, int Bytes)> Types = new(StringComparer.Ordinal)
    {
        ["torch.FloatStorage"] = (ScalarType.Float32, 4),
        ["torch.DoubleStorage"] = (ScalarType.Float64, 8),
        ["torch.HalfStorage"] = (ScalarType.Float16, 2),
        ["torch.BFloat16Storage"] = (ScalarType.BFloat16, 2),
        ["torch.LongStorage"] = (ScalarType.Int64, 8),
        ["torch.IntStorage"] = (ScalarType.Int32, 4),
        ["torch.ByteStorage"] = (ScalarType.Byte, 1),
    };

    /// <summary>Reads all tensors to the CPU; they belong to the caller's dispose scope.</summary>
    /// <exception cref="DatasetException">The file is missing, damaged or holds anything but tensors by name; the message names
    /// it.</exception>
    public static Dictionary<string, Tensor> Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new DatasetException($"{path}: no such file");
        }
        try
        {
            using var stream = File.OpenRead(path);
            Span<byte> head = stackalloc byte[2];
            stream.ReadExactly(head);
            stream.Position = 0;
            return head.SequenceEqual("PK"u8) ? ReadArchive(stream) : ReadLegacy(stream);
        }
        // what a damaged pickle makes of the stack: casts, indices and keys that do not fit
        catch (Exception e) when (e is FormatException or EndOfStreamException or InvalidDataException or InvalidCastException
            or ArgumentException or KeyNotFoundException or NullReferenceException or IndexOutOfRangeException or OverflowException)
        {
            throw new DatasetException($"{path}: no PyTorch file of named tensors, or damaged ({e.Message.ReplaceLineEndings(" ")})", e);
        }
    }

    /// <summary>Reads .safetensors, or else what <see cref="Read"/> reads.</summary>
    /// <inheritdoc cref="Read(string)"/>
    public static Dictionary<string, Tensor> ReadWeights(string path) =>
        path.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase) ? Safetensors.Read(path) : Read(path);

    /// <summary>Lower-case hex SHA-256 of a file, to compare with the one that its source names.</summary>
    /// <exception cref="DatasetException">There is no such file.</exception>
    public static string Sha256(string path)
    {
        if (!File.Exists(path))
        {
            throw new DatasetException($"{path}: no such file");
        }
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    private static Dictionary<string, Tensor> ReadLegacy(FileStream stream)
    {
        using var reader = new BinaryReader(stream);
        if (Pickle.Read(reader) is not BigInteger magic || magic != Magic || Pickle.Read(reader) is not 1001L)
        {
            throw new FormatException("its first pickles are others");
        }
        if (Pickle.Read(reader) is not Dictionary<object, object?> system || system["little_endian"] is not true)
        {
            throw new FormatException("not little-endian");
        }
        var arrays = Arrays(Pickle.Read(reader));
        var keys = (List<object?>)Pickle.Read(reader)!;
        var storages = arrays.Values.Select(a => a.Storage).DistinctBy(s => s.Key).ToDictionary(s => s.Key, StringComparer.Ordinal);
        var data = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var key in keys.Cast<string>())
        {
            var storage = storages[key];
            if (Pickle.Int64(reader) != storage.Count)
            {
                throw new FormatException($"storage {key} has another size than its name says");
            }
            data[key] = Bytes(reader, storage);
        }
        return Tensors(arrays, s => data[s.Key]);
    }

    private static Dictionary<string, Tensor> ReadArchive(FileStream stream)
    {
        using var archive = new ZipArchive(stream, ZipArchiveMode.Read);
        var index = archive.Entries.Single(e => e.FullName.EndsWith("/data.pkl", StringComparison.Ordinal));
        using var reader = new BinaryReader(index.Open());
        var folder = index.FullName[..^"data.pkl".Length];
        return Tensors(Arrays(Pickle.Read(reader)), storage =>
        {
            using var entry = new BinaryReader(archive.GetEntry($"{folder}data/{storage.Key}")!.Open());
            return Bytes(entry, storage);
        });
    }

    private static Dictionary<string, Pickle.Array> Arrays(object? root) => ((Dictionary<object, object?>)root!).ToDictionary(
        e => (string)e.Key, e => e.Value as Pickle.Array ?? throw new FormatException($"'{e.Key}' is no tensor"), StringComparer.Ordinal);

    private static byte[] Bytes(BinaryReader reader, Pickle.Storage storage)
    {
        var wanted = checked((int)(storage.Count * Known(storage).Bytes));
        var bytes = reader.ReadBytes(wanted);
        return bytes.Length == wanted ? bytes
            : throw new EndOfStreamException($"{bytes.Length} of {wanted} bytes of storage {storage.Key}");
    }

    private static (ScalarType Type, int Bytes) Known(Pickle.Storage storage) =>
        Types.TryGetValue(storage.Type, out var type) ? type : throw new FormatException($"values of {storage.Type}");

    private static Dictionary<string, Tensor> Tensors(Dictionary<string, Pickle.Array> arrays, Func<Pickle.Storage, byte[]> data)
    {
        var result = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var (name, array) in arrays)
        {
            var (type, size) = Known(array.Storage);
            var (count, stride) = (1L, 1L);
            for (var d = array.Shape.Length - 1; d >= 0; d--)
            {
                if (array.Shape[d] != 1 && array.Strides[d] != stride)
                {
                    throw new FormatException($"'{name}' is not contiguous");
                }
                stride *= array.Shape[d];
                count *= array.Shape[d];
            }
            var tensor = result[name] = empty(array.Shape, type);
            data(array.Storage).AsSpan(checked((int)(array.Offset * size)), checked((int)(count * size))).CopyTo(tensor.bytes);
        }
        return result;
    }
}
