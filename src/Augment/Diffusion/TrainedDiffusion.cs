using Odm.Augment.Generators;
using Odm.Engine.Files;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Diffusion;

/// <summary>Reads what <c>DiffusionTraining.Train</c> left.</summary>
public static class TrainedDiffusion
{
    /// <summary>
    /// The model with its averaged weights, on the device, ready to be asked; and the hash of the weights, lower-case hexadecimal SHA-256.
    /// Call it outside dispose scopes.
    /// </summary>
    /// <param name="folder">The training's folder or the checkpoint in it.</param>
    /// <param name="context">Device and precision.</param>
    /// <exception cref="DatasetException">There is no checkpoint or it is damaged.</exception>
    public static (DiffusionModel Model, string Hash) Open(string folder, RunContext context)
    {
        var inner = Path.Combine(folder, "checkpoint");
        var place = Directory.Exists(inner) || Directory.Exists(inner + ".previous") ? inner : folder;
        var found = Checkpoint.TryRead(place) ?? throw new DatasetException($"{folder}: no generator checkpoint there");
        var shape = DiffusionShape.FromJson(found.State.Config, Path.Combine(place, "state.json"));
        var model = new DiffusionModel(shape, context.Precision);
        var weights = found.Weights.ToDictionary(StringComparer.Ordinal);
        foreach (var (name, value) in found.Ema)
        {
            weights[name] = value;
        }
        model.Load(weights, place);
        var hash = WeightsHash.Of(weights);
        found.DisposeTensors();
        model.to(context.Device);
        model.eval();
        return (model, hash);
    }
}
