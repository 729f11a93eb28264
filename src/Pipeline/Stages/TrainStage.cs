using Odm.Engine.Runtime;
using Odm.Pipeline.Planning;
using Odm.Pipeline.Preparing;

namespace Odm.Pipeline.Stages;

/// <summary>Trains a generator on the training images that it may see.</summary>
/// <param name="generator">The generator.</param>
internal sealed class TrainStage(PlannedGenerator generator) : StudyStage(generator.Train)
{
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
