using Odm.Data.Guarding;
using Odm.Data.Images;
using Odm.Engine.Runtime;

namespace Odm.Pipeline.Preparing;

/// <summary>The real images of a study: imported, preprocessed, split, guarded.</summary>
/// <param name="All">The study's own dataset with its sides.</param>
/// <param name="Transfer">Further test sets by name.</param>
/// <param name="Overlap">What was found on several sides (only where the study allows it).</param>
internal sealed record Prepared(ImageSet All, IReadOnlyList<(string Name, ImageSet Set)> Transfer, OverlapCount Overlap)
{
    /// <summary>Near duplicates on several sides, the nearest first; null where they were counted before or not looked for.</summary>
    public IReadOnlyList<NearPair>? Near { get; init; }

    /// <summary>What trains.</summary>
    public ImageSet Train { get; } = All.OfSplit("train");

    /// <summary>What chooses the checkpoint.</summary>
    public ImageSet Val { get; } = All.OfSplit("val");

    /// <summary>What judges.</summary>
    public ImageSet Test { get; } = All.OfSplit("test");

    /// <summary>Sides by name, in order.</summary>
    public IReadOnlyList<(string Name, ImageSet Set)> Sides => [("train", Train), ("val", Val), ("test", Test)];

    /// <summary>
    /// The first training images of an order that is drawn once, so that a smaller choice is part of every larger one; all where null.
    /// </summary>
    /// <exception cref="StudyException">There are not so many.</exception>
    public ImageSet Visible(int? images)
    {
        if (images is not { } n)
        {
            return Train;
        }

        if (n > Train.Count)
        {
            throw new StudyException($"arms: real: {n}; there are {Train.Count} training images");
        }

        return Train.Select([.. Rng.For(0, "visible training images").Permutation(Train.Count).Take(n).Order()]);
    }
}
