using static TorchSharp.torch;

namespace Odm.Classify.Features;

/// <summary>Turns images into rows of numbers in which distances mean likeness.</summary>
public interface IFeatureExtractor : IDisposable
{
    /// <summary>
    /// As in metric names and files: <c>resnet18-imagenet</c>, <c>resnet50-imagenet</c>, <c>inception-fid</c>, <c>downstream</c>,
    /// <c>pixels</c>.
    /// </summary>
    string Name { get; }

    /// <summary>What is done to an image first, in words: size and interpolation.</summary>
    string Preprocessing { get; }

    /// <summary>SHA-256 of the weights' file, lower-case hex; empty where there are none.</summary>
    string Weights { get; }

    /// <summary>Numbers a row.</summary>
    int Dimension { get; }

    /// <summary>Features of a batch.</summary>
    /// <param name="images">float [N, 3, H, W] in [0, 1], on the extractor's device.</param>
    /// <returns>float [N, <see cref="Dimension"/>], in the caller's dispose scope.</returns>
    Tensor Extract(Tensor images);
}
