using Odm.Augment.Diffusion.Training;
using Odm.Engine.Runtime;
using Odm.Pipeline.Configuration;
using Odm.Pipeline.Planning;
using Odm.Pipeline.Sets;

namespace Odm.Pipeline.Stages;

/// <summary>Trains a generator on the training images that it may see.</summary>
/// <param name="generator">The generator.</param>
internal sealed class TrainStage(PlannedGenerator generator) : StudyStage(generator.Train)
{
    /// <inheritdoc/>
    public override void Run(StudyWork study, RunContext context)
        => Stage.Run(context, (c, facts) =>
        {
            var visible = study.Prepared.Visible(generator.Visible);
            if (generator.Config is InpaintGeneratorConfig painter)
            {
                ClusterModels.Train(painter, visible, generator.Seed, Stage.Folder, c, Stage.Title, facts);
                return;
            }

            DiffusionTraining.Train(generator.Config.Diffusion, visible, generator.Seed, Stage.Folder, c, Stage.Title);
            facts["images"] = generator.Config.Diffusion.Steps * generator.Config.Diffusion.Batch;
        });
}
