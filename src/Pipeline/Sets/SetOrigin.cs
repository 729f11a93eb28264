using System.Text.Json.Nodes;
using Odm.Augment.Families;
using Odm.Augment.Generators;
using Odm.Engine.Files;
using Odm.Engine.Runtime;
using Odm.Pipeline.Configuration;

namespace Odm.Pipeline.Sets;

/// <summary>
/// <c>generator.json</c> beside a synthetic set: where its generator lies (from the set), its settings, the number format it ran in, and
/// for images that were made from real ones the set of those.
/// </summary>
/// <param name="Generator">Folder of the generator's training.</param>
/// <param name="Config">Its settings.</param>
/// <param name="Precision">Number format it ran in.</param>
/// <param name="Sources">The set of the real images that they were made from; null where images came from noise.</param>
/// <param name="Finished">Whether the second pass was made.</param>
public sealed record SetOrigin(string Generator, GeneratorConfig Config, Precision Precision, string? Sources = null,
    bool Finished = false)
{
    private const string FileName = "generator.json";

    // of a train stage's settings: what is no field of the generator
    private static readonly string[] OfTheStudy = ["seed", "visible", "precision"];

    /// <summary>Writes it into a set's folder.</summary>
    public void Write(string set) => Durable.WriteText(Path.Combine(set, FileName), new JsonObject
    {
        ["generator"] = Relative(set, Generator),
        ["settings"] = Resolved.Json(Config),
        ["precision"] = Scalars.Write(Precision),
        ["sources"] = Sources is null ? null : Relative(set, Sources),
        ["finished"] = Finished,
    }.ToJsonString() + "\n");

    /// <summary>Reads it.</summary>
    /// <exception cref="DatasetException">The set has none.</exception>
    public static SetOrigin Read(string set)
    {
        var file = Path.Combine(set, FileName);
        if (!File.Exists(file))
        {
            throw new DatasetException($"{file}: missing; name the generator's folder with --generator");
        }

        return Parsed(file, record => new SetOrigin(Absolute(set, (string)record["generator"]!), Settings(record["settings"]!, file),
            Format((string)record["precision"]!), (string?)record["sources"] is { } sources ? Absolute(set, sources) : null,
            (bool)record["finished"]!));
    }

    /// <summary>
    /// A generator by its folder alone: its family and number format as the train stage recorded them; of the first family, in float32,
    /// where there is no record.
    /// </summary>
    /// <exception cref="DatasetException">The record is damaged.</exception>
    public static SetOrigin OfTraining(string folder)
    {
        var file = Path.Combine(folder, "stage.json");
        if (!File.Exists(file))
        {
            return new(folder, Settings(new JsonObject { ["kind"] = GeneratorFamilies.All.Keys.First() }, folder), Precision.Fp32);
        }

        return Parsed(file, record =>
        {
            var settings = record["config"]!.AsObject().DeepClone().AsObject();
            foreach (var field in OfTheStudy)
            {
                settings.Remove(field);
            }

            return new SetOrigin(folder, Settings(settings, file), Format((string)record["precision"]!));
        });
    }

    private static SetOrigin Parsed(string file, Func<JsonNode, SetOrigin> read)
    {
        try
        {
            return read(JsonNode.Parse(File.ReadAllText(file))!);
        }
        catch (Exception e) when (e is System.Text.Json.JsonException or InvalidOperationException or NullReferenceException
            or ArgumentNullException or StudyException)
        {
            throw new DatasetException($"{file}: damaged; expected a generator's settings and precision", e);
        }
    }

    // JSON is YAML
    private static GeneratorConfig Settings(JsonNode node, string file)
        => Binder.Bind<GeneratorConfig>(YamlTree.Parse(node.ToJsonString(), file), file);

    private static Precision Format(string word) => Scalars.TryParse(typeof(Precision), word, out var p) ? (Precision)p : Precision.Fp32;

    private static string Absolute(string set, string path) => Path.GetFullPath(path, Path.GetFullPath(set));

    private static string Relative(string set, string path) => Path.GetRelativePath(Path.GetFullPath(set), Path.GetFullPath(path));
}
