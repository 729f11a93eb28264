using System.Text.Json.Nodes;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Tests;

/// <summary>Files that the scripts in goldens/ wrote, and comparisons with them.</summary>
internal static class Goldens
{
    public static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "goldens", name);

    public static JsonNode Json(string name) => JsonNode.Parse(File.ReadAllText(PathOf(name)))!;

    public static double[] Doubles(this JsonNode? node) => [.. node!.AsArray().Select(x => x!.GetValue<double>())];

    public static Tensor Tensor(this JsonNode? node, params long[] shape) =>
        tensor(Array.ConvertAll(node.Doubles(), x => (float)x)).reshape(shape);

    public static float[] Values(this Tensor x)
    {
        using var scope = NewDisposeScope();
        return x.detach().cpu().to(ScalarType.Float32).contiguous().data<float>().ToArray();
    }

    /// <summary>Largest difference over max(1, largest value): the measure of "agrees to".</summary>
    public static double Difference(Tensor a, Tensor b)
    {
        var (x, y) = (a.Values(), b.Values());
        x.Length.ShouldBe(y.Length);
        var scale = Math.Max(1, y.Max(Math.Abs));
        return x.Zip(y, (p, q) => float.IsNaN(p) ? double.PositiveInfinity : Math.Abs(p - q)).Max() / scale;
    }
}
