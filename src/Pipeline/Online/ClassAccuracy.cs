using Odm.Data.Images;

namespace Odm.Pipeline.Online;

/// <summary>Accuracy by class, which is recall.</summary>
internal static class ClassAccuracy
{
    /// <summary>The share of each class's images that a classifier gives their class.</summary>
    /// <param name="images">Labelled images, of every class at least one.</param>
    /// <param name="classes">The class it gives each of some images.</param>
    public static double[] Of(ImageSet images, Func<ImageSet, IReadOnlyList<int>> classes)
    {
        var (given, hits) = (classes(images), new int[images.Classes.Count]);
        for (var i = 0; i < images.Count; i++)
        {
            hits[images.Rows[i].Label] += given[i] == images.Rows[i].Label ? 1 : 0;
        }

        var counts = images.ClassCounts();
        return Array.IndexOf(counts, 0) is >= 0 and var empty
            ? throw new ArgumentException($"class {images.Classes[empty]} has no image to measure its accuracy on", nameof(images))
            : [.. hits.Zip(counts, (h, n) => (double)h / n)];
    }
}
