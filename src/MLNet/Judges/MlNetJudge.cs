using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Odm.Classify.Classification;
using Odm.Classify.Features;
using Odm.Classify.Metrics;
using Odm.Classify.Statistics;
using Odm.Classify.Training;
using Odm.Classify.Weights;
using Odm.Data.Batching;
using Odm.Data.Images;
using Odm.Engine.Runtime;
using Odm.MLNet.Views;
using Odm.Pipeline.Downstream;

namespace Odm.MLNet.Judges;

/// <summary>A trainer of ML.NET's that judges the arms by features of their images.</summary>
internal sealed class MlNetJudge : IDownstream
{
    private const string Evaluator = "ML.NET";
    private const int TrialRows = 200, TrialImages = 4;
    private static readonly Lock Training = new(); // FastTree's threads belong to the process

    private readonly MlNetConfig config;
    private readonly JudgeFeatures? shared;
    private readonly ClassifierConfig? classifier;

    /// <param name="given">Settings without faults.</param>
    /// <param name="images">Images that an epoch means for <c>features: downstream</c>.</param>
    /// <param name="primary">The metric that decides.</param>
    public MlNetJudge(MlNetConfig given, int images, string? primary)
    {
        var resolved = given.Resolve();
        classifier = resolved.Classifier is { } own ? (ClassifierConfig)Downstreams.Of(own, images).Config : null;
        config = resolved with { Classifier = classifier };
        shared = config.Features is { } name && classifier is null ? new(name) : null;
        Metrics = ClassScores.Of(primary);
    }

    public DownstreamConfig Config => config;

    public string Engine => "Microsoft.ML " + typeof(MLContext).Assembly.GetName().Version!.ToString(3);

    public string Loss => config.Trainer == "fast_tree_ova" ? "logistic loss of each class" : "cross entropy";

    public string Sampling => "natural";

    public long WeightBytes => classifier is null ? 1 << 20 : 4 * 23_500_000;

    public IReadOnlyList<string> Metrics { get; }

    public IReadOnlyList<string> Charts => [];

    public IReadOnlyList<Counterpart> Counterparts { get; } =
    [
        new(Evaluator, "MicroAccuracy", "mlnet_micro_accuracy", "accuracy"),
        new(Evaluator, "MacroAccuracy", "mlnet_macro_accuracy", "balanced_accuracy"),
        new(Evaluator, "LogLoss", "mlnet_log_loss", "log_loss"),
    ];

    public string Treatment(int validation) => $"Every arm trained ML.NET's {config.Trainer} with the same settings on "
        + (classifier is not null ? string.Create(CultureInfo.InvariantCulture, $"features of a classifier that each fit trained first for "
            + $"{classifier.Steps} steps, its checkpoint chosen on the {validation} validation images alone")
        : $"{(config.Features is { } name ? "features of " + name : "the images")}, without validation images");

    public string Note => "A fit of this judge takes seconds, so many seeds are affordable"
        + (config.Trainer is "sdca_maximum_entropy" or MlNetConfig.ImageClassification || classifier is not null ? "."
            : $"; {config.Trainer} draws nothing, so an arm whose images are the same for each seed scores the same with each.");

    public IEnumerable<string> Faults(ImageSet all, IReadOnlyList<(string Name, ImageSet Set)> transfer)
    {
        if (config.Features == "resnet50-imagenet" && !ImageNetWeights.Cached)
        {
            yield return $"downstream.features: resnet50-imagenet; its weights are not at {ImageNetWeights.File}: run 'odm weights "
                + "resnet50' first";
        }
        foreach (var fault in ClassScores.Faults(all))
        {
            yield return fault;
        }
    }

