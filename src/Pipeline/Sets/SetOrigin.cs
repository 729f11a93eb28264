using System.Text.Json.Nodes;
using Odm.Augment.Inpainting;
using Odm.Augment.Inpainting.Style;
using Odm.Engine.Files;
using Odm.Engine.Runtime;
using Odm.Pipeline.Configuration;

namespace Odm.Pipeline.Sets;

/// <summary>
/// <c>generator.json</c> beside a synthetic set: where its generator lies (from the set), the number format it ran in, and for painted
/// images what they were made of.
/// </summary>
/// <param name="Generator">Folder of the generator's training.</param>
/// <param name="Precision">Number format it ran in.</param>
/// <param name="Painted">How images were painted into real ones; null where they came from noise.</param>
internal sealed record SetOrigin(string Generator, Precision Precision, Painting? Painted = null)
{
    private const string FileName = "generator.json";

    /// <summary>Writes it into a set's folder.</summary>
    public void Write(string set)
    {
        var record = new JsonObject { ["generator"] = Relative(set, Generator), ["precision"] = Scalars.Write(Precision) };
        if (Painted is { } painted)
        {
            record["painted"] = new JsonObject
            {
                ["sources"] = Relative(set, painted.Sources),
                ["how"] = Resolved.Json(painted.How),
                ["style"] = Resolved.Json(painted.Style)
            };
        }

        Durable.WriteText(Path.Combine(set, FileName), record.ToJsonString() + "\n");
    }

    /// <summary>Reads it.</summary>
    /// <exception cref="DatasetException">The set has none.</exception>
    public static SetOrigin Read(string set)
    {
        var file = Path.Combine(set, FileName);
        if (!File.Exists(file))
        {
            throw new DatasetException($"{file}: missing; name the generator's folder with --generator");
        }

        try
        {
            var record = JsonNode.Parse(File.ReadAllText(file))!;
            var precision = Scalars.TryParse(typeof(Precision), (string)record["precision"]!, out var p) ? (Precision)p : Precision.Fp32;
            return new SetOrigin(Path.GetFullPath((string)record["generator"]!, Path.GetFullPath(set)), precision,
                record["painted"] is { } painted ? Read(painted, set, file) : null);
        }
        catch (Exception e) when (e is System.Text.Json.JsonException or InvalidOperationException or NullReferenceException
            or ArgumentNullException)
        {
            throw new DatasetException($"{file}: damaged; expected generator and precision", e);
        }
    }

    private static Painting Read(JsonNode painted, string set, string file) => new(
        Path.GetFullPath((string)painted["sources"]!, Path.GetFullPath(set)),
        Bind<MaskSynthesisConfig>(painted["how"]!, file)!,
        painted["style"] is { } style ? Bind<StyleConfig>(style, file) : null);

    // JSON is YAML
    private static T Bind<T>(JsonNode node, string file) => Binder.Bind<T>(YamlTree.Parse(node.ToJsonString(), file), file);

    private static string Relative(string set, string path) => Path.GetRelativePath(Path.GetFullPath(set), Path.GetFullPath(path));
}

/// <summary>What painted images were made of.</summary>
/// <param name="Sources">The set of the real images.</param>
/// <param name="How">How they were painted, cleaned and judged.</param>
/// <param name="Style">How they were styled; null where not.</param>
internal sealed record Painting(string Sources, MaskSynthesisConfig How, StyleConfig? Style);
