using Odm.Data.Images;
using static TorchSharp.torch;

namespace Odm.Classify.Training;

/// <summary>A classifier in training as it stands between two steps, for what makes images by it. All in evaluation mode.</summary>
public sealed record StandingClassifier
{
    /// <summary>
    /// log p(class | image), [N], differentiable, of images in [-1, 1], [N, C, H, W], and classes, int64 [N]: with the classifier's own
    /// normalisation and size, as it sees validation images.
    /// </summary>
    public required Func<Tensor, Tensor, Tensor> LogProbability { get; init; }

    /// <summary>The same of the values as they are: not normalised and not resized, as the IOIS code asks its classifier.</summary>
    public required Func<Tensor, Tensor, Tensor> RawLogProbability { get; init; }

    /// <summary>The class that it gives each of some images.</summary>
    public required Func<ImageSet, IReadOnlyList<int>> Classes { get; init; }

    /// <summary>Hash of its weights and statistics, lower-case hexadecimal SHA-256.</summary>
    public required Func<string> Hash { get; init; }

    /// <summary>Writes the training's checkpoint, so that it goes on from here.</summary>
    public required Action Save { get; init; }

    /// <summary>Steps done.</summary>
    public required long Step { get; init; }

    /// <summary>Images a step.</summary>
    public required int Batch { get; init; }
}
