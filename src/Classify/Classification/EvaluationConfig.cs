using System.Globalization;

namespace Odm.Classify.Classification;

/// <summary>
/// What a classifier sees of a validation or test image: the image resized to a square, and the middle of it. It shows things as large
/// as a training crop of the same share does. Training images are framed alike, unless the arm's own transforms crop them.
/// </summary>
public sealed record EvaluationConfig
{
    /// <summary>Side in pixels that an image is resized to; 8 or more.</summary>
    public required int Resize { get; init; }

    /// <summary>Side of the central square that the network sees; 8 up to <see cref="Resize"/>.</summary>
    public required int Crop { get; init; }

    /// <summary>Everything wrong with the fields, each named below <paramref name="path"/>.</summary>
    public IEnumerable<string> Faults(string path)
    {
        if (Crop < 8)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{path}.crop: {Crop}; must be at least 8 pixels");
        }
        if (Resize < Crop || Resize < 8)
        {
            yield return string.Create(CultureInfo.InvariantCulture,
                $"{path}.resize: {Resize}; must be at least 8 pixels and not below crop, {Crop}");
        }
    }
}
