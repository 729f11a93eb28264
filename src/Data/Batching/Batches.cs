using System.Runtime.InteropServices;
using Odm.Data.Images;
using Odm.Engine.Runtime;
using static TorchSharp.torch;

namespace Odm.Data.Batching;

/// <summary>Images as a network takes them, on the CPU.</summary>
/// <param name="Images">float [N, C, H, W], normalised.</param>
/// <param name="Labels">int64 [N]; -1 where there is none.</param>
/// <param name="Masks">float [N, 1, H, W], 0 or 1; null where the set has none.</param>
/// <param name="Indices">Places in the set.</param>
public sealed record Batch(Tensor Images, Tensor Labels, Tensor? Masks, IReadOnlyList<int> Indices) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        Images.Dispose();
        Labels.Dispose();
        Masks?.Dispose();
    }
}

/// <summary>
/// Batches as a function of the step: epoch e is the permutation, or with another sampling the draw, from (seed, purpose, e); an image's
/// transform is drawn from (seed, purpose, step, slot). Nothing is remembered, so a resumed run sees the same batches.
/// </summary>
public sealed class Batches
{
    private readonly ImageSet set;
    private readonly ulong seed;
    private readonly string purpose;
    private readonly Normalisation normalisation;
    private readonly ImageTransform? transform;
    private readonly Sampling sampling;
    private readonly int[] labels;
    private readonly long epochs;
    private readonly Normalisation? synthetic;
    private (long Epoch, int[] Order) drawn = (-1, []);

