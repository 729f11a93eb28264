using Odm.Augment.Diffusion;
using Odm.Augment.Generators;
using Odm.Augment.Plans;
using Odm.Engine.Runtime;
using Odm.Pipeline.Checks;
using Odm.Pipeline.Configuration;
using Odm.Pipeline.Planning;
using Odm.Pipeline.Sets;

namespace Odm.Pipeline.Stages;

/// <summary>Makes a synthetic set with a trained generator.</summary>
/// <param name="set">The set.</param>
internal sealed class SynthesizeStage(PlannedSet set) : StudyStage(set.Synthesize)
{
    /// <inheritdoc/>
    public override void Run(StudyWork study, RunContext context)
        => Stage.Run(context, (c, facts) =>
        {
            GeneratorGuard.Check(set.Generator, study.Prepared, study.Plan.Study.Split.AllowOverlap, facts);
            var folder = Path.Combine(Stage.Folder, "set");
            if (set.Config is InpaintGeneratorConfig painter)
            {
                PaintedSets.Make(set, painter, study.Prepared, folder, c, facts);
            }
            else
            {
                using var generator = DiffusionGenerator.Load(set.Generator.Train.Folder, c, set.Config.Diffusion.Sampler);
                var made = Synthesis.Fill(generator, new Plan { Counts = set.Counts }, set.Generator.Seed, study.Prepared.All.Classes,
                    folder, c, Stage.Title);
                facts["images"] = made.Count;
                facts["network_evaluations"] = (long)made.Count * generator.Evaluations;
                facts["generator"] = generator.Hash;
            }

            FinishedSet.Record(study.Plan, set, Stage);
        });
}
