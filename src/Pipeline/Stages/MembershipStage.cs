using Odm.Engine.Runtime;
using Odm.Pipeline.Planning;

namespace Odm.Pipeline.Stages;

/// <summary>Asks whether a generator's loss tells its training images from others.</summary>
/// <param name="generator">The generator.</param>
internal sealed class MembershipStage(PlannedGenerator generator) : StudyStage(generator.Membership!)
{
    /// <inheritdoc/>
    public override void Run(StudyWork study, RunContext context) => MembershipAudit.Run(generator, study.Prepared, context);
}
