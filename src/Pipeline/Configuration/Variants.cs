using Odm.Augment.Families;
using Odm.Augment.Generators;
using Odm.Classify.Classification;
using Odm.Classify.Segmentation;
using Odm.Classify.Training;

namespace Odm.Pipeline.Configuration;

/// <summary>
/// Sections of the study file whose fields depend on their <c>kind</c>; the first kind is the one of a section that names none.
/// </summary>
internal static class Variants
{
    private static readonly OrderedDictionary<string, Type> Downstream = new(StringComparer.Ordinal)
    {
        ["classifier"] = typeof(ClassifierConfig),
        ["segmenter"] = typeof(SegmenterConfig),
    };

    /// <summary>The record of each kind; null where a type has no kinds.</summary>
    public static IReadOnlyDictionary<string, Type>? Of(Type type)
        => type == typeof(GeneratorConfig) ? GeneratorFamilies.All : type == typeof(LearningConfig) ? Downstream : null;
}
