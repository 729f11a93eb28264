using System.Diagnostics;
using System.Globalization;
using Odm.Data.Batching;
using Odm.Engine.Optimization;
using Odm.Engine.Runtime;
using static TorchSharp.torch;

namespace Odm.Classify.Training;

/// <summary>The loss of a batch, and a share that goes into the curves: so many hits of so many.</summary>
/// <param name="Loss">Scalar with a graph.</param>
/// <param name="Hits">Scalar: images classified correctly, or pixels of the intersection.</param>
/// <param name="Of">Scalar: images, or pixels of the union.</param>
internal readonly record struct BatchLoss(Tensor Loss, Tensor Hits, Tensor Of);

/// <summary>The one training loop of classifiers and segmenters.</summary>
internal static class LearningLoop
{
    /// <summary>Longest time between two checkpoints. When one is written changes no result.</summary>
    public static readonly TimeSpan CheckpointEvery = TimeSpan.FromSeconds(25);

    /// <summary>Trains from the state's step to the recipe's last.</summary>
    /// <param name="state">What is trained.</param>
    /// <param name="recipe">Settings.</param>
    /// <param name="batches">Training images.</param>
    /// <param name="lesson">The loss of a batch, its tensors still on the CPU, in the loop's scope.</param>
    /// <param name="validate">Scores the validation images and keeps the best weights.</param>
    /// <param name="seed">Run seed.</param>
    /// <param name="context">Device, progress, cancellation.</param>
    /// <param name="stage">Name in progress reports.</param>
    /// <param name="checkpointEvery">Longest time between two checkpoints.</param>
    /// <param name="probe">Sees the state before each step: benchmarks and tests.</param>
    /// <exception cref="StudyException">Training diverged.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the checkpoint is written.</exception>
    public static void Run(LearningState state, LearningRecipe recipe, EpochBatches batches, Func<Batch, BatchLoss> lesson, Action validate,
        ulong seed, RunContext context,
        string stage, TimeSpan checkpointEvery, Action<LearningState>? probe = null)
    {
        if (state.Step > 0 && state.Step < recipe.Steps)
        {
            context.Report(new(stage, state.Step, recipe.Steps, 0, "images", $"resumed at step {state.Step}"));
        }
        var (sinceCheckpoint, sinceReport, reported) = (Stopwatch.StartNew(), Stopwatch.StartNew(), state.Step);
        while (state.Step < recipe.Steps)
        {
            if (context.Cancel.IsCancellationRequested)
            {
                state.Save();
                context.Cancel.ThrowIfCancellationRequested();
            }
            probe?.Invoke(state);
            batches.Begin(state.Step);
            using var scope = NewDisposeScope();
            manual_seed((long)Rng.Seed(seed, "dropout", state.Step));
            var batch = batches.At(state.Step);
            state.Network.train();
            state.Optimizer.ZeroGradients();
            var (loss, hits, of) = lesson(batch);
            loss.backward();
            // sync point
            var norm = GradientClip.ByNorm(state.Network.parameters(), recipe.Clip > 0 ? recipe.Clip : double.PositiveInfinity);
            if (!double.IsFinite(norm))
            {
                throw new StudyException(string.Create(CultureInfo.InvariantCulture, $"learning_rate: {recipe.LearningRate}; {stage} "
                    + $"diverged at step {state.Step}; take a lower rate, or clip: 1"));
            }
            state.Optimizer.LearningRate = recipe.RateAt(state.Step);
            state.Optimizer.Update();
            state.Step++;
            state.Curves.Learned(loss.item<float>(), hits.item<long>(), of.item<long>());
            if (state.Step % recipe.ValidateEvery == 0 || state.Step == recipe.Steps)
            {
                validate();
            }
            if (sinceCheckpoint.Elapsed > checkpointEvery && state.Step < recipe.Steps)
            {
                state.Save();
                sinceCheckpoint.Restart();
            }
            if (sinceReport.Elapsed.TotalSeconds >= 1 || state.Step == recipe.Steps)
            {
                var pace = (state.Step - reported) * batch.Indices.Count / sinceReport.Elapsed.TotalSeconds;
                context.Report(new(stage, state.Step, recipe.Steps, pace, "images", state.Curves.Latest));
                (reported, sinceReport) = (state.Step, Stopwatch.StartNew());
            }
        }
    }
}
