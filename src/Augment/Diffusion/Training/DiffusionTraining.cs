using System.Diagnostics;
using System.Globalization;
using Odm.Augment.Generators;
using Odm.Data.Images;
using Odm.Engine.Optimization;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Diffusion.Training;

/// <summary>Trains a diffusion generator.</summary>
public static class DiffusionTraining
{
    /// <summary>Longest time between two checkpoints; a kill repeats no more than this. When one is written changes no result.</summary>
    private static readonly TimeSpan CheckpointEvery = TimeSpan.FromSeconds(20);

    private static readonly string[] CurveColumns = ["loss", "eps_mse", "ordinal", "learning_rate", "gradient_norm"];

    /// <summary>
    /// Trains to <see cref="DiffusionConfig.Steps"/>, continuing from what <paramref name="folder"/> holds. It receives
    /// <c>training.csv</c> before anything else, <c>checkpoint/</c> (which <see cref="DiffusionGenerator.Load"/> reads), <c>stable/</c> and
    /// <c>curve.csv</c>.
    /// </summary>
    /// <param name="config">Settings without faults.</param>
    /// <param name="train">Training images, square; at least one.</param>
    /// <param name="seed">Run seed; everything random is a function of it and the step.</param>
    /// <param name="folder">Folder of this generator's training.</param>
    /// <param name="context">Device, precision, progress, cancellation.</param>
    /// <param name="stage">Name of the stage in progress reports.</param>
    /// <exception cref="StudyException">The images do not suit the network, or training diverged again and again.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the checkpoint is written.</exception>
    /// <param name="beforeStep">Called before each forward pass with the number of steps done, for benchmarks.</param>
    public static void Train(DiffusionConfig config, ImageSet train, ulong seed, string folder, RunContext context, string stage,
        Action<long>? beforeStep = null)
        => Run(config, train, seed, folder, context, stage, beforeStep is null ? null : (state, _) => beforeStep(state.Step));

    /// <summary>As <see cref="Train"/>; tests see each forward pass coming: the state and the size of the micro-batch.</summary>
    internal static void Run(DiffusionConfig config, ImageSet train, ulong seed, string folder, RunContext context, string stage,
        Action<TrainingState, int>? probe)
    {
        if (config.Masks && !train.HasMasks)
        {
            throw new StudyException("generator.masks is true, and the training images have no masks");
        }
        config = config.IsConditional ? config : config with { Batch = Math.Min(config.Batch, train.Count) };
        var shape = DiffusionShape.For(config, train.Channels, train.Height, train.Width, train.Classes);
        using var state = TrainingState.Resume(shape, train, seed, folder, context);
        if (state.Step > 0)
        {
            context.Report(new(stage, state.Step, config.Steps, 0, "images", $"resumed at step {state.Step}"));
        }
        var batches = new GradeBatches([.. train.Rows.Select(r => config.IsConditional ? r.Label : -1)], shape.Config, seed);
        var curve = new CurveFile(Path.Combine(folder, "curve.csv"), CurveColumns, config.Steps, state.Step);
        var (sinceCheckpoint, sinceReport, lastReported) = (Stopwatch.StartNew(), Stopwatch.StartNew(), state.Step);
        state.Model.train();
        while (state.Step < config.Steps)
        {
            if (context.Cancel.IsCancellationRequested)
            {
                state.Save(curve);
                context.Cancel.ThrowIfCancellationRequested();
            }
            using var scope = NewDisposeScope();
            state.Optimizer.ZeroGradients();
            var loss = Accumulate(state, train, batches.At(state.Step), context, stage, probe); // loss and backward
            var norm = GradientClip.ByNorm(state.Model.parameters(), config.Clip > 0 ? config.Clip : double.PositiveInfinity);
            if (!double.IsFinite(loss.Total) || !double.IsFinite(norm))
            {
                var failed = state.Step;
                state.RollBack();
                curve.Rewind(state.Step);
                context.Report(new(stage, state.Step, config.Steps, 0, "images",
                    $"! loss or gradient not finite at step {failed}: back to step {state.Step} at {Text(state.RateScale)} of the "
                    + $"learning rate"));
                continue;
            }
            var rate = Rate(config, state.Step) * state.RateScale;
            state.Optimizer.LearningRate = rate;
            state.Optimizer.Update();
            state.Ema.Update(state.Step);
            state.Step++;
            curve.Add(state.Step, loss.Total, loss.Eps, loss.Ordinal, rate, norm);
            state.KeepStable(curve);
            if (sinceCheckpoint.Elapsed > CheckpointEvery || state.Step == config.Steps)
            {
                state.Save(curve);
                sinceCheckpoint.Restart();
            }
            if (sinceReport.Elapsed.TotalSeconds >= 1 || state.Step == config.Steps)
            {
                var pace = (state.Step - lastReported) * config.Batch / sinceReport.Elapsed.TotalSeconds;
                context.Report(new(stage, state.Step, config.Steps, pace, "images",
                    $"loss {loss.Total.ToString("0.0000", CultureInfo.InvariantCulture)}"));
                lastReported = state.Step;
                sinceReport.Restart();
            }
        }
    }

