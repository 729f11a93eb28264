using System.Text.Json;
using Odm.Engine.Files;
using Odm.Engine.Runtime;

namespace Odm.Pipeline.Online;

/// <summary>One synthesis of an online arm: <c>round.json</c>, written last.</summary>
internal sealed record OnlineRound
{
    private static readonly JsonSerializerOptions Format =
        new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true, NewLine = "\n" };

    /// <summary>The epoch that it was made for, counted from 0.</summary>
    public required long Epoch { get; init; }

    /// <summary>Optimiser steps done before.</summary>
    public required long Step { get; init; }

    /// <summary>Hash of the classifier that guided.</summary>
    public required string Classifier { get; init; }

    /// <summary>Hash of the generator.</summary>
    public required string Generator { get; init; }

    /// <summary>Images of each class.</summary>
    public required IReadOnlyList<int> Counts { get; init; }

    /// <summary>Accuracy of each class that they follow from; null where they are even.</summary>
    public IReadOnlyList<double>? Accuracies { get; init; }

    /// <summary>Evaluations of the generator's network, images counted singly.</summary>
    public required long NetworkEvaluations { get; init; }

    /// <summary>Gradients of the classifier, images counted singly.</summary>
    public required long ClassifierGradients { get; init; }

    /// <summary>Seconds of the process that finished it.</summary>
    public required double Seconds { get; init; }

    /// <summary>Images in all.</summary>
    public int Total => Counts.Sum();

    /// <summary>The round in a folder; null where it is not finished.</summary>
    /// <exception cref="DatasetException">The file is damaged.</exception>
    public static OnlineRound? Read(string folder)
    {
        var file = Path.Combine(folder, "round.json");
        if (!File.Exists(file))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<OnlineRound>(File.ReadAllText(file), Format)!;
        }
        catch (JsonException e)
        {
            throw new DatasetException($"{file}: damaged; remove the folder of this stage", e);
        }
    }

    /// <summary>Writes it: the round is finished.</summary>
    public void Write(string folder)
        => Durable.WriteText(Path.Combine(folder, "round.json"), JsonSerializer.Serialize(this, Format) + "\n");
}
