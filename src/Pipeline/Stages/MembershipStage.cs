using Odm.Engine.Runtime;
using Odm.Pipeline.Graph;
using Odm.Pipeline.Planning;
using Odm.Pipeline.Preparing;

namespace Odm.Pipeline.Stages;

/// <summary>Asks whether a generator's loss tells its training images from others.</summary>
/// <param name="generator">The generator.</param>
internal sealed class MembershipStage(PlannedGenerator generator) : StudyStage(generator.Membership!)
{
    /// <summary>What decides it: the trained generator and the real images.</summary>
    public static Stage Key(StudySources sources, string subject, Stage train)
        => Stage.Of(sources.Folder, StageKind.Audit, subject + "-membership", null, sources.Prepare, train);

    /// <inheritdoc/>
    public override void Run(StudyWork study, RunContext context)
        => MembershipAudit.Run(generator, study.Prepared, study.Plan.Study.Split.AllowOverlap, context);
}
