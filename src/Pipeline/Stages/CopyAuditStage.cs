using System.Text.Json.Nodes;
using Odm.Engine.Runtime;
using Odm.Pipeline.Graph;
using Odm.Pipeline.Planning;
using Odm.Pipeline.Preparing;

namespace Odm.Pipeline.Stages;

/// <summary>Looks for copies of training images in a synthetic set.</summary>
/// <param name="set">The set.</param>
internal sealed class CopyAuditStage(PlannedSet set) : StudyStage(set.Audit!)
{
    /// <summary>What decides it: the finished set, and the real images that its generator saw.</summary>
    public static Stage Key(StudySources sources, string subject, PlannedGenerator generator, Stage set)
    {
        var key = new JsonObject { ["visible"] = generator.Visible };
        if (generator.Config.Paints)
        {
            key["of"] = "lesions";
        }

        return Stage.Of(sources.Folder, StageKind.Audit, subject, key, sources.Prepare, set);
    }

    /// <inheritdoc/>
    public override void Run(StudyWork study, RunContext context) => CopyAudit.Run(set, study.Prepared, context);
}
