using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Gan.Networks;

/// <summary>Standard normal numbers of which each image's part depends on its own seed alone.</summary>
internal static class NormalLatents
{
    /// <summary>float32 [N, ...shape], a row for each seed.</summary>
    /// <param name="seeds">One for each image.</param>
    /// <param name="shape">Of one image's part.</param>
    /// <param name="device">Where they are needed.</param>
    /// <param name="purpose">Names one of several draws of an image.</param>
    public static Tensor Of(IReadOnlyList<ulong> seeds, long[] shape, Device device, string purpose = "latent")
    {
        var size = (int)shape.Aggregate(1L, (a, b) => a * b);
        var values = new float[seeds.Count * size];
        for (var k = 0; k < seeds.Count; k++)
        {
            Rng.For(seeds[k], purpose).FillNormal(values.AsSpan(k * size, size));
        }
        return Aligned.Of(values, [seeds.Count, .. shape], device);
    }

    /// <summary>float32 [N, width].</summary>
    public static Tensor Of(IReadOnlyList<ulong> seeds, long width, Device device) => Of(seeds, [width], device);
}
