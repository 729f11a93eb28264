using Odm.Data.Images;
using Odm.Engine.Runtime;
using Odm.Pipeline.Planning;
using Odm.Pipeline.Sets;

namespace Odm.Pipeline.Stages;

/// <summary>Makes the second pass over a synthetic set: gives painted images the style of their sources.</summary>
/// <param name="set">The set, with a style.</param>
internal sealed class StyleStage(PlannedSet set) : StudyStage(set.Style!)
{
    /// <inheritdoc/>
    public override void Run(StudyWork study, RunContext context)
        => Stage.Run(context, (c, facts) =>
        {
            var painted = ImageSet.Open(Path.Combine(set.Synthesize.Folder, "set"));
            set.Config.Finish(painted, set.Work(Stage, study.Prepared, c, facts));
            FinishedSet.Record(study.Plan, set, Stage);
        });
}