    /// <summary>Loss and gradients of a batch in micro-batches; where memory runs out the step is done again in halves.</summary>
    private static StepLoss Accumulate(TrainingState state, ImageSet train, GradeBatch batch, RunContext context, string stage,
        Action<TrainingState, int>? probe)
    {
        var others = Triplets.OtherGrades(state.Model.Shape.Config, batch, state.Model.Shape.Classes.Count, state.Seed, state.Step);
        while (true)
        {
            var loss = new StepLoss();
            // one generator for the process: another training may be drawing its initial weights
            if (state.Model.Shape.Config.Network.Dropout > 0)
            {
                manual_seed((long)Rng.Seed(state.Seed, "dropout", state.Step));
            }
            try
            {
                for (var first = 0; first < batch.Indices.Length; first += state.MicroBatch)
                {
                    using var scope = NewDisposeScope();
                    var n = Math.Min(state.MicroBatch, batch.Indices.Length - first);
                    probe?.Invoke(state, n);
                    var masks = state.Model.Shape.Config.Masks;
                    var (clean, noise) = TrainingImages.Of(train, masks, batch, first, n, context.Device);
                    var moves = state.Model.Shape.Config.Augment is { } augment
                        ? NonLeaking.Draw(augment, batch.NoiseSeeds.Skip(first).Take(n)) : null;
                    DiffusionLoss.Share(state.Model, moves?.Move(clean, masks) ?? clean, noise, batch, first, others, loss,
                        moves?.Told(context.Device)).backward();
                }
                return loss;
            }
            catch (System.Runtime.InteropServices.ExternalException e) when (OutOfMemory.Is(e))
            {
                var whole = state.Model.Shape.Config.IsConditional ? 3 : 1; // triplets, or single images
                if (state.MicroBatch <= whole)
                {
                    throw new StudyException($"not enough memory for {state.MicroBatch} images at a time: a smaller network.channels, a "
                        + $"larger network.patch or smaller images are needed", e);
                }
                state.MicroBatch = Math.Max(whole, state.MicroBatch / 2 / whole * whole);
                state.Optimizer.ZeroGradients();
                context.Report(new(stage, state.Step, state.Model.Shape.Config.Steps, 0, "images",
                    $"! out of memory: going on in micro-batches of {state.MicroBatch} images"));
            }
        }
    }

    /// <summary>Rate of a step, counted from 0: linear warm-up, then constant or half a cosine.</summary>
    internal static double Rate(DiffusionConfig config, long step) => LearningRates.WarmUp(config.Warmup, step)
        * (config.Decay == RateDecay.Cosine ? LearningRates.Cosine(config.LearningRate, 0, config.Steps, step) : config.LearningRate);

    private static string Text(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);
}

/// <summary>Recognises the engine's out-of-memory errors by their text; they have no type of their own.</summary>
internal static class OutOfMemory
{
    public static bool Is(Exception e) =>
        e.Message.Contains("out of memory", StringComparison.OrdinalIgnoreCase)
        || e.Message.Contains("can't allocate memory", StringComparison.OrdinalIgnoreCase)
        || e.Message.Contains("DefaultCPUAllocator", StringComparison.Ordinal);
}
