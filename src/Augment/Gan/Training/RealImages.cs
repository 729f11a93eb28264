using Odm.Data.Images;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Gan.Training;

/// <summary>How the images of a training batch are drawn, with replacement.</summary>
public enum ClassSampling
{
    /// <summary>Each class equally often.</summary>
    Balanced,

    /// <summary>Each image equally often.</summary>
    Natural,
}

/// <summary>Batches of an image set, mirrored as the settings say; a mask, mirrored with its image, is the last channel.</summary>
/// <param name="set">Training images, at least one.</param>
/// <param name="config">Sampling and flips.</param>
/// <param name="masks">Whether the mask is a channel.</param>
/// <param name="classes">Whether the networks are told the class; then images without a label are left out.</param>
internal sealed class RealImages(ImageSet set, AdversarialConfig config, bool masks, bool classes) : IRealImages
{
    private readonly int[] all = [.. Enumerable.Range(0, set.Count).Where(i => !classes || set.Rows[i].Label >= 0)];
    private readonly int[][] byClass = [.. Enumerable.Range(0, set.Count).Where(i => set.Rows[i].Label >= 0)
        .GroupBy(i => set.Rows[i].Label).OrderBy(g => g.Key).Select(g => g.ToArray())];

    /// <inheritdoc/>
    public (Tensor Images, Tensor? Classes) Draw(ulong seed, int count, Device device)
    {
        using var scope = NewDisposeScope();
        var indices = Indices(seed, count);
        var bytes = masks ? cat([set.Pixels(indices), set.MaskPixels(indices)], 1) : set.Pixels(indices);
        var images = bytes.to(device).to(ScalarType.Float32) / Number.Of(127.5) - Number.Of(1);
        images = Mirrored(images, config.HorizontalFlip, 3, Rng.For(seed, "horizontal flip"));
        images = Mirrored(images, config.VerticalFlip, 2, Rng.For(seed, "vertical flip"));
        return (images.MoveToOuterDisposeScope(), classes ? Labels(indices, device).MoveToOuterDisposeScope() : null);
    }

    /// <inheritdoc/>
    public Tensor? Classes(ulong seed, int count, Device device) => classes ? Labels(Indices(seed, count), device) : null;

    private Tensor Labels(int[] indices, Device device)
    {
        using var scope = NewDisposeScope();
        return tensor(Array.ConvertAll(indices, i => (long)set.Rows[i].Label), device: device).MoveToOuterDisposeScope();
    }

    private int[] Indices(ulong seed, int count)
    {
        var rng = Rng.For(seed, "images");
        return [.. Enumerable.Range(0, count).Select(_ => One(rng))];
    }

    private int One(Rng rng)
    {
        if (config.Sampling == ClassSampling.Natural || byClass.Length == 0)
        {
            return all[rng.NextInt(all.Length)];
        }
        var alike = byClass[rng.NextInt(byClass.Length)];
        return alike[rng.NextInt(alike.Length)];
    }

    // every other image
    private static Tensor Mirrored(Tensor images, bool wanted, long axis, Rng rng)
    {
        if (!wanted)
        {
            return images;
        }
        var chosen = tensor(Enumerable.Range(0, (int)images.shape[0]).Select(_ => rng.NextBool(.5)).ToArray(), device: images.device);
        return where(chosen.reshape(-1, 1, 1, 1), images.flip(axis), images);
    }
}
