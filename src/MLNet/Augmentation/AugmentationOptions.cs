using Odm.MLNet.Running;
using Odm.MLNet.Views;

namespace Odm.MLNet.Augmentation;

/// <summary>Where a generator finds its images, and how it is trained.</summary>
public sealed record AugmentationOptions : EngineOptions
{
    /// <summary>Names of the columns.</summary>
    public ImageColumns Columns { get; init; } = new();
}
