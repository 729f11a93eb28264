using Odm.Classify.Losses;
using Odm.Classify.Metrics;
using Odm.Classify.Training;
using Odm.Classify.Weights;
using Odm.Data.Batching;
using Odm.Data.Images;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Classify.Classification;

/// <summary>Trains a classifier.</summary>
public static class ClassifierTraining
{
    /// <summary>
    /// Trains for the recipe's steps, continuing from what <paramref name="folder"/> holds, and keeps the weights that did best on
    /// <paramref name="val"/>. The folder receives <c>classifier.json</c> and <c>best.safetensors</c> (which
    /// <see cref="TrainedClassifier.Load"/> reads), <c>curves.csv</c>, <c>loss.png</c>, <c>accuracy.png</c>; while it trains also
    /// <c>checkpoint/</c>. A finished training is not done again.
    /// </summary>
    /// <param name="config">Settings without faults. Where they count epochs, set <c>steps</c> first, so that arms of different size train
    /// alike.</param>
    /// <param name="train">Training images, each labelled.</param>
    /// <param name="val">Validation images; what chooses the weights.</param>
    /// <param name="online">Random change of each training image, drawn anew each time; null for none.</param>
    /// <param name="seed">Run seed; everything random is a function of it and the step.</param>
    /// <param name="folder">Folder of this training.</param>
    /// <param name="context">Device, precision, progress, cancellation.</param>
    /// <param name="stage">Name of the stage in progress reports.</param>
    /// <param name="beforeStep">Called before each step with the number of steps done, for benchmarks.</param>
    /// <exception cref="DatasetException">No validation images, an unlabelled image, or weights that are missing or do not fit.</exception>
    /// <exception cref="StudyException">The folder holds another training, or training diverged.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the checkpoint is written.</exception>
    public static void Train(ClassifierConfig config, ImageSet train, ImageSet val, ImageTransform? online, ulong seed, string folder,
        RunContext context, string stage, Action<long>? beforeStep = null) =>
        Run(config.Resolve(train.Count), train, val, online, seed, folder, context, stage, LearningLoop.CheckpointEvery,
            beforeStep is null ? null : state => beforeStep(state.Step));

