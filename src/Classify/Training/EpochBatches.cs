using Odm.Data.Batching;
using Odm.Data.Images;

namespace Odm.Classify.Training;

/// <summary>Batches of images that may change from epoch to epoch; of fixed images they are those of <see cref="Batches"/>.</summary>
/// <param name="images">Where the images come from.</param>
/// <param name="batchSize">Images a step.</param>
/// <param name="batchesOf">Batches of one set.</param>
/// <param name="standing">The training as it stands; null where it is no classifier's.</param>
internal sealed class EpochBatches(ITrainingImages images, int batchSize, Func<ImageSet, Batches> batchesOf,
    Func<StandingClassifier>? standing = null)
{
    private (long Epoch, long First, Batches Batches)? now;

    /// <summary>
    /// Gets the images of a step's epoch, which may take long: call it before the step, outside of dispose scopes. Steps rise.
    /// </summary>
    public void Begin(long step)
    {
        if (now is { } begun && step < begun.First + begun.Batches.PerEpoch)
        {
            return;
        }
        var (epoch, first) = now is { } over ? (over.Epoch + 1, over.First + over.Batches.PerEpoch) : (0, 0L);
        while (images.CountOf(epoch) is { } count && step >= first + Batches.EpochOf(count, batchSize))
        {
            (epoch, first) = (epoch + 1, first + Batches.EpochOf(count, batchSize));
        }
        now = (epoch, first, batchesOf(images.Of(epoch, standing?.Invoke())));
    }

    /// <summary>The batch of a step that was begun; its tensors belong to the caller's dispose scope.</summary>
    public Batch At(long step) => now is { } begun ? begun.Batches.At(step, begun.Epoch, step - begun.First)
        : throw new InvalidOperationException("no epoch has begun");
}
