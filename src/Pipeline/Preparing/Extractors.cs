using Odm.Augment.Generators;
using Odm.Classify.Features;

namespace Odm.Pipeline.Preparing;

/// <summary>The feature extractors of Classify for the generator families, which do not know that project.</summary>
public static class Extractors
{
    /// <summary>By the names of <see cref="FeatureExtractors"/>.</summary>
    public static FeatureSource Source { get; } = new(FeatureExtractors.Fault, (name, images, masks, file, context, stage) =>
    {
        using var extractor = FeatureExtractors.Open(name, context);
        return FeatureExtraction.Kept(file, images, extractor, context, stage, masks).Values;
    });
}
