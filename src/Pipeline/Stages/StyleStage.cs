using System.Text.Json.Nodes;
using Odm.Augment.Generators;
using Odm.Data.Images;
using Odm.Engine.Runtime;
using Odm.Pipeline.Configuration;
using Odm.Pipeline.Graph;
using Odm.Pipeline.Planning;
using Odm.Pipeline.Preparing;
using Odm.Pipeline.Sets;

namespace Odm.Pipeline.Stages;

/// <summary>Makes the second pass over a synthetic set: gives painted images the style of their sources.</summary>
/// <param name="set">The set, with a style.</param>
internal sealed class StyleStage(PlannedSet set) : StudyStage(set.Style!)
{
    /// <summary>What decides the set: settings of the second pass, seed, number format, the set as it was made.</summary>
    public static Stage Key(StudySources sources, string subject, PlannedGenerator generator, GeneratorConfig config, Stage synthesize)
        => Stage.Of(sources.Folder, StageKind.Style, subject, new JsonObject
        {
            ["style"] = Resolved.Json(config.Finishing),
            ["seed"] = generator.Seed,
            ["precision"] = Scalars.Write(sources.Study.Precision),
        }, sources.Prepare, synthesize);

    /// <inheritdoc/>
    public override StageCost Cost(StudyCalibration calibration)
    {
        var cost = calibration.Of(set.Generator, set.Config);
        return StageCost.OfImages(Stage, set.Counts.Sum(), cost.FinishingEvaluationsPerImage, cost.FinishingSecondsPerImage);
    }

    /// <inheritdoc/>
    public override void Run(StudyWork study, RunContext context)
        => Stage.Run(context, (c, facts) =>
        {
            var painted = ImageSet.Open(Path.Combine(set.Synthesize.Folder, "set"));
            set.Config.Finish(painted, set.Work(Stage, study.Prepared, c, facts));
            FinishedSet.Record(study.Plan, set, Stage);
        });
}
