using Odm.Classify.Metrics;
using Odm.Classify.Segmentation;
using Odm.Classify.Statistics;
using Odm.Classify.Training;
using Odm.Data.Batching;
using Odm.Data.Images;
using Odm.Engine.Runtime;

namespace Odm.Pipeline.Downstream;

/// <summary>A segmenter of lesions.</summary>
internal sealed class Segmentation(SegmenterConfig given, int images, string? primary = null) : IDownstream
{
    private readonly SegmenterConfig config = NetworkTrial.Counted(given, given.Resolve(images));
    private readonly SegmenterRecipe recipe = given.Resolve(images);

    public DownstreamConfig Config => config;

    public string Loss => EnumWords.Of(recipe.Loss);

    public string Sampling => "natural";

    // the largest stands for the others
    public long WeightBytes => 4 * (recipe.Encoder == SegmenterEncoder.ResNet18 ? 15_970_594L : 50_988_754L);

    public IReadOnlyList<string> Metrics { get; } = [.. new[] { primary ?? PrimaryMetric.OfMasks[0] }
        .Union(["dice_hard", "iou", "dice_soft", "dice_global", "iou_global", "hd95"])];

    public IReadOnlyList<string> Charts { get; } = ["loss", "iou_global"];

    public string Treatment(int validation) => NetworkTrial.Treatment(validation);

    public void Train(ITrainingImages images, ImageSet val, ImageTransform? online, ulong seed, string folder, RunContext context,
        string stage)
        => SegmenterTraining.Train(config, images.Known, val, online, seed, folder, context, stage);

    public IReadOnlyList<Fact> Judge(string folder, ImageSet test, string predictions, RunContext context)
    {
        using var segmenter = TrainedSegmenter.Load(folder, context);
        var said = segmenter.Judge(test);
        said.WriteCsv(predictions);
        return SegmentationMetrics.Score(said);
    }

    public double[,] Probabilities(string folder, ImageSet images, RunContext context)
        => throw new NotSupportedException("a segmenter knows no classes");

    public ArmComparison Compare(IReadOnlyList<(string Arm, IReadOnlyList<string> Files)> arms, string baseline, Func<string, string?> own,
        CancellationToken cancel)
        => ArmComparison.Of([.. arms.Select(a => (a.Arm, (IReadOnlyList<MaskPredictions>)[.. a.Files.Select(MaskPredictions.ReadCsv)]))],
            baseline, config: new() { Primary = Metrics[0] }, own: own, cancel: cancel);

    public IEnumerable<string> Faults(ImageSet all, IReadOnlyList<(string Name, ImageSet Set)> transfer)
    {
        foreach (var (name, set) in transfer.Select(t => ("transfer." + t.Name, t.Set)).Prepend(("dataset", all)))
        {
            if (!set.HasMasks)
            {
                yield return $"{name}: its images have no masks, which downstream.kind: segmenter needs (kind image-mask, or csv with "
                    + $"mask_column)";
            }
        }
    }

    public DownstreamCost Cost(DownstreamTrial trial) => NetworkTrial.Cost(trial, config, recipe);
}
