using System.Text.Json.Nodes;
using Odm.Augment;
using Odm.Data;

namespace Odm.Pipeline;

/// <summary><c>generator.json</c> beside a synthetic set: where its generator lies (from the set) and the number format it ran in.</summary>
internal sealed record SetOrigin(string Generator, Precision Precision)
{
    private const string FileName = "generator.json";

    /// <summary>Writes it into a set's folder.</summary>
    public static void Write(string set, string generator, Study study) => Write(set, generator, study.Precision);

    /// <summary>Writes it into a set's folder.</summary>
    public static void Write(string set, string generator, Precision precision)
    {
        var record = new JsonObject
        {
            ["generator"] = Path.GetRelativePath(Path.GetFullPath(set), Path.GetFullPath(generator)),
            ["precision"] = Scalars.Write(precision),
        };
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
            return new SetOrigin(Path.GetFullPath((string)record["generator"]!, Path.GetFullPath(set)), precision);
        }
        catch (Exception e) when (e is System.Text.Json.JsonException or InvalidOperationException or NullReferenceException or ArgumentNullException)
        {
            throw new DatasetException($"{file}: damaged; expected generator and precision", e);
        }
    }
}
