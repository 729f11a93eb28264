namespace Odm.Classify.ImageMetrics;

/// <summary>
/// In which shares of the classes the samples stand that image metrics compare: the same on every side, so that a distance is not one of
/// class shares.
/// </summary>
public enum ClassMix
{
    /// <summary>As many images of every class.</summary>
    Equal,

    /// <summary>The shares of the real set.</summary>
    Natural,
}
