using Odm.Augment.Generators;
using Odm.Engine.Files;
using Odm.Engine.Runtime;

namespace Odm.Pipeline.Configuration;

/// <summary>
/// The settings of one generator in a file of their own, for trainings outside a study: the fields of <c>generators.NAME</c>.
/// </summary>
public static class GeneratorFile
{
    /// <summary>Name of the file beside a training.</summary>
    public const string Name = "generator.yaml";

    /// <summary>Writes the settings with every default.</summary>
    /// <exception cref="DatasetException">The place cannot be written.</exception>
    public static void Write(string file, GeneratorConfig settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        Durable.WriteText(file, Resolved.Yaml(settings));
    }

    /// <summary>Reads settings.</summary>
    /// <exception cref="StudyException">The file is missing or has faults; all of them in one line.</exception>
    public static GeneratorConfig Read(string file) => Binder.Bind<GeneratorConfig>(YamlTree.Read(file), file);
}
