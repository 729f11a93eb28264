using Odm.Data.Images;

namespace Odm.Augment.Generators;

/// <summary>For families whose networks take square images.</summary>
internal static class SquareImages
{
    /// <summary>A line where the images are not square.</summary>
    public static IEnumerable<string> Faults(string path, ImageSet train)
        => train.Height == train.Width ? []
            : [$"{path}: images are {train.Width}x{train.Height}; square ones are needed (dataset.preprocess: pad_square or resize)"];
}
