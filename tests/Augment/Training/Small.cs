using Odm.Data;
using static TorchSharp.torch;

namespace Odm.Augment.Tests;

/// <summary>A training small enough for a unit test: 30 images of 8 x 8 pixels in 5 grades, brighter with the grade.</summary>
internal static class Small
{
    public static readonly string[] Classes = ["none", "mild", "moderate", "severe", "proliferative"];

    public static DiffusionConfig Config { get; } = new()
    {
        Network = new() { Channels = 4, Multipliers = [1, 2], Blocks = 1, Attention = [4], Groups = 2, Dropout = 0.1 },
        Batch = 8,
        Steps = 8,
        LearningRate = 1e-3,
        Warmup = 2,
        HorizontalFlip = true,
        Sampler = new() { Steps = 3, Batch = 4 },
    };

    public static ImageSet Images(int side = 8)
    {
        var rows = Enumerable.Range(0, 30).Select(i => new ImageRow { Id = $"i{i}", Label = i % 5, Source = $"{i}.png" }).ToArray();
        var rng = new Rng(3);
        byte[] pixels = [.. Enumerable.Range(0, 30).SelectMany(i => Enumerable.Range(0, side * side).Select(_ => (byte)(40 * (i % 5) + rng.NextInt(40))))];
        return ImageSet.FromPixels(pixels, 1, side, side, rows, Classes);
    }

    public static RunContext Context(List<Progress>? reports = null, CancellationToken cancel = default, Precision precision = Precision.Fp32) =>
        new(CPU, precision, p => reports?.Add(p), cancel);
}

/// <summary>A folder that is gone after the test.</summary>
internal sealed class Scratch : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("odm-augment-");

    public string this[string name] => Path.Combine(folder.FullName, name);

    public void Dispose() => folder.Delete(recursive: true);
}
