using Odm.Augment.Diffusion;
using Odm.Data.Images;
using Odm.Engine.Runtime;
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
        Sampling = BatchSampling.Triplets,
        Ordinal = new() { Triplets = TripletKind.Images },
        Sampler = new() { Steps = 3, Batch = 4 },
    };

    public static ImageSet Images(int side = 8)
    {
        var rows = Enumerable.Range(0, 30).Select(i => new ImageRow { Id = $"i{i}", Label = i % 5, Source = $"{i}.png" }).ToArray();
        var rng = new Rng(3);
        byte[] pixels = [.. Enumerable.Range(0, 30).SelectMany(i => Enumerable.Range(0, side * side).Select(_ => (byte)(40 * (i % 5) + rng.NextInt(40))))];
        return ImageSet.FromPixels(pixels, 1, side, side, rows, Classes);
    }

    /// <summary>A generator of images with masks, of the smallest size.</summary>
    public static DiffusionConfig MaskConfig { get; } = Config with { Masks = true, Steps = 2, Batch = 4 };

    /// <summary>Five unlabelled colour images with a bright square, and the mask of it.</summary>
    public static ImageSet Masked(int side = 8)
    {
        var rows = Enumerable.Range(0, 5).Select(i => new ImageRow { Id = $"m{i}", Label = -1, Source = $"{i}.png" }).ToArray();
        var rng = new Rng(4);
        var masks = new byte[5 * side * side];
        var pixels = new byte[5 * 3 * side * side];
        for (var i = 0; i < 5; i++)
        {
            var (top, left) = (1 + rng.NextInt(3), 1 + rng.NextInt(3));
            for (var k = 0; k < side * side; k++)
            {
                var on = k / side >= top && k / side < top + 2 && k % side >= left && k % side < left + 2;
                masks[i * side * side + k] = on ? (byte)255 : (byte)0;
                for (var c = 0; c < 3; c++)
                {
                    pixels[(i * 3 + c) * side * side + k] = (byte)(on ? 200 + rng.NextInt(50) : 40 * c + rng.NextInt(20));
                }
            }
        }
        return ImageSet.FromPixels(pixels, 3, side, side, rows, [], masks);
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
