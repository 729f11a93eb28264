using System.Globalization;
using System.Text.Json.Nodes;
using Odm.Augment.Gan.Augmenting;
using Odm.Augment.Generators;
using Odm.Engine.Files;
using Odm.Engine.Optimization;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;
using Adam = Odm.Engine.Optimization.Adam;
using Parameter = TorchSharp.Modules.Parameter;

namespace Odm.Augment.Gan.Training;

/// <summary>
/// What an adversarial training consists of between two steps, on disk as in memory. Besides the checkpoint, which a stopwatch times, a
/// stable one is kept at fixed steps: a roll-back goes there, so that its outcome does not depend on the machine's speed.
/// </summary>
internal sealed class AdversarialState : IDisposable
{
    private const string GeneratorPrefix = "generator.";
    private const string DiscriminatorPrefix = "discriminator.";

    private readonly Func<GanNetworks> build;
    private readonly AdversarialTask task;
    private readonly string listFile;

    private AdversarialState(AdversarialTask task, Func<GanNetworks> build, string listFile)
    {
        (this.task, this.build, this.listFile) = (task, build, listFile);
        var (config, device) = (task.Config, task.Context.Device);
        Networks = build();
        Networks.Generator.to(device);
        Networks.Discriminator.to(device);
        var (drawn, judged) = (NetworkWeights.Trained(Networks.Generator), NetworkWeights.Trained(Networks.Discriminator));
        GeneratorOptimizer = Adam(drawn, config, config.LearningRate, Lazily(config.PathLength > 0, config.PathLengthEvery));
        DiscriminatorOptimizer = Adam(judged, config, config.DiscriminatorRate ?? config.LearningRate,
            Lazily(config.R1 > 0, config.R1Every));
        Ema = new Ema(drawn, config.Ema, warmUp: config.Ema > 0);
        Probability = new AdaptiveProbability(config.Ada);
    }

    public GanNetworks Networks { get; }

    public Optimizer GeneratorOptimizer { get; }

    public Optimizer DiscriminatorOptimizer { get; }

    public Ema Ema { get; }

    /// <summary>Probability of ADA's transforms.</summary>
    public AdaptiveProbability Probability { get; }

    /// <summary>Moving mean of the path lengths.</summary>
    public double PathMean { get; set; }

    /// <summary>Steps done.</summary>
    public long Step { get; set; }

    /// <summary>Factor of the learning rates: 1, halved at each roll-back.</summary>
    public double RateScale { get; private set; } = 1;

    /// <summary>Factor of the learning rates at this step, the task's schedule included.</summary>
    public double RateFactor => RateScale * (task.RateFactor?.Invoke(Step) ?? 1);

    private string Checkpoints => Path.Combine(task.Folder, "checkpoint");

    private string Stable => Path.Combine(task.Folder, "stable");

    /// <summary>The state in the folder, or a fresh one.</summary>
    public static AdversarialState Resume(AdversarialTask task, Func<GanNetworks> build, string listFile)
    {
        Directory.CreateDirectory(task.Folder);
        var state = new AdversarialState(task, build, listFile);
        using var scope = NewDisposeScope();
        if (Checkpoint.TryRead(state.Checkpoints) is { } found)
        {
            state.Restore(found, state.Checkpoints);
        }
        return state;
    }

    /// <summary>Writes the checkpoint, after the curve that leads up to it.</summary>
    public void Save(CurveFile curve) => Write(Checkpoints, curve);

    /// <summary>Writes the stable checkpoint where this step is due one.</summary>
    public void KeepStable(CurveFile curve)
    {
        if (Step % Divergence.StableEvery(task.Config.Steps) == 0 && Step < task.Config.Steps)
        {
            Write(Stable, curve);
        }
    }

    /// <summary>Back to the last stable checkpoint, or to the start, at half the learning rates.</summary>
    /// <exception cref="StudyException">Half the rate has been tried often enough.</exception>
    public void RollBack()
    {
        using var scope = NewDisposeScope();
        var scale = Divergence.Halved(RateScale, task.Config.LearningRate, "the adversarial training");
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
        GeneratorOptimizer.Dispose();
        DiscriminatorOptimizer.Dispose();
        Ema.Dispose();
        Networks.Dispose();
    }

