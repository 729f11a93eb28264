using System.Text.Json.Nodes;
using Odm.Augment.Generators;
using Odm.Engine.Runtime;
using Odm.Pipeline.Checks;
using Odm.Pipeline.Configuration;
using Odm.Pipeline.Graph;
using Odm.Pipeline.Planning;
using Odm.Pipeline.Preparing;
using Odm.Pipeline.Sets;

namespace Odm.Pipeline.Stages;

/// <summary>Makes a synthetic set with a trained generator.</summary>
/// <param name="set">The set.</param>
internal sealed class SynthesizeStage(PlannedSet set) : StudyStage(set.Synthesize)
{
    /// <summary>What decides the set: settings of sampling, what is asked for, seed, number format, the trained generator.</summary>
    public static Stage Key(StudySources sources, string subject, PlannedGenerator generator, GeneratorConfig config, int? visible,
        int number, IReadOnlyList<int> counts)
    {
        var settings = new JsonObject { ["sampling"] = Resolved.Json(config.Sampling) };
        if (config.MakesMasks)
        {
            (settings["visible"], settings["number"]) = (visible, number);
        }
        else
        {
            settings["counts"] = Resolved.Json(counts);
        }

        (settings["seed"], settings["precision"]) = (generator.Seed, Scalars.Write(sources.Study.Precision));
        return Stage.Of(sources.Folder, StageKind.Synthesize, subject, settings, sources.Prepare, generator.Train);
    }

    /// <inheritdoc/>
    public override StageCost Cost(StudyCalibration calibration)
    {
        var cost = calibration.Of(set.Generator, set.Config);
        return StageCost.OfImages(Stage, set.Counts.Sum(), cost.EvaluationsPerImage, cost.SecondsPerImage);
    }

    /// <inheritdoc/>
    public override void Run(StudyWork study, RunContext context)
        => Stage.Run(context, (c, facts) =>
        {
            GeneratorGuard.Check(set.Generator, study.Prepared, study.Plan.Study.Split.AllowOverlap, facts);
            set.Config.Synthesize(set.Work(Stage, study.Prepared, c, facts));
            FinishedSet.Record(study.Plan, set, Stage);
        });
}
