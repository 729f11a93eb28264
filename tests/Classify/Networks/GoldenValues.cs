using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Classify.Tests;

/// <summary>Comparison with a golden of PyTorch in float64.</summary>
internal static class GoldenValues
{
    /// <summary>Share of a tensor's largest value that may differ.</summary>
    public const double Tolerance = 1e-4;

    /// <summary>Numbers of an array, nested or not, or one number.</summary>
    public static double[] Values(JsonElement element) => element.ValueKind == JsonValueKind.Number
        ? [element.GetDouble()]
        : [.. element.EnumerateArray().SelectMany(Values)];

    /// <summary>The largest and some values of each parameter's gradient.</summary>
    public static void GradientsAgree(nn.Module network, JsonElement golden, double floor)
    {
        foreach (var (name, parameter) in network.named_parameters())
        {
            var expected = golden.GetProperty(name);
            // a bias before a batch norm has no gradient but rounding, hence the floor
            var allowed = Tolerance * Math.Max(expected.GetProperty("largest").GetDouble(), floor);
            var gradient = parameter.grad!.contiguous().flatten().data<double>().ToArray();
            var found = expected.GetProperty("at").EnumerateArray().Select(i => gradient[i.GetInt32()]).ToArray();
            found.ShouldBe(Values(expected.GetProperty("values")), allowed, name);
            gradient.Max(Math.Abs).ShouldBe(expected.GetProperty("largest").GetDouble(), allowed, name);
        }
    }

    /// <summary>Values within <see cref="Tolerance"/> of the largest.</summary>
    public static void Agree(IEnumerable<double> found, double[] expected, string what) => found.ToArray().ShouldBe(expected, Tolerance * expected.Max(Math.Abs), what);
}
