using Odm.Data.Images;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Diffusion.Training;

/// <summary>Images and noise of part of a training batch.</summary>
internal static class TrainingImages
{
    /// <summary>Images in [-1, 1], their masks (-1 or 1) after them where asked: float32 [n, C, H, W].</summary>
    public static Tensor Clean(ImageSet set, bool masks, int[] indices, Device device)
    {
        using var scope = NewDisposeScope();
        var bytes = masks ? cat([set.Pixels(indices), set.MaskPixels(indices)], 1) : set.Pixels(indices);
        return (bytes.to(device).to(ScalarType.Float32) / 127.5 - 1).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Images in [-1, 1], their masks (-1 or 1) after them where asked, mirrored where the batch says so, and their noise: float32 [n, C,
    /// H, W] each.
    /// </summary>
    public static (Tensor Clean, Tensor Noise) Of(ImageSet train, bool masks, GradeBatch batch, int first, int n, Device device)
    {
        using var scope = NewDisposeScope();
        var slots = Enumerable.Range(first, n).ToArray();
        var images = Array.ConvertAll(slots, i => batch.Indices[i]);
        var clean = Clean(train, masks, images, device);
        if (slots.Any(i => batch.Flipped[i]))
        {
            var flipped = tensor(Array.ConvertAll(slots, i => batch.Flipped[i] ? 1f : 0f), device: device).reshape(-1, 1, 1, 1);
            clean = clean * (1 - flipped) + clean.flip(3) * flipped;
        }
        var channels = (int)clean.shape[1];
        var pixels = channels * train.Height * train.Width;
        var values = new float[n * pixels];
        for (var i = 0; i < n; i++)
        {
            var seed = batch.NoiseSeeds[first + i];
            if (i > 0 && seed == batch.NoiseSeeds[first + i - 1])
            {
                values.AsSpan((i - 1) * pixels, pixels).CopyTo(values.AsSpan(i * pixels)); // shared within the triplet
            }
            else
            {
                new Rng(seed).FillNormal(values.AsSpan(i * pixels, pixels));
            }
        }
        var noise = tensor(values, n, channels, train.Height, train.Width, device: device);
        return scope.MoveToOuter(clean, noise);
    }
}