    public void Train(ITrainingImages images, ImageSet val, ImageTransform? online, ulong seed, string folder, RunContext context,
        string stage)
    {
        var train = images.Known;
        if (JudgeFile.Finished(folder))
        {
            return;
        }
        if (online is not null && classifier is null)
        {
            throw new ArgumentException("an ML.NET trainer reads each image once", nameof(online));
        }
        var empty = train.ClassCounts().Select((n, k) => (n, k)).Where(c => c.n == 0).Select(c => train.Classes[c.k]).ToList();
        if (empty.Count > 0)
        {
            throw new DatasetException($"{stage}: no training image is of class {string.Join(", ", empty)}; {config.Trainer} needs at "
                + "least one of each");
        }
        if (classifier is not null)
        {
            ClassifierTraining.Train(classifier, train, val, online, seed, Network(folder), context, stage + ", features");
        }
        var ml = Context(seed, stage);
        var work = Directory.CreateTempSubdirectory("odm-").FullName;
        try
        {
            var rows = View(ml, train, folder, work, context, stage);
            context.Cancel.ThrowIfCancellationRequested();
            var model = Fitted(ml, rows);
            Directory.CreateDirectory(folder);
            new JudgeFile(config.Trainer, config.Features ?? "", train.Classes, train.Count).Write(ml, model, rows.Schema, folder);
            (model as IDisposable)?.Dispose();
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
        context.Report(new Progress(stage, train.Count, train.Count, 0, "images"));
    }

    public IReadOnlyList<Fact> Judge(string folder, ImageSet test, string predictions, RunContext context)
    {
        using var scored = new Scored(this, folder, test, context);
        var said = new Predictions
        {
            Ids = [.. test.Rows.Select(r => r.Id)],
            Groups = [.. test.Rows.Select(r => r.Group.Length > 0 ? r.Group : r.Id)],
            Classes = test.Classes,
            Truth = [.. test.Rows.Select(r => r.Label)],
            Predicted = scored.Predicted,
            Probabilities = scored.Probabilities,
        };
        said.WriteCsv(predictions);
        var theirs = scored.Evaluated();
        return
        [
            .. ClassificationMetrics.Score(said, test.Classes),
            .. Counterparts.Zip([theirs.MicroAccuracy, theirs.MacroAccuracy, theirs.LogLoss],
                (c, value) => new Fact(c.Theirs, "", value, null, null, test.Count)),
        ];
    }

    public double[,] Probabilities(string folder, ImageSet images, RunContext context)
    {
        using var scored = new Scored(this, folder, images, context);
        return scored.Probabilities;
    }

    public ArmComparison Compare(IReadOnlyList<(string Arm, IReadOnlyList<string> Files)> arms, string baseline, Func<string, string?> own,
        CancellationToken cancel) => ClassScores.Compare(arms, baseline, own, Metrics[0], cancel);

    public DownstreamCost Cost(DownstreamTrial trial)
    {
        var work = string.Create(CultureInfo.InvariantCulture, $"{config.Trainer} on {trial.Images:#,0} images");
        var first = classifier is null ? null : Downstreams.Of(classifier, trial.Images).Cost(trial);
        if (!trial.Timed || config.Features is null)
        {
            return new(first is null ? work : $"{first.Work}, {work}", first?.Evaluations ?? Passes(trial), first?.Seconds ?? 0);
        }
        var image = trial.Known.Of("mlnet features", () => classifier is null ? ImageSeconds(trial) : 0);
        var fit = trial.Known.Of("mlnet fit", () => FitSeconds(trial)) * trial.Images;
        return new(first is null ? work : $"{first.Work}, {work}", first?.Evaluations ?? Passes(trial),
            (first?.Seconds ?? 0) + image * trial.Unread + fit);
    }

    private long Passes(DownstreamTrial trial) => config.Features == "pixels" ? 0 : trial.Unread;

    private static double ImageSeconds(DownstreamTrial trial, string name)
    {
        var few = trial.Train.Select([.. Enumerable.Range(0, Math.Min(TrialImages, trial.Train.Count))]);
        using var extractor = FeatureExtractors.Open(name, trial.Context);
        FeatureExtraction.Of(few.Select([0]), extractor, trial.Context, ""); // the first call compiles
        var began = Stopwatch.GetTimestamp();
        FeatureExtraction.Of(few, extractor, trial.Context, "");
        return Stopwatch.GetElapsedTime(began).TotalSeconds / few.Count;
    }

    private double ImageSeconds(DownstreamTrial trial) => ImageSeconds(trial, config.Features!);

    // seconds an image, on features that are drawn
    private double FitSeconds(DownstreamTrial trial)
    {
        var width = config.Features switch { "pixels" => 192, "resnet18-imagenet" => 512, _ => 2048 };
        var (rng, count) = (new Rng(1), trial.Train.Classes.Count * (TrialRows / trial.Train.Classes.Count + 1));
        var labels = Enumerable.Range(0, count).Select(i => i % trial.Train.Classes.Count).ToArray();
        var rows = labels.Select(l => Enumerable.Range(0, width).Select(_ => (float)rng.NextGaussian() + l / 4f).ToArray()).ToList();
        var view = Rows(rows, trial.Train.Classes, i => labels[i]);
        var began = Stopwatch.GetTimestamp();
        Fitted(Context(1, "calibrate"), view);
        return Stopwatch.GetElapsedTime(began).TotalSeconds / count;
    }

    private ITransformer Fitted(MLContext ml, IDataView rows)
    {
        try
        {
            lock (Training)
            {
                return MlNetTrainers.Of(ml, config).Fit(rows);
            }
        }
        catch (Exception e) when (Missing(e) is { } library)
        {
            throw new StudyException($"downstream.trainer: {config.Trainer}; its native library does not load ({library}); on Debian: "
                + "apt-get install libgomp1", e);
        }
    }

    private static string? Missing(Exception? e) => e is DllNotFoundException ? e.Message.ReplaceLineEndings(" ")
        : e is null ? null : Missing(e.InnerException);

    private IDataView View(MLContext ml, ImageSet set, string folder, string work, RunContext context, string stage)
    {
        if (config.Features is null)
        {
            return Vision.Images(ml, set, Path.Combine(work, "images"));
        }
        return Rows(shared?.Of(set, context, stage, folder) ?? Own(set, folder, context, stage), set.Classes, i => set.Rows[i].Label);
    }

    private static List<float[]> Own(ImageSet set, string folder, RunContext context, string stage)
    {
        using var extractor = FeatureExtractors.Open(Network(folder), context);
        var matrix = FeatureExtraction.Of(set, extractor, context, stage);
        return [.. Enumerable.Range(0, matrix.Count).Select(i => matrix.Flat.Slice(i * matrix.Dimension, matrix.Dimension).ToArray())];
    }

    private static RowsView Rows(IReadOnlyList<float[]> rows, IReadOnlyList<string> classes, Func<int, int> label) => new(
        [ViewColumn.Key(MlNetTrainers.Label, classes, label), ViewColumn.Vector(MlNetTrainers.Features, rows[0].Length, i => rows[i])],
        rows.Count);

    private static string Network(string folder) => Path.Combine(folder, "network");

    private static MLContext Context(ulong seed, string stage) => new((int)(Rng.Seed(seed, "mlnet " + stage.Split(',')[0]) >> 33));

    // a trained one, and what it says of images
    private sealed class Scored : IDisposable
    {
        private readonly string work = Directory.CreateTempSubdirectory("odm-").FullName;
        private readonly MLContext ml = new(seed: 1);
        private readonly ITransformer model;
        private readonly IDataView view;

        public Scored(MlNetJudge judge, string folder, ImageSet images, RunContext context)
        {
            (var card, model) = JudgeFile.Read(ml, folder);
            if (!card.Classes.SequenceEqual(images.Classes, StringComparer.Ordinal))
            {
                throw new DatasetException($"images have the classes {string.Join(", ", images.Classes)}; {folder} was trained on "
                    + string.Join(", ", card.Classes));
            }
            view = model.Transform(judge.View(ml, images, folder, work, context, "evaluate"));
            var scores = view.GetColumn<float[]>("Score").ToArray();
            Predicted = Array.ConvertAll(scores, s => Array.IndexOf(s, s.Max()));
            Probabilities = new double[images.Count, images.Classes.Count];
            for (var i = 0; i < scores.Length; i++)
            {
                var sum = scores[i].Sum(v => (double)v);
                for (var k = 0; k < scores[i].Length; k++)
                {
                    Probabilities[i, k] = scores[i][k] / sum; // floats sum to 1 but for rounding
                }
            }
        }

        public int[] Predicted { get; }

        public double[,] Probabilities { get; }

        public MulticlassClassificationMetrics Evaluated() => ml.MulticlassClassification.Evaluate(view, MlNetTrainers.Label);

        public void Dispose()
        {
            (model as IDisposable)?.Dispose();
            Directory.Delete(work, recursive: true);
        }
    }
}
