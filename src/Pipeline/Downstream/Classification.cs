using Odm.Classify.Classification;
using Odm.Classify.Metrics;
using Odm.Classify.Statistics;
using Odm.Classify.Training;
using Odm.Data.Batching;
using Odm.Data.Images;
using Odm.Engine.Runtime;

namespace Odm.Pipeline.Downstream;

/// <summary>A classifier of grades.</summary>
internal sealed class Classification(ClassifierConfig config, string? primary = null) : IDownstream
{
    private readonly ClassifierRecipe recipe = config.Resolve(1);

    public LearningConfig Config => config;

    public string Loss => recipe.LossWords;

    public string Sampling => recipe.SamplingWords;

    public long Steps => recipe.Steps;

    public int Batch => recipe.Batch;

    public long WeightBytes => recipe.Network == "cnn" ? 0 : 4 * 23_500_000;

    public IReadOnlyList<string> Metrics { get; } = [.. new[] { primary ?? PrimaryMetric.OfClasses[0] }
        .Union(["balanced_accuracy", "macro_f1", "mcc", "accuracy", "qwk", "mae", "auc", "ece"])];

    public IReadOnlyList<string> Charts { get; } = ["loss", "accuracy"];

    public void Train(ImageSet train, ImageSet val, ImageTransform? online, ulong seed, string folder, RunContext context, string stage)
        => ClassifierTraining.Train(config, train, val, online, seed, folder, context, stage);

    public IReadOnlyList<Fact> Judge(string folder, ImageSet test, string predictions, RunContext context)
    {
        using var classifier = TrainedClassifier.Load(folder, context);
        var said = classifier.Judge(test);
        said.WriteCsv(predictions);
        return ClassificationMetrics.Score(said, test.Classes);
    }

    public ArmComparison Compare(IReadOnlyList<(string Arm, IReadOnlyList<string> Files)> arms, string baseline, Func<string, string?> own,
        CancellationToken cancel)
    {
        var said = arms.Select(a => (a.Arm, (IReadOnlyList<Predictions>)[.. a.Files.Select(Predictions.ReadCsv)])).ToList();
        return ArmComparison.Of(said, baseline, said[0].Item2[0].Classes, new() { Primary = Metrics[0] }, own, cancel: cancel);
    }

    public IEnumerable<string> Faults(ImageSet all, IReadOnlyList<(string Name, ImageSet Set)> transfer)
        => all.Rows.FirstOrDefault(r => r.Label < 0) is { } bare ? [$"dataset: image {bare.Id} has no label"]
            : all.ClassCounts().Count(n => n > 0) < 2
                ? [$"dataset: all images are of one class ({string.Join(", ", all.Classes)}); a classifier needs two or more"] : [];
}
