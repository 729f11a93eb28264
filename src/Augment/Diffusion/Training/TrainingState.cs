using System.Globalization;
using System.Text.Json.Nodes;
using Odm.Augment.Generators;
using Odm.Data.Images;
using Odm.Engine.Files;
using Odm.Engine.Optimization;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Diffusion.Training;

/// <summary>
/// What a training consists of between two steps, on disk as in memory. Besides the checkpoint, which a stopwatch times, a
/// stable one is kept at fixed steps: a roll-back goes there, so that its outcome does not depend on the machine's speed.
/// </summary>
internal sealed class TrainingState : IDisposable
{
    private static readonly Lock Drawing = new(); // one random generator draws the weights of all trainings of this process
    private readonly string folder;
    private readonly string trainingList;
    private string listFile = "";
    private readonly RunContext context;

    private TrainingState(DiffusionShape shape, string trainingList, ulong seed, string folder, RunContext context)
    {
        (this.trainingList, this.folder, this.context, Seed) = (trainingList, folder, context, seed);
        Model = Initial(shape, seed, context.Precision);
        Model.to(context.Device);
        var trained = Model.named_parameters().Where(p => p.parameter.requires_grad).ToList();
        var (rate, decay) = (shape.Config.LearningRate, shape.Config.WeightDecay);
        Optimizer = shape.Config.Optimizer switch
        {
            UpdateRule.AdamW => new AdamW(trained, rate, weightDecay: decay),
            UpdateRule.Muon => new Muon(trained, rate),
            UpdateRule.Adam => new Adam(trained, rate, weightDecay: decay),
            _ => throw new ArgumentOutOfRangeException(nameof(shape), shape.Config.Optimizer, "no such optimizer"),
        };
        Ema = new Ema(trained, shape.Config.Ema);
        MicroBatch = shape.Config.MicroBatch > 0 ? Math.Min(shape.Config.MicroBatch, shape.Config.Batch) : shape.Config.Batch;
    }

    public DiffusionModel Model { get; private set; }

    public Optimizer Optimizer { get; }

    public Ema Ema { get; }

    public ulong Seed { get; }

    /// <summary>Steps done.</summary>
    public long Step { get; set; }

    /// <summary>Images that memory holds at a time.</summary>
    public int MicroBatch { get; set; }

    /// <summary>Factor of the learning rate: 1, halved at each roll-back.</summary>
    public double RateScale { get; private set; } = 1;

    private string Checkpoints => Path.Combine(folder, "checkpoint");

    private string Stable => Path.Combine(folder, "stable");

    /// <summary>The state in the folder, or a fresh one.</summary>
    public static TrainingState Resume(DiffusionShape shape, ImageSet train, ulong seed, string folder, RunContext context)
    {
        Directory.CreateDirectory(folder);
        var state = new TrainingState(shape, train.ContentHash, seed, folder, context);
        using var scope = NewDisposeScope();
        if (Checkpoint.TryRead(state.Checkpoints) is { } found)
        {
            state.Restore(found, state.Checkpoints);
        }
        state.listFile = TrainingList.Write(folder, train);
        return state;
    }

    /// <summary>Writes the checkpoint, after the curve that leads up to it.</summary>
    public void Save(CurveFile curve) => Write(Checkpoints, curve);

    /// <summary>Writes the stable checkpoint where this step is due one.</summary>
    public void KeepStable(CurveFile curve)
    {
        if (Step % Divergence.StableEvery(Model.Shape.Config.Steps) == 0 && Step < Model.Shape.Config.Steps)
        {
            Write(Stable, curve);
        }
    }

    /// <summary>Back to the last stable checkpoint, or to the start, at half the learning rate.</summary>
    /// <exception cref="StudyException">Half the rate has been tried often enough.</exception>
    public void RollBack()
    {
        using var scope = NewDisposeScope();
        var scale = Divergence.Halved(RateScale, Model.Shape.Config.LearningRate, "training");
        if (Checkpoint.TryRead(Stable) is { } found)
        {
            Restore(found, Stable);
        }
        else
        {
            StartOver();
        }
        RateScale = scale;
    }

    public void Dispose()
    {
        Optimizer.Dispose();
        Ema.Dispose();
        Model.Dispose();
    }

    private static DiffusionModel Initial(DiffusionShape shape, ulong seed, Precision precision)
    {
        lock (Drawing)
        {
            manual_seed((long)Rng.Seed(seed, "initial weights"));
            return new DiffusionModel(shape, precision);
        }
    }

    private void StartOver()
    {
        using var fresh = Initial(Model.Shape, Seed, context.Precision);
        var weights = fresh.named_parameters().ToDictionary(p => p.name, p => (Tensor)p.parameter, StringComparer.Ordinal);
        Model.Load(weights, "the initial weights");
        Optimizer.Import(Optimizer.Export().ToDictionary(s => s.Key, s => zeros_like(s.Value), StringComparer.Ordinal));
        Ema.Import(weights);
        Step = 0;
    }

    private void Restore(Checkpoint found, string place)
    {
        if (found.State.Seed != Seed || found.State.TrainingListHash != trainingList
            || !JsonNode.DeepEquals(found.State.Config, Model.Shape.ToJson()))
        {
            throw new StudyException($"{place}: belongs to a training with other settings, images or seed; give another folder or remove "
                + $"this one");
        }
        Model.Load(found.Weights, place);
        Optimizer.Import(found.Optimizer);
        Ema.Import(found.Ema);
        Step = found.State.Step;
        RateScale = double.Parse(found.State.More["rate_scale"], CultureInfo.InvariantCulture);
        MicroBatch = int.Parse(found.State.More["micro_batch"], CultureInfo.InvariantCulture);
    }

    private void Write(string place, CurveFile curve)
    {
        using var scope = NewDisposeScope();
        curve.Flush();
        new Checkpoint
        {
            Weights = Model.state_dict(),
            Ema = Ema.Weights,
            Optimizer = Optimizer.Export(),
            State = new()
            {
                Step = Step,
                Seed = Seed,
                TrainingListHash = trainingList,
                Config = Model.Shape.ToJson(),
                More = new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["rate_scale"] = RateScale.ToString("R", CultureInfo.InvariantCulture),
                    ["micro_batch"] = MicroBatch.ToString(CultureInfo.InvariantCulture),
                    [TrainingList.StateKey] = listFile,
                },
            },
        }.Write(place);
    }
}
