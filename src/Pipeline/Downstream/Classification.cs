using Odm.Classify.Classification;
using Odm.Classify.Metrics;
using Odm.Classify.Statistics;
using Odm.Classify.Training;
using Odm.Data.Batching;
using Odm.Data.Images;
using Odm.Engine.Runtime;

namespace Odm.Pipeline.Downstream;

/// <summary>A classifier of grades.</summary>
internal sealed class Classification(ClassifierConfig given, int images, string? primary = null) : IDownstream
{
    private readonly ClassifierConfig config = NetworkTrial.Counted(given, given.Resolve(images));
    private readonly ClassifierRecipe recipe = given.Resolve(images);

    public DownstreamConfig Config => config;

    public string Loss => recipe.LossWords;

    public string Sampling => recipe.SamplingWords;

    public long WeightBytes => recipe.Network == ClassifierNetwork.Cnn ? 0 : 4 * 23_500_000;

    public IReadOnlyList<string> Metrics { get; } = ClassScores.Of(primary);

    public IReadOnlyList<string> Charts { get; } = ["loss", "accuracy"];

    public string Treatment(int validation) => NetworkTrial.Treatment(validation);

    public void Train(ITrainingImages images, ImageSet val, ImageTransform? online, ulong seed, string folder, RunContext context,
        string stage)
        => ClassifierTraining.TrainOn(config, images, val, online, seed, folder, context, stage);

    public IReadOnlyList<Fact> Judge(string folder, ImageSet test, string predictions, RunContext context)
    {
        using var classifier = TrainedClassifier.Load(folder, context);
        var said = classifier.Judge(test);
        said.WriteCsv(predictions);
        return ClassificationMetrics.Score(said, test.Classes);
    }

    public double[,] Probabilities(string folder, ImageSet images, RunContext context)
    {
        using var classifier = TrainedClassifier.Load(folder, context);
        return classifier.Predict(images).Probabilities;
    }

    public ArmComparison Compare(IReadOnlyList<(string Arm, IReadOnlyList<string> Files)> arms, string baseline, Func<string, string?> own,
        CancellationToken cancel) => ClassScores.Compare(arms, baseline, own, Metrics[0], cancel);

    public IEnumerable<string> Faults(ImageSet all, IReadOnlyList<(string Name, ImageSet Set)> transfer) => ClassScores.Faults(all);

    public DownstreamCost Cost(DownstreamTrial trial) => NetworkTrial.Cost(trial, config, recipe);
}
