using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Odm.Data;
using Odm.Data.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Classify;

/// <summary>What a classifier's training consists of between two steps, on disk as in memory.</summary>
internal sealed class ClassifierState : IDisposable
{
    private readonly ClassifierRecipe recipe;
    private readonly RunContext context;
    private readonly string folder;
    private readonly string trainingList;
    private readonly ulong seed;
    private readonly ClassifierCard card;
    private double best = double.NegativeInfinity;
    private long bestStep;

    private ClassifierState(ClassifierRecipe recipe, ImageSet train, ImageSet val, ulong seed, string folder, RunContext context)
    {
        (this.recipe, this.context, this.folder, this.seed) = (recipe, context, folder, seed);
        trainingList = $"{train.ContentHash} {val.ContentHash}";
        Normalisation = Normalisation.Fit(recipe.Normalisation, train);
        card = new ClassifierCard { Recipe = recipe, Classes = train.Classes, Channels = train.Channels, Normalisation = Normalisation, Seed = seed, TrainingListHash = trainingList };
        Network = card.Make(context.Precision);
        InitialWeights.Draw(Network, seed);
        Networks.LoadPretrained(Network, recipe.Weights);
        Network.to(context.Device);
        Optimizer = Optimizers.Make(recipe, Network.named_parameters().Where(p => p.parameter.requires_grad));
        ClassWeights = recipe.ClassWeights ? Weights(train.ClassCounts()).to(context.Device).DetachFromDisposeScope() : null;
        Curves = new Curves(recipe.SelectBy);
    }

    public nn.Module<Tensor, Tensor> Network { get; }

    public Optimizer Optimizer { get; }

    public Normalisation Normalisation { get; }

    /// <summary>Weights of the classes in the loss, float [K]; null where all count alike.</summary>
    public Tensor? ClassWeights { get; }

    public Curves Curves { get; }

    /// <summary>Steps done.</summary>
    public long Step { get; set; }

    private string Place => Path.Combine(folder, "checkpoint");

    /// <summary>The state in the folder, or a fresh one.</summary>
    public static ClassifierState Resume(ClassifierRecipe recipe, ImageSet train, ImageSet val, ulong seed, string folder, RunContext context)
    {
        foreach (var (set, name) in new[] { (train, "training"), (val, "validation") })
        {
            if (set.Count == 0)
            {
                throw new DatasetException($"{name} set: has no images; the weights are learned on training images and chosen on validation images");
            }
            if (set.Rows.FirstOrDefault(r => r.Label < 0) is { } row)
            {
                throw new DatasetException($"{name} set: image '{row.Id}' has no label; allowed are {string.Join(", ", set.Classes)}");
            }
        }
        Directory.CreateDirectory(folder);
        var state = new ClassifierState(recipe, train, val, seed, folder, context);
        if (ClassifierCard.TryRead(folder) is { } done)
        {
            state.Demand(done.TrainingListHash == state.trainingList && done.Seed == seed && JsonNode.DeepEquals(Json(done.Recipe), Json(recipe)), folder);
            state.Step = recipe.Steps;
            return state;
        }
        using var scope = NewDisposeScope();
        if (Checkpoint.TryRead(state.Place) is { } found)
        {
            state.Restore(found);
        }
        return state;
    }

    /// <summary>Scores the validation images, notes them in the curves, and keeps the weights where they are the best so far.</summary>
    public void Validate(ImageSet val)
    {
        var result = Prediction.Of(Network, val, Normalisation, recipe.Size, context);
        var truth = val.Rows.Select(r => r.Label).ToArray();
        var matrix = ConfusionMatrix.From(truth, result.Predicted, val.Classes.Count);
        var loss = -truth.Select((t, i) => Math.Log(Math.Max(result.Probabilities[i, t], 1e-30))).Average();
        var score = Score(recipe.SelectBy, matrix, loss);
        Curves.Validated(Step, loss, MatrixScores.Accuracy(matrix)!.Value, recipe.SelectBy == "loss" ? -score : score);
        if (score > best)
        {
            (best, bestStep) = (score, Step);
            using var scope = NewDisposeScope();
            Safetensors.Write(Path.Combine(folder, ClassifierCard.BestFile), Network.state_dict());
        }
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
                    ["best_step"] = bestStep.ToString(CultureInfo.InvariantCulture),
                },
            },
        }.Write(Place);
    }

    /// <summary>Writes curves and card, and clears the checkpoint away: the card says that the training is finished.</summary>
    public void Finish()
    {
        if (ClassifierCard.TryRead(folder) is null)
        {
            Curves.Write(folder);
            (card with { BestStep = bestStep }).Write(folder);
        }
        Durable.RemoveFolder(Place);
    }

    public void Dispose()
    {
        ClassWeights?.Dispose();
        Optimizer.Dispose();
        Network.Dispose();
    }

    private void Restore(Checkpoint found)
    {
        Demand(found.State.Seed == seed && found.State.TrainingListHash == trainingList && JsonNode.DeepEquals(found.State.Config, Json(recipe)), Place);
        Networks.Load(Network, found.Weights, Place, optional: _ => false);
        Optimizer.Import(found.Optimizer);
        Curves.Import(found.State.More);
        Step = found.State.Step;
        best = double.Parse(found.State.More["best"], CultureInfo.InvariantCulture);
        bestStep = long.Parse(found.State.More["best_step"], CultureInfo.InvariantCulture);
    }

    private void Demand(bool same, string place)
    {
        if (!same)
        {
            throw new StudyException($"{place}: belongs to a training with other settings, images or seed; give another folder or remove this one");
        }
    }

    private static JsonNode Json(ClassifierRecipe recipe) => JsonSerializer.SerializeToNode(recipe, ClassifierCard.Format)!;

    private static double Score(string name, ConfusionMatrix c, double loss) => name switch
    {
        "loss" => -loss,
        "accuracy" => MatrixScores.Accuracy(c),
        "balanced_accuracy" => MatrixScores.BalancedAccuracy(c),
        "weighted_f1" => MatrixScores.WeightedF1(c),
        "mcc" => MatrixScores.Mcc(c),
        "qwk" => MatrixScores.Qwk(c),
        _ => MatrixScores.MacroF1(c),
    } ?? double.MinValue;

    // n / (K n_k), 0 for a class without images
    private static Tensor Weights(int[] counts) =>
        tensor(counts.Select(c => c == 0 ? 0f : (float)((double)counts.Sum() / (counts.Count(n => n > 0) * c))).ToArray());
}
