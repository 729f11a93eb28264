using Odm.Engine.Runtime;
using Odm.Pipeline.Configuration;
using Odm.Pipeline.Planning;
using Odm.Pipeline.Sets;

namespace Odm.Pipeline.Stages;

/// <summary>Gives painted images the style of their sources.</summary>
/// <param name="set">The set, with a style.</param>
internal sealed class StyleStage(PlannedSet set) : StudyStage(set.Style!)
{
    /// <inheritdoc/>
    public override void Run(StudyWork study, RunContext context)
        => Stage.Run(context, (c, facts) =>
        {
            var folder = Path.Combine(Stage.Folder, "set");
            PaintedSets.Style(set, (InpaintGeneratorConfig)set.Config, study.Prepared, folder, c, facts);
            FinishedSet.Record(study.Plan, set, Stage);
        });
}
