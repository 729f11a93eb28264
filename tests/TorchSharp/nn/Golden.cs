using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace TorchSharpTests;

/// <summary>goldens/nn.json, made by goldens/make_nn.py with Python's torch.</summary>
internal static class Golden
{
    public static readonly JsonElement Root = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "goldens", "nn.json"))).RootElement;

    public static Tensor Unpack(JsonElement packed)
    {
        var shape = packed.GetProperty("shape").EnumerateArray().Select(v => v.GetInt64()).ToArray();
        var data = packed.GetProperty("data").EnumerateArray();
        if (packed.GetProperty("type").GetString() == "int64")
        {
            return tensor(data.Select(v => v.GetInt64()).ToArray()).reshape(shape);
        }
        return tensor(data.Select(v => v.GetSingle()).ToArray()).reshape(shape);
    }

    /// <summary>Equal shapes, and each value within 1e-5 + 1e-4 of the expected one.</summary>
    public static void ShouldMatch(this Tensor actual, JsonElement packed, string what)
    {
        using var scope = NewDisposeScope();
        var expected = Unpack(packed).to(ScalarType.Float64);
        actual.shape.ShouldBe(expected.shape, what);
        var excess = (actual.detach().to(ScalarType.Float64) - expected).abs() - expected.abs() * 1e-4 - 1e-5;
        (excess.numel() == 0 ? 0 : excess.max().item<double>()).ShouldBeLessThanOrEqualTo(0, what);
    }

    /// <summary>Compares y and the gradients of sum(y sin(1, 2, ...)) with respect to the leaves.</summary>
    public static void Check(JsonElement entry, Tensor y, IReadOnlyList<Tensor> leaves, string name)
    {
        y.ShouldMatch(entry.GetProperty("y"), name);
        if (!entry.TryGetProperty("gradients", out var gradients))
        {
            return;
        }
        var weights = Enumerable.Range(1, (int)y.numel()).Select(i => (float)Math.Sin(i)).ToArray();
        (y * tensor(weights).reshape(y.shape)).sum().backward();
        for (var i = 0; i < leaves.Count; i++)
        {
            if (gradients[i].ValueKind != JsonValueKind.Null)
            {
                var gradient = leaves[i].grad.ShouldNotBeNull($"{name}: no gradient {i}");
                gradient.ShouldMatch(gradients[i], $"{name}: gradient {i}");
            }
        }
    }
}