    /// <summary>Takes over the generator's weights of a checkpoint, averaged ones where it has them, and its buffers.</summary>
    /// <exception cref="DatasetException">One is missing or has another shape.</exception>
    public static void LoadGenerator(nn.Module generator, Checkpoint found, string place)
    {
        var weights = found.Weights.ToDictionary(StringComparer.Ordinal);
        foreach (var (name, value) in found.Ema)
        {
            weights[name] = value;
        }
        NetworkWeights.Load(generator, GeneratorPrefix, weights, place);
    }

    // a term that comes at every k-th update alone: the rate and the memory of Adam shrink by k/(k+1) (Karras et al. 2020, "Analyzing and
    // improving", appendix B)
    private static double Lazily(bool used, int every) => used && every > 1 ? every / (every + 1.0) : 1;

    private static Adam Adam(List<(string, Parameter)> trained, AdversarialConfig config, double rate, double ratio)
        => new(trained, rate * ratio, Math.Pow(config.Beta1, ratio), Math.Pow(config.Beta2, ratio));

    private void StartOver()
    {
        using var fresh = build();
        var weights = All(fresh);
        NetworkWeights.Load(Networks.Generator, GeneratorPrefix, weights, "the initial weights");
        NetworkWeights.Load(Networks.Discriminator, DiscriminatorPrefix, weights, "the initial weights");
        foreach (var optimizer in new[] { GeneratorOptimizer, DiscriminatorOptimizer })
        {
            optimizer.Import(optimizer.Export().ToDictionary(s => s.Key, s => zeros_like(s.Value), StringComparer.Ordinal));
        }
        Ema.Import(NetworkWeights.Part(weights, GeneratorPrefix));
        Probability.Restore(null);
        (Step, PathMean) = (0, 0);
    }

    private void Restore(Checkpoint found, string place)
    {
        if (found.State.Seed != task.Seed || found.State.TrainingListHash != task.ImagesHash
            || !JsonNode.DeepEquals(found.State.Config, Networks.Shape))
        {
            throw new StudyException($"{place}: belongs to a training with other settings, images or seed; give another folder or remove "
                + $"this one");
        }
        var weights = found.Weights.ToDictionary(StringComparer.Ordinal);
        NetworkWeights.Load(Networks.Generator, GeneratorPrefix, weights, place);
        NetworkWeights.Load(Networks.Discriminator, DiscriminatorPrefix, weights, place);
        GeneratorOptimizer.Import(NetworkWeights.Part(found.Optimizer, GeneratorPrefix));
        DiscriminatorOptimizer.Import(NetworkWeights.Part(found.Optimizer, DiscriminatorPrefix));
        Ema.Import(NetworkWeights.Part(found.Ema, GeneratorPrefix));
        Step = found.State.Step;
        RateScale = double.Parse(found.State.More["rate_scale"], CultureInfo.InvariantCulture);
        PathMean = double.Parse(found.State.More["path_mean"], CultureInfo.InvariantCulture);
        Probability.Restore(found.State.More["augment_probability"]);
    }

    private void Write(string place, CurveFile curve)
    {
        using var scope = NewDisposeScope();
        curve.Flush();
        new Checkpoint
        {
            Weights = All(Networks),
            Ema = NetworkWeights.Named(Ema.Weights, GeneratorPrefix),
            Optimizer = Both(GeneratorOptimizer.Export(), DiscriminatorOptimizer.Export()),
            State = new()
            {
                Step = Step,
                Seed = task.Seed,
                TrainingListHash = task.ImagesHash,
                Config = Networks.Shape.DeepClone(),
                More = new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["rate_scale"] = RateScale.ToString("R", CultureInfo.InvariantCulture),
                    ["path_mean"] = PathMean.ToString("R", CultureInfo.InvariantCulture),
                    ["augment_probability"] = Probability.Save(),
                    [TrainingList.StateKey] = listFile,
                },
            },
        }.Write(place);
    }

    private static Dictionary<string, Tensor> All(GanNetworks networks)
        => Both(networks.Generator.state_dict(), networks.Discriminator.state_dict());

    private static Dictionary<string, Tensor> Both(Dictionary<string, Tensor> drawn, Dictionary<string, Tensor> judged) => new(
        NetworkWeights.Named(drawn, GeneratorPrefix).Concat(NetworkWeights.Named(judged, DiscriminatorPrefix)), StringComparer.Ordinal);
}
