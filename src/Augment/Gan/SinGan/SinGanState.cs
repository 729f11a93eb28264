using System.Globalization;
using System.Text.Json.Nodes;
using Odm.Augment.Gan.Training;
using Odm.Augment.Generators;
using Odm.Engine.Files;
using Odm.Engine.Optimization;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;
using Adam = Odm.Engine.Optimization.Adam;

namespace Odm.Augment.Gan.SinGan;

/// <summary>
/// What the training of an image's SinGAN consists of between two steps, on disk as in memory: the scales that are trained and, until all
/// are, the networks and optimizers of the one in work.
/// </summary>
internal sealed class SinGanState : IDisposable
{
    private const string GeneratorPrefix = "generator.";
    private const string DiscriminatorPrefix = "discriminator.";
    private const string RateKey = "rate_scale";
    private const string AmplitudeKey = "amplitude";

    private readonly SinGanTask task;
    private SinGanScale? work;

    private SinGanState(SinGanTask task)
    {
        this.task = task;
        Model = new SinGanModel(task.Shape, task.Seed, task.Context.Device);
    }

    /// <summary>The trained scales.</summary>
    public SinGanModel Model { get; }

    /// <summary>The scale in work.</summary>
    public SinGanScale Work => work ?? throw new InvalidOperationException("all scales are trained");

    /// <summary>Whether all scales are trained.</summary>
    public bool Finished => Step == task.Shape.Steps;

    /// <summary>Steps done, of all scales together.</summary>
    public long Step { get; set; }

    /// <summary>The scale in work.</summary>
    public int Scale => (int)(Step / task.Shape.Training.Steps);

    /// <summary>Factor of the learning rates: 1, halved each time that a scale diverges.</summary>
    public double RateScale { get; private set; } = 1;

    private string Place => Path.Combine(task.Folder, "checkpoint");

    /// <summary>The state in the folder, or a fresh one; called outside dispose scopes.</summary>
    /// <exception cref="StudyException">The folder holds a training of something else.</exception>
    public static SinGanState Resume(SinGanTask task)
    {
        Directory.CreateDirectory(task.Folder);
        var state = new SinGanState(task);
        if (Checkpoint.TryReadState(state.Place) is not { } known)
        {
            state.Begin(from: null);
            return state;
        }
        state.Restore(known);
        return state;
    }

    /// <summary>
    /// The scale in work is trained: it is frozen, and the next one begins with its weights where it has the same widths, else with fresh
    /// ones (Shaham et al. 2019, supplement). Called outside dispose scopes.
    /// </summary>
    public void Advance()
    {
        var trained = Work;
        work = null;
        Model.Add(trained.Generator, trained.Amplitude);
        if (!Finished)
        {
            Begin(task.Shape.WidthOf(Scale) == task.Shape.WidthOf(Scale - 1) ? trained : null);
        }
        trained.DisposeButGenerator();
    }

    /// <summary>The scale in work begins anew from fresh weights at half the learning rates; called outside dispose scopes.</summary>
    /// <exception cref="StudyException">Half the rate has been tried often enough.</exception>
    public void StartOver()
    {
        RateScale = Divergence.Halved(RateScale, task.Shape.Training.LearningRate, "the training of an image's SinGAN");
        Step = Scale * task.Shape.Training.Steps;
        Work.Dispose();
        Begin(from: null);
    }

    /// <summary>Writes the checkpoint, after the curve that leads up to it.</summary>
    public void Save(CurveFile curve)
    {
        using var scope = NewDisposeScope();
        curve.Flush();
        var (weights, more) = (Model.Weights(), Model.More());
        var optimizer = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        more[RateKey] = RateScale.ToString("R", CultureInfo.InvariantCulture);
        more[TrainingList.StateKey] = task.ListFile;
        if (work is not null)
        {
            more[AmplitudeKey] = work.Amplitude.ToString("R", CultureInfo.InvariantCulture);
            foreach (var (into, prefix, tensors) in new[]
            {
                (weights, GeneratorPrefix, work.Generator.state_dict()), (weights, DiscriminatorPrefix, work.Discriminator.state_dict()),
                (optimizer, GeneratorPrefix, work.GeneratorOptimizer.Export()),
                (optimizer, DiscriminatorPrefix, work.DiscriminatorOptimizer.Export()),
            })
            {
                foreach (var (name, value) in NetworkWeights.Named(tensors, prefix))
                {
                    into[name] = value;
                }
            }
        }
        new Checkpoint
        {
            Weights = weights,
            Optimizer = optimizer,
            State = new()
            {
                Step = Step,
                Seed = task.Seed,
                TrainingListHash = task.Image.ContentHash,
                Config = task.Shape.ToJson(),
                More = more,
            },
        }.Write(Place);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        work?.Dispose();
        Model.Dispose();
    }

    private void Begin(SinGanScale? from)
    {
        var attempt = (int)Math.Round(-Math.Log2(RateScale));
        work = new SinGanScale(task, Scale, Rng.Seed(Rng.Seed(task.Seed, "initial weights", Scale), "attempt", attempt), from);
        work.See(Model);
    }

    private void Restore(CheckpointState known)
    {
        if (known.Seed != task.Seed || known.TrainingListHash != task.Image.ContentHash
            || !JsonNode.DeepEquals(known.Config, task.Shape.ToJson()))
        {
            throw new StudyException($"{Place}: belongs to a training with other settings, images or seed; give another folder or remove "
                + "this one");
        }
        Step = known.Step;
        RateScale = Number(known, RateKey);
        Model.Build(Finished ? task.Shape.Sides.Count : Scale, task.Seed, task.Context.Precision);
        if (!Finished)
        {
            work = new SinGanScale(task, Scale, task.Seed, from: null);
        }
        using (NewDisposeScope())
        {
            var found = Checkpoint.TryRead(Place)!;
            Model.Load(found, Place);
            if (work is not null)
            {
                NetworkWeights.Load(work.Generator, GeneratorPrefix, found.Weights, Place);
                NetworkWeights.Load(work.Discriminator, DiscriminatorPrefix, found.Weights, Place);
                work.GeneratorOptimizer.Import(NetworkWeights.Part(found.Optimizer, GeneratorPrefix));
                work.DiscriminatorOptimizer.Import(NetworkWeights.Part(found.Optimizer, DiscriminatorPrefix));
            }
        }
        work?.See(Model, Number(known, AmplitudeKey));
    }

    private double Number(CheckpointState state, string key)
        => double.TryParse(state.More.GetValueOrDefault(key), CultureInfo.InvariantCulture, out var value) ? value
            : throw new DatasetException($"{Place}: state.json has no number '{key}'");
}
