using System.Text.Json;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Odm.Engine.Tests.Training;

/// <summary>Two parameters at the start of goldens/training.json (made by goldens/make_training.py) and its gradients.</summary>
internal sealed class TrainingGolden : IDisposable
{
    public static readonly JsonElement Root = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "goldens", "training.json"))).RootElement;

    private static readonly Dictionary<string, long[]> shapes = new(StringComparer.Ordinal) { ["a"] = [3, 2], ["b"] = [4] };

    public TrainingGolden() => Named = [.. shapes.Select(s => (s.Key, new Parameter(Values(Root.GetProperty("start").GetProperty(s.Key), s.Value))))];

    public TrainingGolden(TrainingGolden copied) => Named = [.. copied.Named.Select(p => (p.name, new Parameter(p.parameter.detach().clone())))];

    public (string name, Parameter parameter)[] Named { get; }

    public void SetGradients(int step)
    {
        foreach (var (name, parameter) in Named)
        {
            using var gradient = Values(Root.GetProperty("gradients")[step].GetProperty(name), shapes[name]);
            parameter.grad = gradient;
        }
    }

    public void Dispose()
    {
        foreach (var (_, parameter) in Named)
        {
            parameter.Dispose();
        }
    }

    private static Tensor Values(JsonElement values, long[] shape)
    {
        using var flat = tensor(values.EnumerateArray().Select(v => v.GetSingle()).ToArray());
        return flat.reshape(shape);
    }
}

internal static class TrainingGoldenChecks
{
    /// <summary>Within two units in the last places of a float at the values' size.</summary>
    public static void ShouldBeClose(this Tensor actual, JsonElement expected, string what)
    {
        using var plain = actual.detach();
        var values = plain.data<float>().ToArray();
        var wanted = expected.EnumerateArray().Select(v => v.GetSingle()).ToArray();
        values.Length.ShouldBe(wanted.Length, what);
        for (var i = 0; i < wanted.Length; i++)
        {
            values[i].ShouldBe(wanted[i], 1e-6f + 1e-6f * Math.Abs(wanted[i]), what);
        }
    }
}
