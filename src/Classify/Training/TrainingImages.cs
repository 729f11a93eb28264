using Odm.Data.Batching;
using Odm.Data.Images;

namespace Odm.Classify.Training;

/// <summary>
/// Where the images of a training come from: one set for all epochs (<see cref="FixedImages"/>), or another one in each, made by what the
/// network has learned so far.
/// </summary>
public interface ITrainingImages
{
    /// <summary>
    /// Names what decides the images beside the training's own seed, recipe and course; a checkpoint belongs to one such name.
    /// </summary>
    string Identity { get; }

    /// <summary>Images that are there before the first step: size, classes, class counts and normalisation are theirs.</summary>
    ImageSet Known { get; }

    /// <summary>Number of images of an epoch; null while it has not begun.</summary>
    /// <param name="epoch">Counted from 0.</param>
    int? CountOf(long epoch);

    /// <summary>The images of an epoch: asked for when it begins, and again where a training goes on within it.</summary>
    /// <param name="epoch">Counted from 0.</param>
    /// <param name="standing">The training as it stands at the first step of the epoch; null where it is no classifier's.</param>
    ImageSet Of(long epoch, StandingClassifier? standing);

    /// <summary>How synthetic images are normalised where it is not as the real ones are; null: alike.</summary>
    /// <param name="real">The normalisation that was fitted on <see cref="Known"/>.</param>
    Normalisation? OfSynthetic(Normalisation real) => null;

    /// <summary>The validation images as a validation sees them.</summary>
    /// <param name="val">The validation images.</param>
    /// <param name="batch">Images a step.</param>
    /// <param name="step">Steps done.</param>
    ImageSet Validation(ImageSet val, int batch, long step) => val;
}

/// <summary>The same images in every epoch.</summary>
/// <param name="images">The images.</param>
public sealed class FixedImages(ImageSet images) : ITrainingImages
{
    /// <inheritdoc/>
    public string Identity => images.ContentHash;

    /// <inheritdoc/>
    public ImageSet Known => images;

    /// <inheritdoc/>
    public int? CountOf(long epoch) => images.Count;

    /// <inheritdoc/>
    public ImageSet Of(long epoch, StandingClassifier? standing) => images;
}
