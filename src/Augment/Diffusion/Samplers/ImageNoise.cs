using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Diffusion.Samplers;

/// <summary>Standard normal noise of which each image's part depends on its own seed alone, whatever batch it is in.</summary>
/// <param name="seeds">Seed of each image.</param>
/// <param name="channels">C.</param>
/// <param name="height">H.</param>
/// <param name="width">W.</param>
/// <param name="device">Where the noise is.</param>
/// <param name="start">What sampling starts from instead of noise, [N, C, H, W]; stays the caller's.</param>
internal sealed class ImageNoise(IReadOnlyList<ulong> seeds, int channels, int height, int width, Device device, Tensor? start = null)
{
    /// <summary>Noise of one sampling step, float32 [N, C, H, W]; step -1 is the image that sampling starts from.</summary>
    /// <param name="step">Number of the step.</param>
    /// <param name="purpose">Names one of several noises of a step.</param>
    public Tensor At(int step, string purpose = "sampling noise")
    {
        if (step == -1 && start is not null)
        {
            return start.alias();
        }
        var pixels = channels * height * width;
        var values = new float[seeds.Count * pixels];
        for (var i = 0; i < seeds.Count; i++)
        {
            Rng.For(seeds[i], purpose, step).FillNormal(values.AsSpan(i * pixels, pixels));
        }
        return tensor(values, seeds.Count, channels, height, width, device: device);
    }
}
