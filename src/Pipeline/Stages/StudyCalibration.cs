using System.Diagnostics;
using Odm.Augment.Generators;
using Odm.Classify.Features;
using Odm.Engine.Runtime;
using Odm.Pipeline.Configuration;
using Odm.Pipeline.Downstream;
using Odm.Pipeline.Graph;
using Odm.Pipeline.Planning;
using Odm.Pipeline.Preparing;

namespace Odm.Pipeline.Stages;

/// <summary>What a stage would cost.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="Work">Its steps or images, in words.</param>
/// <param name="Evaluations">Network evaluations: forward passes, images counted singly.</param>
/// <param name="Seconds">Estimate; 0 where it is finished.</param>
internal sealed record StageCost(Stage Stage, string Work, long Evaluations, double Seconds)
{
    /// <summary>Of a stage that makes images.</summary>
    public static StageCost OfImages(Stage stage, int images, long evaluations, double seconds)
        => new(stage, GeneratorCost.Words($"{images:#,0} images"), images * evaluations, stage.Finished ? 0 : seconds * images);
}

/// <summary>What a study would cost.</summary>
/// <param name="Stages">Of each stage that computes.</param>
/// <param name="PeakBytes">Resident memory at its peak.</param>
internal sealed record StudyCost(IReadOnlyList<StageCost> Stages, long PeakBytes);

/// <summary>
/// Times a few steps of each network in its own training code; the stages multiply. Generator families and downstreams time themselves.
/// </summary>
internal sealed class StudyCalibration(StudyPlan plan, Prepared prepared, RunContext context)
{
    private readonly RunContext quiet = context with { Report = _ => { } };
    private readonly Timings timings = new();

    /// <summary>Real images that an arm trains on.</summary>
    public int RealImages(ArmConfig arm) => HeldOutSlice.Of(plan.Study, prepared, arm).Real.Count;

    /// <summary>The costs of a study's stages; equal networks are timed once.</summary>
    public StudyCost OfAll() => new([.. StudyWork.Stages(plan).Select(s => s.Cost(this)).OfType<StageCost>()],
        Math.Max(timings.PeakBytes, TorchEngine.PeakResidentBytes));

    /// <summary>What a generator and its sets cost with some settings of sampling; nothing is timed where all of it is finished.</summary>
    public GeneratorCost Of(PlannedGenerator generator, GeneratorConfig config) => config.Cost(new()
    {
        Train = prepared.Train,
        Visible = prepared.Visible(generator.Visible).Count,
        Seed = generator.Seed,
        Timed = !(generator.Train.Finished
            && plan.Sets.Concat(plan.OnlyMeasured).Where(s => s.Generator == generator)
                .All(s => s.Synthesize.Finished && s.Style?.Finished != false)
            && plan.Fits.Where(f => f.Online?.Generator == generator).All(f => f.Fit.Finished)),
        Context = quiet,
        Known = timings,
    });

    /// <summary>
    /// What comparing a large set costs: the features of its images, and the networks that grade them; only the features are timed, where
    /// their network is there.
    /// </summary>
    public StageCost Of(PlannedMeasure measure)
    {
        var timed = !measure.Stage.Finished && FeatureExtractors.Fault(measure.Extractor) is null;
        var seconds = !timed ? 0 : timings.Of($"features {measure.Extractor}", () =>
        {
            using var extractor = FeatureExtractors.Open(measure.Extractor, quiet, plan.Study.ImageMetrics.Preprocessing);
            var few = prepared.Train.Select([.. Enumerable.Range(0, Math.Min(8, prepared.Train.Count))]);
            FeatureExtraction.Of(few, extractor, quiet, ""); // the first time allocates
            var clock = Stopwatch.StartNew();
            FeatureExtraction.Of(few, extractor, quiet, "");
            return clock.Elapsed.TotalSeconds / few.Count;
        });
        return StageCost.OfImages(measure.Stage, measure.Set.Counts.Sum(), 1 + measure.Judges.Count, seconds);
    }

    /// <summary>What a fit costs; the first reads the real images and those of the test side, the others what is their own.</summary>
    public DownstreamCost Of(PlannedFit fit)
    {
        var real = prepared.Visible(fit.Arm.Real);
        var added = fit.Synthetic.Any(s => s.Config.MakesMasks)
            ? (int)((fit.Arm.Plan?.Probability ?? 1) * fit.Synthetic.Sum(s => s.Counts.Sum()))
            : fit.Arm.AddedImages(real, $"arms.{fit.Name}.plan");
        var first = fit == plan.Fits[0] ? prepared.Train.Count + prepared.Test.Count + prepared.Transfer.Sum(t => t.Set.Count) : 0;
        return fit.Downstream.Cost(new()
        {
            Train = prepared.Train,
            Val = prepared.Val,
            Images = (fit.Arm.Real == 0 ? 0 : real.Count) + added,
            Unread = first + added,
            Timed = !fit.Fit.Finished,
            Context = quiet,
            Known = timings,
        });
    }
}
