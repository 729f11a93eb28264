using static TorchSharp.torch;

namespace Odm.Augment.Generators;

/// <summary>A classifier as guidance asks it: generators know no networks that judge, so it comes from above.</summary>
/// <param name="images">Images in [-1, 1] as the generator has them, float [N, C, H, W]; the classifier brings its own size and
/// range.</param>
/// <param name="labels">The class of each, int64 [N].</param>
/// <returns>log p(class | image) of each, [N], differentiable in the images. Batch norm must be in evaluation mode.</returns>
public delegate Tensor ClassLogProbability(Tensor images, Tensor labels);

/// <summary>What the classifier is asked about at a noisy image x_t.</summary>
public enum GuidanceOn
{
    /// <summary>x_t itself, as the IOIS code does with a classifier that has learned on clean images alone.</summary>
    Noisy,

    /// <summary>The clean image x̂_0 that the generator implies, without a gradient through the generator.</summary>
    Clean,

    /// <summary>The same with the gradient through the generator, which costs a backward pass through it.</summary>
    CleanThrough,
}

/// <summary>How the gradient enters the noise.</summary>
public enum GuidanceForm
{
    /// <summary>ε - √(1 - ᾱ_t) s ∇ log p (Dhariwal and Nichol 2021, algorithm 2): the noise of the guided distribution.</summary>
    Score,

    /// <summary>ε - s ∇ log p, as equation 4 of Li et al. 2024 is printed.</summary>
    Printed,
}

/// <summary>Guidance of a generator by a classifier.</summary>
public sealed record ClassifierGuide
{
    /// <summary>The classifier.</summary>
    public required ClassLogProbability Classifier { get; init; }

    /// <summary>Names of its classes, which the images are asked for.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>s; 0 is none.</summary>
    public required double Scale { get; init; }

    /// <summary>What the classifier sees.</summary>
    public GuidanceOn On { get; init; } = GuidanceOn.Clean;

    /// <summary>How the gradient enters the noise.</summary>
    public GuidanceForm Form { get; init; } = GuidanceForm.Score;

    /// <summary>Columns of the images' provenance that say which classifier it was, beside those of scale and kind.</summary>
    public IReadOnlyDictionary<string, string> Columns { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
