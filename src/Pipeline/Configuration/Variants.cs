using Odm.Augment.Families;
using Odm.Augment.Generators;
using Odm.Classify.Training;
using Odm.Pipeline.Downstream;

namespace Odm.Pipeline.Configuration;

/// <summary>
/// Sections of the study file whose fields depend on their <c>kind</c>; the first kind is the one of a section that names none.
/// </summary>
internal static class Variants
{
    /// <summary>The record of each kind; null where a type has no kinds.</summary>
    public static IReadOnlyDictionary<string, Type>? Of(Type type)
        => type == typeof(GeneratorConfig) ? GeneratorFamilies.All : type == typeof(DownstreamConfig) ? Downstreams.Kinds : null;
}
