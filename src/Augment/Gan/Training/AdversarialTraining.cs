using System.Diagnostics;
using System.Globalization;
using Odm.Augment.Generators;
using Odm.Engine.Optimization;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Gan.Training;

/// <summary>
/// Trains a generator against a discriminator: the loop of all GANs of the program. A step is some updates of the discriminator and some
/// of the generator.
/// </summary>
internal static class AdversarialTraining
{
    /// <summary>Longest time between two checkpoints; a kill repeats no more than this. When one is written changes no result.</summary>
    private static readonly TimeSpan CheckpointEvery = TimeSpan.FromSeconds(20);

    private static readonly string[] Columns =
    [
        "discriminator", "generator", "real_logit", "fake_logit", "real_sign", "penalty", "path_length", "augment_probability",
        "learning_rate", "discriminator_norm", "generator_norm",
    ];

    /// <summary>Trains to the end, continuing from what the folder holds.</summary>
    /// <param name="task">The training.</param>
    /// <param name="build">The networks with their initial weights, the same at each call; called outside dispose scopes.</param>
    /// <param name="listFile">Hash of the file that lists the images (<see cref="TrainingList.Write"/>).</param>
    /// <exception cref="StudyException">Training diverged again and again, or the folder holds another one.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the checkpoint is written.</exception>
    public static void Run(AdversarialTask task, Func<GanNetworks> build, string listFile)
    {
        var (config, context) = (task.Config, task.Context);
        using var state = AdversarialState.Resume(task, build, listFile);
        if (state.Step > 0)
        {
            context.Report(new(task.Stage, state.Step, config.Steps, 0, "images", $"resumed at step {state.Step}"));
        }
        var curve = new CurveFile(Path.Combine(task.Folder, "curve.csv"), Columns, config.Steps, state.Step);
        var update = new AdversarialUpdate(task, state);
        var sheetEvery = task.Sheet is null ? 0 : config.SheetEvery ?? Math.Max(1, config.Steps / 10);
        var (sinceCheckpoint, sinceReport, lastReported) = (Stopwatch.StartNew(), Stopwatch.StartNew(), state.Step);
        state.Networks.Generator.train();
        state.Networks.Discriminator.train();
        while (state.Step < config.Steps)
        {
            if (context.Cancel.IsCancellationRequested)
            {
                state.Save(curve);
                context.Cancel.ThrowIfCancellationRequested();
            }
            task.BeforeStep?.Invoke(state.Step);
            using var scope = NewDisposeScope();
            var rate = config.LearningRate * state.RateFactor;
            var losses = update.Step();
            if (!losses.Finite)
            {
                var failed = state.Step;
                state.RollBack();
                curve.Rewind(state.Step);
                context.Report(new(task.Stage, state.Step, config.Steps, 0, "images", string.Create(CultureInfo.InvariantCulture,
                    $"! loss or gradient not finite at step {failed}: back to step {state.Step} at {state.RateScale:0.####} of the "
                    + $"learning rates")));
                continue;
            }
            state.Ema.Update(state.Step);
            state.Step++;
            curve.Add(state.Step, losses.Discriminator, losses.Generator, losses.RealLogit, losses.FakeLogit, losses.RealSign,
                losses.Penalty, losses.PathLength, state.Probability.Value, rate, losses.DiscriminatorNorm, losses.GeneratorNorm);
            state.KeepStable(curve);
            if (sheetEvery > 0 && (state.Step % sheetEvery == 0 || state.Step == config.Steps))
            {
                DrawSheet(task, state); // before the checkpoint: a kill between the two draws it again
            }
            if (sinceCheckpoint.Elapsed > CheckpointEvery || state.Step == config.Steps)
            {
                state.Save(curve);
                sinceCheckpoint.Restart();
            }
            if (sinceReport.Elapsed.TotalSeconds >= 1 || state.Step == config.Steps)
            {
                var pace = (state.Step - lastReported) * config.Batch / sinceReport.Elapsed.TotalSeconds;
                context.Report(new(task.Stage, state.Step, config.Steps, pace, "images", string.Create(CultureInfo.InvariantCulture,
                    $"losses {losses.Discriminator:0.000} and {losses.Generator:0.000}")));
                lastReported = state.Step;
                sinceReport.Restart();
            }
        }
    }

    private static void DrawSheet(AdversarialTask task, AdversarialState state)
    {
        using var off = no_grad();
        using var scope = NewDisposeScope();
        state.Ema.Swap();
        state.Networks.Generator.eval();
        task.Sheet!(state.Networks, state.Step);
        state.Networks.Generator.train();
        state.Ema.Swap();
    }
}
