namespace Odm.Classify.Metrics;

/// <summary>
/// What Dice and IoU are for an image in which neither the truth nor the prediction has a pixel. Where one of them has, both scores are 0
/// whatever is chosen here, and the 95 % Hausdorff distance is undefined and left out. The soft Dice has its own answer, its smoothing by
/// one pixel; but <see cref="Skip"/> leaves it out too, so that all means are over the same images.
/// </summary>
public enum EmptyMask
{
    /// <summary>1: nothing was there and nothing was found.</summary>
    One,

    /// <summary>Left out of the means.</summary>
    Skip,

    /// <summary>0.</summary>
    Zero,
}