    /// <param name="set">Training images; at least one.</param>
    /// <param name="batchSize">Images a batch; at most the whole set is taken.</param>
    /// <param name="seed">Run seed.</param>
    /// <param name="purpose">Name of this stream, e.g. <c>"classifier"</c>.</param>
    /// <param name="normalisation">Applied last.</param>
    /// <param name="transform">Applied to each image in [0, 1] and its mask.</param>
    /// <param name="dropLast">True (training): an epoch's last, smaller batch is left out. False: it is given as it is.</param>
    /// <param name="sampling">How often each class is drawn; other than natural, every image needs a label.</param>
    /// <param name="steps">Steps of the whole training, which progressive sampling divides into its E epochs.</param>
    /// <param name="synthetic">The normalisation of synthetic images where it is another; null: alike.</param>
    public Batches(ImageSet set, int batchSize, ulong seed, string purpose, Normalisation normalisation, ImageTransform? transform = null,
        bool dropLast = true, Sampling sampling = Sampling.Natural, long steps = 0, Normalisation? synthetic = null)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(normalisation);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        if (set.Count == 0)
        {
            throw new ArgumentException("no images to draw batches from", nameof(set));
        }
        if (normalisation.Channels != set.Channels)
        {
            throw new ArgumentException($"normalisation of {normalisation.Channels} channels for images of {set.Channels}",
                nameof(normalisation));
        }
        (this.set, this.seed, this.purpose, this.normalisation, this.transform) = (set, seed, purpose, normalisation, transform);
        BatchSize = Math.Min(batchSize, set.Count);
        PerEpoch = dropLast ? set.Count / BatchSize : (set.Count + BatchSize - 1) / BatchSize;
        (this.sampling, this.synthetic) = (sampling, synthetic);
        labels = sampling == Sampling.Natural ? [] : [.. set.Rows.Select(r => r.Label)];
        if (labels.Any(l => l < 0))
        {
            throw new ArgumentException($"sampling {sampling} draws by class, and an image has none", nameof(set));
        }
        epochs = Math.Max(1, (steps + PerEpoch - 1) / PerEpoch);
    }

    /// <summary>Images a full batch.</summary>
    public int BatchSize { get; }

    /// <summary>Batches an epoch.</summary>
    public int PerEpoch { get; }

    /// <summary>Batches an epoch of so many images has, its last, smaller batch left out.</summary>
    public static int EpochOf(int images, int batchSize) => images / Math.Min(batchSize, images);

    /// <summary>Indices of the images of a step, counted from 0 over all epochs.</summary>
    public IReadOnlyList<int> IndicesAt(long step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        return IndicesAt(step / PerEpoch, step % PerEpoch);
    }

    private int[] IndicesAt(long epoch, long place)
    {
        if (drawn.Epoch != epoch)
        {
            drawn = (epoch, Order(epoch));
        }
        var start = (int)place * BatchSize;
        return drawn.Order[start..Math.Min(start + BatchSize, set.Count)];
    }

    private int[] Order(long epoch) => sampling == Sampling.Natural ? Rng.For(seed, purpose + " epoch", epoch).Permutation(set.Count)
        : Resampling.Order(Resampling.Shares(sampling, set.ClassCounts(), Math.Min(1, (double)epoch / epochs)), labels,
            Rng.Seed(seed, purpose + " sampling", epoch));

    /// <summary>The batch of a step; its tensors belong to the caller's dispose scope.</summary>
    public Batch At(long step) => At(step, step / PerEpoch, step % PerEpoch);

    /// <summary>The same of a training whose epochs are of other images, and so of other lengths, before and after.</summary>
    /// <param name="step">Steps done, which decide the transforms.</param>
    /// <param name="epoch">The epoch, which decides the order.</param>
    /// <param name="place">Batches of the epoch before this one, below <see cref="PerEpoch"/>.</param>
    public Batch At(long step, long epoch, long place)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(place, PerEpoch);
        var stream = Rng.Seed(seed, purpose + " transform", step);
        return Make(set, IndicesAt(epoch, place), i => set.Rows[i].Origin == ImageRow.Synthetic && synthetic is not null ? synthetic
            : normalisation, transform, slot => Rng.For(stream, "slot", slot));
    }

    /// <summary>The images at <paramref name="indices"/> as they are, for prediction.</summary>
    public static Batch Of(ImageSet set, IReadOnlyList<int> indices, Normalisation normalisation)
        => Make(set, indices, _ => normalisation, null, _ => new Rng(0));

    private static Batch Make(ImageSet set, IReadOnlyList<int> indices, Func<int, Normalisation> norm, ImageTransform? transform,
        Func<int, Rng> rng)
    {
        Tensor? images = null, masks = null;
        for (var slot = 0; slot < indices.Count; slot++)
        {
            using var scope = NewDisposeScope();
            var (image, mask) = Load(set, indices[slot]);
            if (transform is not null)
            {
                (image, mask) = transform(image, mask, rng(slot));
            }
            images ??= empty([indices.Count, .. image.shape]).MoveToOuterDisposeScope();
            CopyInto(images, slot, image, norm(indices[slot]));
            if (mask is null)
            {
                continue;
            }
            masks ??= empty([indices.Count, .. mask.shape]).MoveToOuterDisposeScope();
            CopyInto(masks, slot, mask, null);
        }
        return new Batch(images!, tensor(indices.Select(i => (long)set.Rows[i].Label).ToArray()), masks, indices);
    }

    private static (Tensor Image, Tensor? Mask) Load(ImageSet set, int index)
    {
        var image = empty([set.Channels, set.Height, set.Width]);
        ToUnit(set.Image(index), image, 255);
        if (!set.HasMasks)
        {
            return (image, null);
        }
        var mask = empty([1, set.Height, set.Width]);
        ToUnit(set.Mask(index), mask, 255);
        return (image, mask);
    }

    private static void ToUnit(ReadOnlySpan<byte> levels, Tensor into, float white)
    {
        var values = MemoryMarshal.Cast<byte, float>(into.bytes);
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = levels[i] / white;
        }
    }

    private static void CopyInto(Tensor batch, int slot, Tensor one, Normalisation? norm)
    {
        if (one.dtype != ScalarType.Float32 || !one.shape.SequenceEqual(batch.shape.Skip(1)))
        {
            throw new ArgumentException($"a transform gave {one.dtype} [{string.Join(", ", one.shape)}] where float32 ["
                + $"{string.Join(", ", batch.shape.Skip(1))}] was expected");
        }
        var values = MemoryMarshal.Cast<byte, float>(one.contiguous().bytes);
        var place = MemoryMarshal.Cast<byte, float>(batch.bytes).Slice(slot * values.Length, values.Length);
        values.CopyTo(place);
        var plane = values.Length / (int)one.shape[0];
        for (var c = 0; c < one.shape[0] && norm is not null; c++)
        {
            norm.Apply(place.Slice(c * plane, plane), c);
        }
    }
}
