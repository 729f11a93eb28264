using System.Diagnostics;
using System.Globalization;
using Odm.Data;
using Odm.Data.Training;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Odm.Classify;

/// <summary>Trains a classifier.</summary>
public static class ClassifierTraining
{
    /// <summary>Longest time between two checkpoints. When one is written changes no result.</summary>
    private static readonly TimeSpan CheckpointEvery = TimeSpan.FromSeconds(25);

    /// <summary>
    /// Trains for the recipe's steps, continuing from what <paramref name="folder"/> holds, and keeps the weights that did best on <paramref name="val"/>. The folder
    /// receives <c>classifier.json</c> and <c>best.safetensors</c> (which <see cref="Prediction.Predict"/> reads), <c>curves.csv</c>, <c>loss.png</c>, <c>accuracy.png</c>; while it
    /// trains also <c>checkpoint/</c>. A finished training is not done again.
    /// </summary>
    /// <param name="config">Settings without faults. Where they count epochs, set <see cref="ClassifierConfig.Steps"/> first, so that arms of different size train alike.</param>
    /// <param name="train">Training images, each labelled.</param>
    /// <param name="val">Validation images; what chooses the weights.</param>
    /// <param name="online">Random change of each training image, drawn anew each time; null for none.</param>
    /// <param name="seed">Run seed; everything random is a function of it and the step.</param>
    /// <param name="folder">Folder of this training.</param>
    /// <param name="context">Device, precision, progress, cancellation.</param>
    /// <param name="stage">Name of the stage in progress reports.</param>
    /// <exception cref="DatasetException">No validation images, an unlabelled image, or weights that are missing or do not fit.</exception>
    /// <exception cref="StudyException">The folder holds another training, or training diverged.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the checkpoint is written.</exception>
    public static void Train(ClassifierConfig config, ImageSet train, ImageSet val, ImageTransform? online, ulong seed, string folder, RunContext context, string stage) =>
        Run(config.Resolve(train.Count), train, val, online, seed, folder, context, stage, CheckpointEvery);

    internal static void Run(ClassifierRecipe recipe, ImageSet train, ImageSet val, ImageTransform? online, ulong seed, string folder, RunContext context,
        string stage, TimeSpan checkpointEvery)
    {
        using var state = ClassifierState.Resume(recipe, train, val, seed, folder, context);
        if (state.Step > 0 && state.Step < recipe.Steps)
        {
            context.Report(new(stage, state.Step, recipe.Steps, 0, "images", $"resumed at step {state.Step}"));
        }
        var batches = new Batches(train, recipe.Batch, seed, "classifier", state.Normalisation, online);
        var (sinceCheckpoint, sinceReport, reported) = (Stopwatch.StartNew(), Stopwatch.StartNew(), state.Step);
        while (state.Step < recipe.Steps)
        {
            if (context.Cancel.IsCancellationRequested)
            {
                state.Save();
                context.Cancel.ThrowIfCancellationRequested();
            }
            using var scope = NewDisposeScope();
            manual_seed((long)Rng.Seed(seed, "dropout", state.Step));
            var batch = batches.At(state.Step);
            var labels = batch.Labels.to(context.Device); // int64 [N]
            state.Network.train();
            state.Optimizer.ZeroGradients();
            var logits = state.Network.call(Prediction.Resized(batch.Images.to(context.Device), recipe.Size)); // [N, K]
            var loss = F.cross_entropy(logits, labels, state.ClassWeights, label_smoothing: recipe.LabelSmoothing);
            loss.backward();
            var norm = GradientClip.ByNorm(state.Network.parameters(), recipe.Clip > 0 ? recipe.Clip : double.PositiveInfinity); // sync point
            if (!double.IsFinite(norm))
            {
                throw new StudyException(string.Create(CultureInfo.InvariantCulture, $"learning_rate: {recipe.LearningRate}; {stage} diverged at step {state.Step}; allowed is a lower rate, or clip: 1"));
            }
            state.Optimizer.LearningRate = Rate(recipe, state.Step);
            state.Optimizer.Update();
            state.Step++;
            state.Curves.Learned(loss.item<float>(), logits.argmax(1).eq(labels).sum().item<long>(), labels.shape[0]);
            if (state.Step % recipe.ValidateEvery == 0 || state.Step == recipe.Steps)
            {
                state.Validate(val);
            }
            if (sinceCheckpoint.Elapsed > checkpointEvery && state.Step < recipe.Steps)
            {
                state.Save();
                sinceCheckpoint.Restart();
            }
            if (sinceReport.Elapsed.TotalSeconds >= 1 || state.Step == recipe.Steps)
            {
                var pace = (state.Step - reported) * batches.BatchSize / sinceReport.Elapsed.TotalSeconds;
                context.Report(new(stage, state.Step, recipe.Steps, pace, "images", state.Curves.Latest));
                (reported, sinceReport) = (state.Step, Stopwatch.StartNew());
            }
        }
        state.Finish();
    }

    /// <summary>Rate of a step, counted from 0: linear warm-up, then as the recipe's schedule has it.</summary>
    internal static double Rate(ClassifierRecipe recipe, long step)
    {
        var rise = (long)(recipe.Warmup * recipe.Steps);
        return LearningRates.WarmUp(rise, step) * recipe.Schedule switch
        {
            "cosine" => LearningRates.Cosine(recipe.LearningRate, 0, recipe.Steps - rise, Math.Max(0, step - rise)),
            "steps" => LearningRates.MultiStep(recipe.LearningRate, [.. recipe.Milestones.Select(m => (long)(m * recipe.Steps))], recipe.Gamma, step),
            _ => recipe.LearningRate,
        };
    }
}
