using Odm.Engine.Runtime;
using Odm.Pipeline.Graph;
using Odm.Pipeline.Preparing;

namespace Odm.Pipeline.Stages;

/// <summary>Saves the real images of the study, or those of a transfer set, as they were imported, split and guarded.</summary>
/// <param name="stage">The stage.</param>
/// <param name="transfer">Name of the transfer set; null for the study's own dataset.</param>
internal sealed class PrepareStage(Stage stage, string? transfer = null) : StudyStage(stage)
{
    /// <inheritdoc/>
    public override void Run(StudyWork study, RunContext context)
    {
        if (transfer is null)
        {
            Preparation.Write(study.Plan.Sources, study.Prepared, context);
        }
        else
        {
            Preparation.WriteTransfer(Stage, study.Prepared.Transfer.First(t => t.Name == transfer).Set, context);
        }
    }
}
