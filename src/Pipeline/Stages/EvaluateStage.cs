using Odm.Data.Images;
using Odm.Engine.Files;
using Odm.Engine.Runtime;
using Odm.Pipeline.Planning;
using Odm.Pipeline.Results;

namespace Odm.Pipeline.Stages;

/// <summary>Scores a trained downstream network on the test side and the transfer sets.</summary>
/// <param name="fit">The arm and the seed.</param>
internal sealed class EvaluateStage(PlannedFit fit) : StudyStage(fit.Evaluate)
{
    /// <inheritdoc/>
    public override void Run(StudyWork study, RunContext context)
        => Stage.Run(context, (c, facts) =>
        {
            var prepared = study.Prepared;
            Score(study, prepared.Test, "", c);
            foreach (var (name, set) in prepared.Transfer)
            {
                Score(study, set, "-" + name, c);
            }

            facts["images"] = prepared.Test.Count + prepared.Transfer.Sum(t => t.Set.Count);
        });

    private void Score(StudyWork study, ImageSet test, string suffix, RunContext context)
    {
        // one seed of the bootstrap for all arms: their intervals rest on the same resampled patients
        var facts = study.Plan.Downstream.Judge(fit.Fit.Folder, test, Path.Combine(Stage.Folder, $"predictions{suffix}.csv"), context);
        Durable.WriteText(Path.Combine(Stage.Folder, $"facts{suffix}.csv"), FactsCsv.Text(facts));
    }
}
