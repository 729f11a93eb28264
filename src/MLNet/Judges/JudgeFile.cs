using System.Text.Json;
using Microsoft.ML;
using Odm.Engine.Files;
using Odm.Engine.Runtime;
using Odm.MLNet.Running;

namespace Odm.MLNet.Judges;

/// <summary>What a fit of ML.NET's leaves: <c>mlnet.json</c>, written last, and <c>model.zip</c>, ML.NET's own model file.</summary>
/// <param name="Trainer">The trainer.</param>
/// <param name="Features">What it reads.</param>
/// <param name="Classes">Class names in the order of the scores.</param>
/// <param name="Images">Images trained on.</param>
internal sealed record JudgeFile(string Trainer, string Features, IReadOnlyList<string> Classes, int Images)
{
    private const string Name = "mlnet.json";
    private const string Model = "model.zip";

    private static readonly JsonSerializerOptions Format =
        new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true, NewLine = "\n" };

    /// <summary>Whether a folder holds a finished fit.</summary>
    public static bool Finished(string folder) => File.Exists(Path.Combine(folder, Name));

    /// <summary>Writes model and description.</summary>
    public void Write(MLContext ml, ITransformer model, DataViewSchema schema, string folder)
    {
        Durable.WriteFile(Path.Combine(folder, Model), stream => ml.Model.Save(model, schema, stream));
        Durable.WriteText(Path.Combine(folder, Name), JsonSerializer.Serialize(this, Format) + "\n");
    }

    /// <summary>Reads both.</summary>
    /// <exception cref="DatasetException">A file is missing, truncated or something else; one line.</exception>
    public static (JudgeFile Card, ITransformer Model) Read(MLContext ml, string folder)
    {
        var (card, model) = (Path.Combine(folder, Name), Path.Combine(folder, Model));
        if (!File.Exists(card) || !File.Exists(model))
        {
            throw new DatasetException($"{folder}: holds no {Name} and {Model}; expected the folder of a finished fit of ML.NET's");
        }
        try
        {
            return (JsonSerializer.Deserialize<JudgeFile>(File.ReadAllText(card), Format)
                ?? throw new DatasetException($"{card}: empty"), ModelFile.Load(ml, model));
        }
        catch (JsonException e)
        {
            throw new DatasetException($"{card}: not valid JSON: {e.Message}", e);
        }
    }
}
