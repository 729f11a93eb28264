using Odm.Data.Images;
using Odm.Data.Splitting;
using Odm.Engine.Runtime;
using Odm.Pipeline.Configuration;

namespace Odm.Pipeline.Preparing;

/// <summary>
/// Real training images that an online arm does not train on, so that its accuracy by class can be measured on them: part of the training
/// side, since validation images choose and test images judge.
/// </summary>
internal static class HeldOutSlice
{
    /// <summary>
    /// The real images that an arm trains on, and the slice: of each class its share, whole groups, the same for all seeds. No slice where
    /// the arm needs none.
    /// </summary>
    /// <param name="study">The study.</param>
    /// <param name="prepared">Its images.</param>
    /// <param name="arm">The arm.</param>
    public static (ImageSet Real, ImageSet? Slice) Of(Study study, Prepared prepared, ArmConfig arm)
    {
        var visible = prepared.Visible(arm.Real);
        if (arm.Online is not { PaperCode: false, Aas: { Accuracy: AccuracyOn.HeldOut } aas })
        {
            return (visible, null);
        }

        var seed = Rng.Seed(study.Split.Seed, "held-out slice");
        var split = new SplitConfig { Kind = SplitKind.Stratified, Val = aas.HeldOut, Test = 0, Seed = seed };
        var sides = Splitter.Split(visible.WithRows([.. visible.Rows.Select(r => r with { Split = "" })]), split);
        return (Part("train"), Part("val"));

        // both are of the training side
        ImageSet Part(string side) => visible.Select([.. Enumerable.Range(0, visible.Count).Where(i => sides.Rows[i].Split == side)]);
    }

    /// <summary>What does not fit the images in an arm's accuracy-adaptive sampling: a floor above what the classes can have, or a slice
    /// that leaves a class empty, in itself or in what is trained on.</summary>
    /// <param name="study">The study.</param>
    /// <param name="prepared">Its images.</param>
    /// <param name="name">The arm's name.</param>
    /// <param name="arm">The arm.</param>
    public static IEnumerable<string> Faults(Study study, Prepared prepared, string name, ArmConfig arm)
    {
        if (arm.Online?.Aas is not { } aas || arm.Real > prepared.Train.Count)
        {
            yield break;
        }

        var (images, classes) = (arm.Online.Images, prepared.All.Classes.Count);
        if (aas.Floor > images / classes)
        {
            yield return $"arms.{name}.online.aas.floor: {aas.Floor}; must be at most {images / classes}, so that {classes} classes of "
                + $"that many are no more than arms.{name}.online.images ({images})";
        }

        var path = FormattableString.Invariant($"arms.{name}.online.aas.held_out: {aas.HeldOut}");
        string? fault = null;
        try
        {
            var (_, slice) = Of(study, prepared, arm);
            if (slice is not null && Empty(slice) is { Length: > 0 } bare)
            {
                fault = $"{path}; leaves no image of class {bare} in the slice: a larger share, or accuracy: training, is needed";
            }
        }
        catch (StudyException e)
        {
            fault = $"{path}; {e.Message}: a smaller share, or accuracy: training, is needed";
        }

        if (fault is not null)
        {
            yield return fault;
        }
    }

    private static string Empty(ImageSet set)
        => string.Join(", ", set.ClassCounts().Select((n, c) => (n, c)).Where(x => x.n == 0).Select(x => set.Classes[x.c]));
}
