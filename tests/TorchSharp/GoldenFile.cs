using System.Globalization;
using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace TorchSharpTests;

/// <summary>A file in the safetensors format, read for tests.</summary>
internal sealed class GoldenFile
{
    private readonly byte[] bytes;
    private readonly JsonElement header;
    private readonly int start;

    internal GoldenFile(string name)
    {
        bytes = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "goldens", name));
        start = 8 + (int)BitConverter.ToUInt64(bytes);
        header = JsonDocument.Parse(bytes.AsMemory(8, start - 8)).RootElement;
    }

    internal string Metadata(string key) => header.GetProperty("__metadata__").GetProperty(key).GetString()!;

    internal unsafe Tensor Read(string name)
    {
        var entry = header.GetProperty(name);
        var offsets = entry.GetProperty("data_offsets");
        var shape = entry.GetProperty("shape").EnumerateArray().Select(s => s.GetInt64()).ToArray();
        fixed (byte* data = &bytes[start])
            return FromMemory(data + offsets[0].GetInt64(), shape, Type(entry.GetProperty("dtype").GetString()!));
    }

    private static ScalarType Type(string name) => name switch
    {
        "F32" => ScalarType.Float32,
        "F64" => ScalarType.Float64,
        "F16" => ScalarType.Float16,
        "BF16" => ScalarType.BFloat16,
        "I64" => ScalarType.Int64,
        "I32" => ScalarType.Int32,
        "I16" => ScalarType.Int16,
        "U8" => ScalarType.Byte,
        "BOOL" => ScalarType.Bool,
        _ => throw new NotSupportedException(name),
    };

    /// <summary>Fails unless shapes and types agree, and values to a tolerance; NaN equals NaN.</summary>
    internal static void ShouldAgree(Tensor found, Tensor expected, string what, double tolerance = 1e-5)
    {
        found.dtype.ShouldBe(expected.dtype, what);
        found.shape.ShouldBe(expected.shape, what);
        found.cpu().@double().allclose(expected.@double(), tolerance, tolerance, true)
            .ShouldBeTrue(string.Create(CultureInfo.InvariantCulture, $"{what}: found {Show(found)}, expected {Show(expected)}"));
    }

    private static string Show(Tensor tensor) => string.Join(' ', tensor.cpu().@double().contiguous().data<double>().Take(24).Select(v => v.ToString("g6", CultureInfo.InvariantCulture)));
}
