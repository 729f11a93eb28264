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
        Durable.WriteText(file, Text(settings));
    }

    /// <summary>The settings with every default, as the file has them.</summary>
    public static string Text(GeneratorConfig settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return Resolved.Yaml(settings);
    }

    /// <summary>What is wrong with settings that were made in code, in the words of a study file.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="path">What fields are named below.</param>
    public static IReadOnlyList<string> Faults(GeneratorConfig settings, string path)
        => Binder.Faults<GeneratorConfig>(YamlTree.Parse(Text(settings), path), path);

    /// <summary>Reads settings.</summary>
    /// <exception cref="StudyException">The file is missing or has faults; all of them in one line.</exception>
    public static GeneratorConfig Read(string file) => Binder.Bind<GeneratorConfig>(YamlTree.Read(file), file);
}
