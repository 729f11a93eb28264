using Odm.Engine.Runtime;
using Odm.Pipeline.Checks;
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
            set.Config.Synthesize(set.Work(Stage, study.Prepared, c, facts));
            FinishedSet.Record(study.Plan, set, Stage);
        });
}
