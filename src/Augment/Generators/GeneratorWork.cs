using System.Text.Json.Nodes;
using Odm.Data.Images;
using Odm.Engine.Runtime;

namespace Odm.Augment.Generators;

/// <summary>
/// Features of images, a row each, by the name of an extractor; kept in a file and read from there where it holds just these.
/// </summary>
/// <param name="extractor">Name, file or folder.</param>
/// <param name="images">The images.</param>
/// <param name="masks">Whether the features of the mask follow those of the image.</param>
/// <param name="file">The .npy file.</param>
/// <param name="context">Device, progress, cancellation.</param>
/// <param name="stage">Name in progress reports.</param>
public delegate float[,] FeaturesOf(string extractor, ImageSet images, bool masks, string file, RunContext context, string stage);

/// <summary>Feature extractors by name, from above: a family that clusters images need not know them.</summary>
/// <param name="Fault">Null, or why an extractor cannot be had.</param>
/// <param name="Of">The features.</param>
public sealed record FeatureSource(Func<string, string?> Fault, FeaturesOf Of);

/// <summary>A training to do.</summary>
public sealed record TrainingWork
{
    /// <summary>The real images to learn from.</summary>
    public required ImageSet Images { get; init; }

    /// <summary>Everything random is a function of it.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Folder that receives the training.</summary>
    public required string Folder { get; init; }

    /// <summary>Device, precision, progress, cancellation.</summary>
    public required RunContext Context { get; init; }

    /// <summary>Name in progress reports.</summary>
    public required string Stage { get; init; }

    /// <summary>Feature extractors.</summary>
    public required FeatureSource Features { get; init; }

    /// <summary>Receives what the report wants to know: <c>images</c> (seen in all) and what else the family counts.</summary>
    public JsonObject Facts { get; init; } = [];
}

/// <summary>A synthetic set to make with a trained generator.</summary>
public sealed record SynthesisWork
{
    /// <summary>Folder of the generator's training.</summary>
    public required string Trained { get; init; }

    /// <summary>Real images that may be painted into.</summary>
    public required ImageSet Sources { get; init; }

    /// <summary>Images of each class; where the family paints into images, one number: the sources.</summary>
    public required IReadOnlyList<int> Counts { get; init; }

    /// <summary>Class names of the set.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>Seed of the study; with <see cref="Number"/> it decides everything random.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Which of several independent sets, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>Folder of the set.</summary>
    public required string Folder { get; init; }

    /// <summary>Device, precision, progress, cancellation.</summary>
    public required RunContext Context { get; init; }

    /// <summary>Name in progress reports.</summary>
    public required string Stage { get; init; }

    /// <summary>
    /// Receives <c>images</c>, <c>network_evaluations</c>, <c>generator</c> (hash of the weights) and what else the family counts.
    /// </summary>
    public JsonObject Facts { get; init; } = [];
}

/// <summary>An image of a synthetic set to make again.</summary>
public sealed record RegenerationWork
{
    /// <summary>Folder of the generator's training.</summary>
    public required string Trained { get; init; }

    /// <summary>The set.</summary>
    public required ImageSet Set { get; init; }

    /// <summary>Which of its images.</summary>
    public required int Index { get; init; }

    /// <summary>The real images of the training side; null where images are not made from them.</summary>
    public ImageSet? Sources { get; init; }

    /// <summary>Whether the second pass was made.</summary>
    public bool Finished { get; init; }

    /// <summary>Device, precision.</summary>
    public required RunContext Context { get; init; }
}

/// <summary>Losses of single images.</summary>
/// <param name="Values">One for each image; the smaller, the better the generator knows it.</param>
/// <param name="Evaluations">Network evaluations spent.</param>
public sealed record ImageLosses(double[] Values, long Evaluations);
