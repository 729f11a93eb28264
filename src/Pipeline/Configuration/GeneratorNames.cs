using Odm.Augment.Families;
using Odm.Augment.Generators;
using Odm.Engine.Runtime;
using YamlDotNet.RepresentationModel;

namespace Odm.Pipeline.Configuration;

/// <summary>
/// A field of a generator that is a generator itself (<c>of</c> of variations) may be the name of another one of the study: it stands for
/// that one's settings.
/// </summary>
internal static class GeneratorNames
{
    /// <summary>Whether a field of a record may be the name of a generator.</summary>
    public static bool Stands(Field field) => field.Property.PropertyType == typeof(GeneratorConfig);

    /// <summary>Puts the settings where the names stand.</summary>
    /// <exception cref="StudyException">There is no generator of a name, or it is one that needs another itself.</exception>
    public static void Expand(YamlMappingNode root)
    {
        if (!root.Children.TryGetValue("generators", out var node) || node is not YamlMappingNode generators)
        {
            return; // the binder says what is wrong
        }

        var whole = generators.Children.Where(g => g.Value is YamlMappingNode map && !Fields(map).Any())
            .ToDictionary(g => ((YamlScalarNode)g.Key).Value ?? "", g => g.Value, StringComparer.Ordinal);
        foreach (var (key, value) in generators.Children)
        {
            if (value is not YamlMappingNode map)
            {
                continue;
            }

            foreach (var field in Fields(map))
            {
                if (map.Children.TryGetValue(field.Key, out var named) && named is YamlScalarNode { Value: { Length: > 0 } name })
                {
                    map.Children[field.Key] = whole.TryGetValue(name, out var settings) ? YamlTree.Copy(settings)
                        : throw new StudyException($"generators.{key}.{field.Key}: '{name}' is not one of generators"
                            + (Nearest.To(name, whole.Keys) is { } word ? $" (did you mean '{word}'?)" : "")
                            + $"; must be one of {string.Join(", ", whole.Keys)}");
                }
            }
        }
    }

    private static IEnumerable<Field> Fields(YamlMappingNode generator)
        => generator.Children.TryGetValue("kind", out var kind) && kind is YamlScalarNode { Value: { } word }
            && GeneratorFamilies.All.TryGetValue(word, out var record) ? Field.Of(record).Where(Stands) : [];
}
