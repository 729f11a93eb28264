using System.Text.Json;
using System.Text.Json.Nodes;
using Odm.Engine.Runtime;
using static TorchSharp.torch;

namespace Odm.Engine.Files;

/// <summary>Where a training stands, besides its tensors: <c>state.json</c>.</summary>
public sealed record CheckpointState
{
    /// <summary>Optimiser steps done.</summary>
    public required long Step { get; init; }

    /// <summary>
    /// Run seed. Random streams are functions of seed, purpose and step, so this and <see cref="Step"/> are the whole generator state.
    /// </summary>
    public required ulong Seed { get; init; }

    /// <summary>Content hash of the image set that it was trained on.</summary>
    public required string TrainingListHash { get; init; }

    /// <summary>The resolved configuration.</summary>
    public JsonNode? Config { get; init; }

    /// <summary>Anything else, as texts.</summary>
    public IReadOnlyDictionary<string, string> More { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}

/// <summary>
/// A training's state as a folder: <c>weights.safetensors</c>, <c>ema.safetensors</c>, <c>optimizer.safetensors</c>, <c>state.json</c>.
/// Written beside and renamed, so that a kill at any moment leaves the last whole one. Python reads the weights as they are.
/// </summary>
public sealed record Checkpoint
{
    private static readonly JsonSerializerOptions Format =
        new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true, NewLine = "\n" };

    /// <summary>Parameters and buffers by name.</summary>
    public required IReadOnlyDictionary<string, Tensor> Weights { get; init; }

    /// <summary>Their exponential moving average; may be empty.</summary>
    public IReadOnlyDictionary<string, Tensor> Ema { get; init; } = new Dictionary<string, Tensor>(StringComparer.Ordinal);

    /// <summary>The optimiser's state by name; may be empty.</summary>
    public IReadOnlyDictionary<string, Tensor> Optimizer { get; init; } = new Dictionary<string, Tensor>(StringComparer.Ordinal);

    /// <summary>Step, seed, configuration.</summary>
    public required CheckpointState State { get; init; }

    /// <summary>Puts this checkpoint in place of the one in <paramref name="folder"/>.</summary>
    /// <exception cref="DatasetException">The place cannot be written (a full disk, say); the former checkpoint is still there.</exception>
    public void Write(string folder) => Durable.WriteFolder(folder, partial =>
    {
        foreach (var (name, tensors) in new[] { ("weights", Weights), ("ema", Ema), ("optimizer", Optimizer) })
        {
            if (name == "weights" || tensors.Count > 0)
            {
                Durable.Stream(Path.Combine(partial, name + ".safetensors"), stream => Safetensors.Write(stream, tensors));
            }
        }
        Durable.Stream(Path.Combine(partial, "state.json"), stream => JsonSerializer.Serialize(stream, State, Format));
    });

    /// <summary>
    /// The checkpoint in <paramref name="folder"/> on the CPU, its tensors in the caller's dispose scope; null where there is none.
    /// </summary>
    /// <exception cref="DatasetException">There is one and it is damaged; the message names the file.</exception>
    public static Checkpoint? TryRead(string folder)
    {
        Durable.Recover(folder);
        if (!Directory.Exists(folder) || !Directory.EnumerateFileSystemEntries(folder).Any())
        {
            return null;
        }
        if (!File.Exists(Path.Combine(folder, "weights.safetensors")) && !File.Exists(Path.Combine(folder, "state.json")))
        {
            throw new DatasetException($"{folder}: no checkpoint there: it holds neither weights.safetensors nor state.json");
        }
        return new Checkpoint
        {
            State = ReadState(Path.Combine(folder, "state.json")),
            Weights = Safetensors.Read(Path.Combine(folder, "weights.safetensors")),
            Ema = ReadWherePresent(Path.Combine(folder, "ema.safetensors")),
            Optimizer = ReadWherePresent(Path.Combine(folder, "optimizer.safetensors")),
        };
    }

    /// <summary>The state alone of the checkpoint in <paramref name="folder"/>; null where there is none.</summary>
    /// <exception cref="DatasetException">It is damaged.</exception>
    public static CheckpointState? TryReadState(string folder)
    {
        Durable.Recover(folder);
        return Directory.Exists(folder) ? ReadState(Path.Combine(folder, "state.json")) : null;
    }

    /// <summary>Frees all tensors.</summary>
    public void DisposeTensors()
    {
        foreach (var tensor in Weights.Values.Concat(Ema.Values).Concat(Optimizer.Values))
        {
            tensor.Dispose();
        }
    }

    private static Dictionary<string, Tensor> ReadWherePresent(string path) =>
        File.Exists(path) ? Safetensors.Read(path) : new Dictionary<string, Tensor>(StringComparer.Ordinal);

    private static CheckpointState ReadState(string path)
    {
        if (!File.Exists(path))
        {
            throw new DatasetException($"{path}: no such file: the checkpoint is damaged");
        }
        try
        {
            return JsonSerializer.Deserialize<CheckpointState>(File.ReadAllBytes(path), Format)
                ?? throw new DatasetException($"{path}: empty");
        }
        catch (JsonException e)
        {
            throw new DatasetException($"{path}: damaged: {e.Message}", e);
        }
    }
}
