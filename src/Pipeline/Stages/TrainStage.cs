using Odm.Augment.Generators;
using Odm.Engine.Runtime;
using Odm.Pipeline.Configuration;
using Odm.Pipeline.Graph;
using Odm.Pipeline.Planning;
using Odm.Pipeline.Preparing;

namespace Odm.Pipeline.Stages;

/// <summary>Trains a generator on the training images that it may see.</summary>
/// <param name="generator">The generator.</param>
internal sealed class TrainStage(PlannedGenerator generator) : StudyStage(generator.Train)
{
    /// <summary>What decides the training: the settings without those of sampling, seed, number format, the real images.</summary>
    public static Stage Key(StudySources sources, string subject, GeneratorConfig config, ulong seed, int? visible)
    {
        config = config.TrainedAs();
        var settings = Resolved.Json(config)!.AsObject();
        foreach (var field in config.SamplingFields)
        {
            settings.Remove(field); // other sampling asks for no other training
        }

        settings["seed"] = seed;
        settings["visible"] = visible;
        settings["precision"] = Scalars.Write(sources.Study.Precision);
        return Stage.Of(sources.Folder, StageKind.Train, subject, settings, sources.Prepare);
    }

    /// <inheritdoc/>
    public override StageCost Cost(StudyCalibration calibration)
    {
        var cost = calibration.Of(generator, generator.Config);
        return new(Stage, cost.Work, cost.Evaluations, Stage.Finished ? 0 : cost.Seconds);
    }

    /// <inheritdoc/>
    public override void Run(StudyWork study, RunContext context)
        => Stage.Run(context, (c, facts) => generator.Config.Train(new()
        {
            Images = study.Prepared.Visible(generator.Visible),
            Seed = generator.Seed,
            Folder = Stage.Folder,
            Context = c,
            Stage = Stage.Title,
            Features = Extractors.Source,
            Facts = facts,
        }));
}
