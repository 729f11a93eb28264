using System.Text.Json.Nodes;
using Odm.Augment.Plans;
using Odm.Augment.Traditional;
using Odm.Data.Images;
using Odm.Engine.Runtime;
using Odm.Pipeline.Planning;
using Odm.Pipeline.Sets;

namespace Odm.Pipeline.Stages;

/// <summary>Trains the downstream network of an arm with a seed; validation images choose the checkpoint.</summary>
/// <param name="fit">The arm and the seed.</param>
internal sealed class FitStage(PlannedFit fit) : StudyStage(fit.Fit)
{
    /// <inheritdoc/>
    public override void Run(StudyWork study, RunContext context)
        => Stage.Run(context, (c, facts) =>
        {
            var train = TrainingSet(study);
            facts["images"] = train.Count;
            facts["classes"] = new JsonArray([.. train.ClassCounts().Select(n => (JsonNode)n)]);
            var online = fit.Arm.Traditional is { } traditional && !fit.Arm.Offline ? TraditionalTransforms.Online(traditional) : null;
            if (study.Plan.Study.Audit.Reject && fit.Synthetic.Count > 0)
            {
                facts["copies_left_out"] = fit.Synthetic.Sum(s => CopyAudit.Copies(s).Count);
            }

            study.Plan.Downstream.Train(train, study.Prepared.Val, online, fit.Seed, Stage.Folder, c, Stage.Title);
        });

    private ImageSet TrainingSet(StudyWork study)
    {
        var real = study.Prepared.Visible(fit.Arm.Real);
        if (fit.Arm.Offline)
        {
            var added = new Plan { Counts = fit.Arm.Added(real, $"arms.{fit.Name}.plan") };
            return ImageSet.Concat(real, TraditionalTransforms.BalanceOffline(real, added, fit.Arm.Traditional!, fit.Seed));
        }

        ImageSet[] synthetic = fit.Arm.Copies ? [Controls.Copies(real, fit)]
            : [.. fit.Synthetic.Select(s => PaintedSets.Chosen(Kept(s, study), fit))
                .Select(s => fit.Arm.Shuffle ? Controls.Shuffled(s, fit.Seed) : s)];
        return fit.Arm.Real == 0 ? ImageSet.Concat(synthetic) : synthetic.Length == 0 ? real : ImageSet.Concat([real, .. synthetic]);
    }

    private static ImageSet Kept(PlannedSet set, StudyWork study)
    {
        var all = set.Open();
        if (!study.Plan.Study.Audit.Reject)
        {
            return all;
        }

        var copies = CopyAudit.Copies(set);
        return all.Select([.. Enumerable.Range(0, all.Count).Where(i => !copies.Contains(all.Rows[i].Id))]);
    }
}
