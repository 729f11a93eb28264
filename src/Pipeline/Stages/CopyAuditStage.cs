using Odm.Engine.Runtime;
using Odm.Pipeline.Planning;

namespace Odm.Pipeline.Stages;

/// <summary>Looks for copies of training images in a synthetic set.</summary>
/// <param name="set">The set.</param>
internal sealed class CopyAuditStage(PlannedSet set) : StudyStage(set.Audit!)
{
    /// <inheritdoc/>
    public override void Run(StudyWork study, RunContext context) => CopyAudit.Run(set, study.Prepared, context);
}
