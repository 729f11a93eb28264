using System.Diagnostics;
using Odm.Augment.Generators;
using Odm.Classify.Training;
using Odm.Engine.Runtime;
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
/// Times a few steps of each network in its own training code; the stages multiply. Generator families time themselves. A large downstream
/// network is not run with its full batch: two small ones give the time of an image and how memory grows with the batch.
/// </summary>
internal sealed class StudyCalibration(StudyPlan plan, Prepared prepared, RunContext context)
{
    private const int Few = 6;       // images of a trial batch
    private const double Short = 4;  // seconds of a step that may be run as it is

    private readonly RunContext quiet = context with { Report = _ => { } };
    private readonly Timings timings = new();
    private double? step;

    /// <summary>The network that judges the arms.</summary>
    public IDownstream Downstream => plan.Downstream;

    /// <summary>Seconds of a step of it.</summary>
    public double DownstreamStep => step ??= Timed(Downstream.Config, Downstream.Batch);

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
            && plan.Sets.Where(s => s.Generator == generator).All(s => s.Synthesize.Finished && s.Style?.Finished != false)),
        Context = quiet,
        Known = timings,
    });

    // the difference of a longer and a shorter training: making, loading and saving the network fall out of it
    private double Timed(LearningConfig config, int batch)
    {
        var small = Math.Min(batch, Math.Max(2,
            (int)(2 * Few * Math.Min(1, Math.Pow(128.0 / Math.Max(prepared.Train.Width, config.Size ?? 0), 2))) / 2 * 2));
        Seconds(config with { Batch = small / 2 }, 1);
        var before = TorchEngine.PeakResidentBytes;
        var step = Step(config with { Batch = small });
        if (step * batch / small < Short)
        {
            return Step(config);
        }

        timings.Grow(before, small - small / 2, batch - small);
        return step / small * batch;
    }

    private double Step(LearningConfig config)
    {
        var (one, more) = (Seconds(config, 1), Seconds(config, 4));
        return Math.Max(1e-4, (more - one) / 3);
    }

    private double Seconds(LearningConfig config, int steps) => Timings.InFolder(folder =>
    {
        var began = Stopwatch.GetTimestamp();
        Downstreams.Of(config with { Steps = steps, Epochs = null, ValidateEvery = steps }, prepared.Train.Count)
            .Train(prepared.Train, prepared.Val.Select([0]), null, 1, folder, quiet, "calibrate");
        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    });
}