    /// <summary>As <see cref="Train"/>, on images that may be others in each epoch.</summary>
    /// <param name="config">Settings without faults, with steps, not epochs.</param>
    /// <param name="images">Where the training images come from.</param>
    /// <param name="val">Validation images; what chooses the weights.</param>
    /// <param name="online">Random change of each training image, drawn anew each time; null for none.</param>
    /// <param name="seed">Run seed.</param>
    /// <param name="folder">Folder of this training.</param>
    /// <param name="context">Device, precision, progress, cancellation.</param>
    /// <param name="stage">Name of the stage in progress reports.</param>
    public static void TrainOn(ClassifierConfig config, ITrainingImages images, ImageSet val, ImageTransform? online, ulong seed,
        string folder, RunContext context, string stage)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(images);
        Run(config.Resolve(images.Known.Count), images, val, online, seed, folder, context, stage, LearningLoop.CheckpointEvery);
    }

    internal static void Run(ClassifierRecipe recipe, ImageSet train, ImageSet val, ImageTransform? online, ulong seed, string folder,
        RunContext context, string stage, TimeSpan checkpointEvery, Action<LearningState>? probe = null)
        => Run(recipe, new FixedImages(train), val, online, seed, folder, context, stage, checkpointEvery, probe);

    internal static void Run(ClassifierRecipe recipe, ITrainingImages images, ImageSet val, ImageTransform? online, ulong seed,
        string folder, RunContext context, string stage, TimeSpan checkpointEvery, Action<LearningState>? probe = null)
    {
        var train = images.Known;
        Demand(train, "training");
        Demand(val, "validation");
        var card = new ClassifierManifest
        {
            Recipe = recipe,
            Classes = train.Classes,
            Channels = train.Channels,
            Height = train.Height,
            Width = train.Width,
            Normalisation = Normalisation.Fit(recipe.Normalisation, train),
            Seed = seed,
            TrainingListHash = $"{images.Identity} {val.ContentHash}",
        };
        var finished = ClassifierManifest.TryRead(folder);
        using var state = new LearningState(recipe, card.Make(context.Precision), new Curves("accuracy", recipe.SelectBy),
            card.TrainingListHash, seed, folder, context.Device);
        state.Resume(finished, finished?.Recipe);
        using var loss = new ClassLoss(recipe.WholeLoss, recipe.LabelSmoothing, train.ClassCounts(), context.Device);
        var batches = new EpochBatches(images, recipe.Batch, set => new Batches(set, recipe.Batch, seed, "classifier", card.Normalisation,
            online, sampling: recipe.Sampling, steps: recipe.Steps, synthetic: images.OfSynthetic(card.Normalisation)),
            () => Standing(state, card, context));
        LearningLoop.Run(state, recipe, batches, Learn, () => Validate(state, card, images.Validation(val, recipe.Batch, state.Step),
            context), seed, context, stage, checkpointEvery, probe);
        state.Finish(finished is not null, () => (card with { BestStep = state.BestStep }).Write(folder));

        BatchLoss Learn(Batch batch)
        {
            var labels = batch.Labels.to(context.Device); // int64 [N]
            var seen = recipe.SeenInTraining(batch.Images.to(context.Device)); // [N, C, H, W]
            if (recipe.Mixup > 0)
            {
                var mix = MixUp.Draw(recipe.Mixup, batch.Indices.Count, seed, state.Step);
                var partners = tensor(Array.ConvertAll(mix.Partners, p => (long)p), device: context.Device);
                var mixed = state.Network.call(mix.Mix(seen, partners)); // [N, K]
                var others = labels.index_select(0, partners);
                // hits are those of the label with the greater share
                return new(loss.Mixed(mixed, labels, others, mix.Share), Hits(mixed, mix.Share >= .5 ? labels : others),
                    tensor(labels.shape[0]));
            }
            var logits = state.Network.call(seen); // [N, K]
            return new(loss.Of(logits, labels), Hits(logits, labels), tensor(labels.shape[0]));
        }
    }

    private static Tensor Hits(Tensor logits, Tensor labels) => logits.argmax(1).eq(labels).sum();

    private static void Demand(ImageSet set, string name)
    {
        if (set.Count == 0)
        {
            throw new DatasetException($"{name} set: has no images; the weights are learned on training images and chosen on validation "
                + $"images");
        }
        if (set.Rows.FirstOrDefault(r => r.Label < 0) is { } row)
        {
            throw new DatasetException($"{name} set: image '{row.Id}' has no label; must be one of {string.Join(", ", set.Classes)}");
        }
    }

    private static StandingClassifier Standing(LearningState state, ClassifierManifest card, RunContext context)
    {
        return new()
        {
            LogProbability = (images, labels)
                => Of(card.Recipe.Seen(card.Normalisation.Apply((images + Number.Of(1)) * Number.Of(.5))), labels),
            RawLogProbability = Of,
            Classes = set => TrainedClassifier.Of(state.Network, set, card, context).Classes,
            Hash = state.Hash,
            Save = state.Save,
            Step = state.Step,
            Batch = card.Recipe.Batch,
        };

        Tensor Of(Tensor seen, Tensor labels)
        {
            using var scope = NewDisposeScope();
            state.Network.eval();
            var logits = state.Network.call(seen).to(ScalarType.Float32); // [N, K]
            return logits.log_softmax(1).gather(1, labels.unsqueeze(1)).squeeze(1).MoveToOuterDisposeScope();
        }
    }

    private static void Validate(LearningState state, ClassifierManifest card, ImageSet val, RunContext context)
    {
        var result = TrainedClassifier.Of(state.Network, val, card, context);
        var truth = val.Rows.Select(r => r.Label).ToArray();
        var matrix = ConfusionMatrix.From(truth, result.Classes, val.Classes.Count);
        var loss = -truth.Select((t, i) => Math.Log(Math.Max(result.Probabilities[i, t], 1e-30))).Average();
        var score = Score(card.Recipe.SelectBy, matrix, loss);
        state.Curves.Validated(state.Step, loss, MatrixScores.Accuracy(matrix)!.Value, card.Recipe.SelectBy == "loss" ? -score : score);
        state.Keep(score);
    }

    private static double Score(string name, ConfusionMatrix c, double loss) => name switch
    {
        "loss" => -loss,
        "accuracy" => MatrixScores.Accuracy(c),
        "balanced_accuracy" => MatrixScores.BalancedAccuracy(c),
        "weighted_f1" => MatrixScores.WeightedF1(c),
        "mcc" => MatrixScores.Mcc(c),
        "qwk" => MatrixScores.Qwk(c),
        "macro_f1" => MatrixScores.MacroF1(c),
        _ => throw new ArgumentException($"no score is called {name}", nameof(name)),
    } ?? double.MinValue;
}
