using Odm.Classify.Losses;
using Odm.Classify.Metrics;
using Odm.Classify.Networks;
using Odm.Classify.Training;
using Odm.Classify.Weights;
using Odm.Data.Batching;
using Odm.Data.Images;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Classify.Segmentation;

/// <summary>Trains a segmenter.</summary>
public static class SegmenterTraining
{
    /// <summary>
    /// Trains for the recipe's steps, continuing from what <paramref name="folder"/> holds, and keeps the weights that did best on
    /// <paramref name="val"/>. The folder receives <c>segmenter.json</c> and <c>best.safetensors</c> (which
    /// <see cref="TrainedSegmenter.Load"/> reads), <c>curves.csv</c>, <c>loss.png</c>, <c>iou_global.png</c>; while it trains also
    /// <c>checkpoint/</c>. A finished training is not done again.
    /// </summary>
    /// <param name="config">Settings without faults. Where they count epochs, set <c>steps</c> first, so that arms of different size train
    /// alike.</param>
    /// <param name="train">Training images, each with its mask.</param>
    /// <param name="val">Validation images with masks; what chooses the weights.</param>
    /// <param name="online">Random change of each training image and its mask, drawn anew each time; null for none.</param>
    /// <param name="seed">Run seed; everything random is a function of it and the step.</param>
    /// <param name="folder">Folder of this training.</param>
    /// <param name="context">Device, precision, progress, cancellation.</param>
    /// <param name="stage">Name of the stage in progress reports.</param>
    /// <exception cref="DatasetException">A set without images or masks, or of a size the network cannot halve five times; weights that are
    /// missing or do not fit.</exception>
    /// <exception cref="StudyException">The folder holds another training, or training diverged.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the checkpoint is written.</exception>
    public static void Train(SegmenterConfig config, ImageSet train, ImageSet val, ImageTransform? online, ulong seed, string folder,
        RunContext context, string stage) =>
        Run(config.Resolve(train.Count), train, val, online, seed, folder, context, stage, LearningLoop.CheckpointEvery);

    internal static void Run(SegmenterRecipe recipe, ImageSet train, ImageSet val, ImageTransform? online, ulong seed, string folder,
        RunContext context,
        string stage, TimeSpan checkpointEvery)
    {
        TrainedSegmenter.Demand(train, "training set", train.Channels, recipe.Size);
        TrainedSegmenter.Demand(val, "validation set", train.Channels, recipe.Size);
        var card = new SegmenterManifest
        {
            Recipe = recipe,
            Channels = train.Channels,
            Height = train.Height,
            Width = train.Width,
            Normalisation = Normalisation.Fit(recipe.Normalisation, train),
            Seed = seed,
            TrainingListHash = $"{train.ContentHash} {val.ContentHash}",
        };
        var finished = SegmenterManifest.TryRead(folder);
        using var state = new LearningState(recipe, card.Make(context.Precision), new Curves("iou_global", recipe.SelectBy),
            card.TrainingListHash, seed, folder, context.Device);
        state.Resume(finished, finished?.Recipe);
        var batches = new EpochBatches(new FixedImages(train), recipe.Batch,
            set => new Batches(set, recipe.Batch, seed, "segmenter", card.Normalisation, online));
        LearningLoop.Run(state, recipe, batches, Learn, () => Validate(state, card, val, context), seed, context, stage, checkpointEvery);
        state.Finish(finished is not null, () => (card with { BestStep = state.BestStep }).Write(folder));

        BatchLoss Learn(Batch batch)
        {
            var images = Resizing.To(batch.Images.to(context.Device), recipe.Size); // [N, C, H, W]
            // [N, 1, H, W], hard again where it was resized
            var real = Resizing.To(batch.Masks!.to(context.Device), recipe.Size).ge(Number.Of(.5));
            var logits = state.Network.call(images); // [N, 2, H, W]
            var found = logits.argmax(1, keepdim: true).eq(Number.Of(1));
            return new(MaskLosses.Of(recipe.Loss, logits, real.to(ScalarType.Float32)), found.logical_and(real).sum(),
                found.logical_or(real).sum());
        }
    }

    private static void Validate(LearningState state, SegmenterManifest card, ImageSet val, RunContext context)
    {
        var (rows, entropy) = (new List<MaskScores>(), 0.0);
        TrainedSegmenter.Each(state.Network, val, [.. Enumerable.Range(0, val.Count)], card, context, (i, p) =>
        {
            rows.Add(MaskScores.Of(val.Rows[i].Id, "", val.Mask(i), p, val.Height, val.Width, distance: false));
            entropy += Entropy(val.Mask(i), p) / val.Count;
        });
        var facts = SegmentationMetrics.Score(new(rows), new() { Replicates = 0 })
            .ToDictionary(f => f.Metric, f => f.Value, StringComparer.Ordinal);
        var loss = 1 - facts["dice_soft"] + card.Recipe.Loss switch
        {
            MaskLoss.Dice => 0,
            MaskLoss.DiceBce => entropy,
            _ => throw new InvalidOperationException($"no loss of masks is called {card.Recipe.Loss}"),
        };
        var score = card.Recipe.SelectBy == "loss" ? -loss : facts[card.Recipe.SelectBy];
        state.Curves.Validated(state.Step, loss, facts["iou_global"], card.Recipe.SelectBy == "loss" ? -score : score);
        state.Keep(score);
    }

    // mean over an image's pixels
    private static double Entropy(ReadOnlySpan<byte> mask, ReadOnlySpan<float> p)
    {
        var sum = 0.0;
        for (var i = 0; i < p.Length; i++)
        {
            sum -= Math.Log(Math.Max(mask[i] > 127 ? p[i] : 1 - p[i], 1e-7));
        }
        return sum / p.Length;
    }
}
