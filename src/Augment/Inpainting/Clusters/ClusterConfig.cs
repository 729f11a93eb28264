using System.Globalization;

namespace Odm.Augment.Inpainting.Clusters;

/// <summary>How the training images are divided before each part trains a generator of its own.</summary>
public sealed record ClusterConfig
{
    /// <summary>Number of clusters; 0: none, one model on all. The polyp paper (seed 002) takes 10, 20, 30 and 40 of 348 images.</summary>
    public int K { get; init; }

    /// <summary>
    /// What is clustered: a feature extractor's name, or the file or folder of its weights; by default ImageNet's ResNet-18, whose weights
    /// come with the program. The paper: <c>inception-fid</c>.
    /// </summary>
    public string Features { get; init; } = "resnet18-imagenet";

    /// <summary>True: the features of the mask, seen as a grey image, stand beside those of the image, as in the paper's code.</summary>
    public bool Masks { get; init; } = true;

    /// <summary>
    /// Times k-means starts anew; the best is kept. 10 is scikit-learn's former default, which the paper's code ran with.
    /// </summary>
    public int Restarts { get; init; } = 10;

    /// <summary>
    /// Images under which a cluster is warned of. The paper's smallest have 1 to 6, and a network of its size repeats so few.
    /// </summary>
    public int Minimum { get; init; } = 20;

    /// <summary>Everything wrong with the fields, each naming it below <paramref name="field"/>.</summary>
    /// <param name="field">Name of the section in the study file.</param>
    /// <param name="images">Training images, where already known.</param>
    public IEnumerable<string> Faults(string field, int? images = null)
    {
        if (K < 0)
        {
            yield return $"{field}.k: {K}; must be 0 (one model on all) or more";
        }
        if (K > images)
        {
            yield return $"{field}.k: {K}; there are {images} training images; must be 0 to {images}";
        }
        if (string.IsNullOrWhiteSpace(Features))
        {
            yield return $"{field}.features: empty; an extractor's name, or a file or folder of weights";
        }
        if (Restarts is < 1 or > 1000)
        {
            yield return $"{field}.restarts: {Restarts}; must be 1 to 1000";
        }
        if (Minimum < 0)
        {
            yield return $"{field}.minimum: {Minimum}; must be 0 or more";
        }
    }

    /// <summary>One line on the clusters smaller than <see cref="Minimum"/>; null where there is none.</summary>
    /// <param name="sizes">Images of each cluster.</param>
    public string? Warning(IReadOnlyList<int> sizes)
    {
        ArgumentNullException.ThrowIfNull(sizes);
        var small = Enumerable.Range(0, sizes.Count).Where(c => sizes[c] < Minimum).ToArray();
        return small.Length == 0 ? null : string.Create(CultureInfo.InvariantCulture,
            $"{(small.Length == 1 ? "cluster" : "clusters")} {string.Join(", ", small)} of {sizes.Count}: only "
            + $"{string.Join(", ", small.Select(c => sizes[c]))} images, under the minimum of {Minimum}; a model trained on so few "
            + $"repeats them");
    }
}
