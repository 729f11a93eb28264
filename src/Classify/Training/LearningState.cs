using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Odm.Classify.Networks;
using Odm.Classify.Weights;
using Odm.Engine.Files;
using Odm.Engine.Optimization;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Classify.Training;

/// <summary>
/// What a training consists of between two steps, on disk as in memory: network, optimiser, curves, the best score so far.
/// </summary>
internal sealed class LearningState : IDisposable
{
    private readonly LearningRecipe recipe;
    private readonly string folder;
    private readonly string trainingList;
    private readonly ulong seed;
    private double best = double.NegativeInfinity;

    /// <param name="recipe">Settings.</param>
    /// <param name="network">The network; gets its initial or pretrained weights, becomes a part of this and moves to the device.</param>
    /// <param name="curves">Where scores are noted.</param>
    /// <param name="trainingList">What is trained and chosen on, as a hash.</param>
    /// <param name="seed">Run seed.</param>
    /// <param name="folder">Folder of this training.</param>
    /// <param name="device">Where it computes.</param>
    public LearningState(LearningRecipe recipe, nn.Module<Tensor, Tensor> network, Curves curves, string trainingList, ulong seed,
        string folder, Device device)
    {
        (this.recipe, this.trainingList, this.seed, this.folder, Network, Curves) = (recipe, trainingList, seed, folder, network, curves);
        InitialWeights.Draw(Network, seed);
        NetworkWeights.LoadPretrained(Network, recipe.Weights);
        Network.to(device);
        Optimizer = Optimizers.Make(recipe, Network.named_parameters().Where(p => p.parameter.requires_grad));
    }

    public nn.Module<Tensor, Tensor> Network { get; }

    public Optimizer Optimizer { get; }

    public Curves Curves { get; }

    /// <summary>Steps done.</summary>
    public long Step { get; set; }

    /// <summary>Step of the best validation.</summary>
    public long BestStep { get; private set; }

    private string Place => Path.Combine(folder, "checkpoint");

    /// <summary>Continues from what the folder holds: a finished training, whose card is given, a checkpoint, or nothing.</summary>
    public void Resume(ModelManifest? finished, LearningRecipe? finishedRecipe)
    {
        Directory.CreateDirectory(folder);
        if (finished is not null)
        {
            Demand(finished.TrainingListHash == trainingList && finished.Seed == seed
                && JsonNode.DeepEquals(Json(finishedRecipe!), Json(recipe)), folder);
            Step = recipe.Steps;
            return;
        }
        using var scope = NewDisposeScope();
        if (Checkpoint.TryRead(Place) is { } found)
        {
            Restore(found);
        }
    }

    /// <summary>Keeps the weights where a validation's score is the highest so far.</summary>
    public void Keep(double score)
    {
        if (score > best)
        {
            (best, BestStep) = (score, Step);
            using var scope = NewDisposeScope();
            Safetensors.Write(Path.Combine(folder, ModelManifest.BestFile), Network.state_dict());
        }
    }

    /// <summary>Hash of the network's weights and statistics, lower-case hexadecimal SHA-256.</summary>
    public string Hash()
    {
        using var scope = NewDisposeScope();
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, value) in Network.state_dict().OrderBy(w => w.Key, StringComparer.Ordinal))
        {
            sha.AppendData(Encoding.UTF8.GetBytes($"{name}[{string.Join(',', value.shape)}]"));
            sha.AppendData(value.cpu().contiguous().bytes);
        }
        return Convert.ToHexStringLower(sha.GetHashAndReset());
    }

    /// <summary>Writes the checkpoint.</summary>
    public void Save()
    {
        using var scope = NewDisposeScope();
        new Checkpoint
        {
            Weights = Network.state_dict(),
            Optimizer = Optimizer.Export(),
            State = new()
            {
                Step = Step,
                Seed = seed,
                TrainingListHash = trainingList,
                Config = Json(recipe),
                More = new Dictionary<string, string>(Curves.Export(), StringComparer.Ordinal)
                {
                    ["best"] = best.ToString("R", CultureInfo.InvariantCulture),
                    ["best_step"] = BestStep.ToString(CultureInfo.InvariantCulture),
                },
            },
        }.Write(Place);
    }

    /// <summary>
    /// Writes the curves and, by <paramref name="writeCard"/>, the card that says that the training is finished; then clears the checkpoint
    /// away.
    /// </summary>
    public void Finish(bool finished, Action writeCard)
    {
        if (!finished)
        {
            Curves.Write(folder);
            writeCard();
        }
        Durable.RemoveFolder(Place);
    }

    public void Dispose()
    {
        Optimizer.Dispose();
        Network.Dispose();
    }

    private void Restore(Checkpoint found)
    {
        Demand(found.State.Seed == seed && found.State.TrainingListHash == trainingList
            && JsonNode.DeepEquals(found.State.Config, Json(recipe)), Place);
        NetworkWeights.Load(Network, found.Weights, Place, optional: _ => false);
        Optimizer.Import(found.Optimizer);
        Curves.Import(found.State.More);
        Step = found.State.Step;
        best = double.Parse(found.State.More["best"], CultureInfo.InvariantCulture);
        BestStep = long.Parse(found.State.More["best_step"], CultureInfo.InvariantCulture);
    }

    private static void Demand(bool same, string place)
    {
        if (!same)
        {
            throw new StudyException($"{place}: belongs to a training with other settings, images or seed; give another folder or remove "
                + $"this one");
        }
    }

    // by the recipe's own type, so that no field of it is left out
    private static JsonNode Json(LearningRecipe recipe) => JsonSerializer.SerializeToNode(recipe, recipe.GetType(), ModelManifest.Format)!;
}
