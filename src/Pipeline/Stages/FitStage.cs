using System.Globalization;
using System.Text.Json.Nodes;
using Odm.Augment.Plans;
using Odm.Augment.Traditional;
using Odm.Classify.Training;
using Odm.Data.Images;
using Odm.Engine.Runtime;
using Odm.Pipeline.Configuration;
using Odm.Pipeline.Downstream;
using Odm.Pipeline.Graph;
using Odm.Pipeline.Planning;
using Odm.Pipeline.Preparing;
using Odm.Pipeline.Sets;

namespace Odm.Pipeline.Stages;

/// <summary>Trains the downstream network of an arm with a seed; validation images choose the checkpoint.</summary>
/// <param name="fit">The arm and the seed.</param>
internal sealed class FitStage(PlannedFit fit) : StudyStage(fit.Fit)
{
    /// <summary>What decides it: the network and its recipe, what it trains on, seed, number format.</summary>
    /// <param name="sources">The study's sources.</param>
    /// <param name="downstream">The network that judges the arm.</param>
    /// <param name="name">The arm's name.</param>
    /// <param name="arm">Its settings.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="real">The real images that the arm may see.</param>
    /// <param name="synthetic">The synthetic sets that it adds.</param>
    /// <param name="online">What makes images while it trains; null for nothing.</param>
    public static Stage Key(StudySources sources, IDownstream downstream, string name, ArmConfig arm, ulong seed, ImageSet real,
        IReadOnlyList<PlannedSet> synthetic, PlannedOnline? online)
    {
        var reject = sources.Study.Audit.Reject && synthetic.Count > 0;
        var settings = new JsonObject
        {
            ["downstream"] = Resolved.Json(downstream.Config),
            ["traditional"] = Resolved.Json(arm.Traditional?.Resolve()),
            ["copies"] = arm.Offline ? Resolved.Json(arm.Added(real, $"arms.{name}.plan")) : null,
            ["real"] = arm.Real,
            ["probability"] = arm.Plan?.Probability,
            ["seed"] = seed,
            ["precision"] = Scalars.Write(sources.Study.Precision),
        };
        if (downstream.Engine is { } engine)
        {
            settings["engine"] = engine;
        }

        if (arm.Copies)
        {
            settings["repeat"] = Resolved.Json(arm.Plan);
        }

        if (arm.Shuffle)
        {
            settings["shuffle"] = true;
        }

        if (reject)
        {
            settings["reject_copies"] = true;
        }

        if (online is not null)
        {
            (settings["online"], settings["sampling"]) = (Resolved.Json(arm.Online), Resolved.Json(online.Config.Sampling));
            settings["slice"] = sources.Study.Split.Seed;
        }

        return Stage.Of(sources.Folder, StageKind.Fit, string.Create(CultureInfo.InvariantCulture, $"{name}-{seed}"), settings,
            [sources.Prepare, .. synthetic.Select(s => reject ? s.Audit! : s.Final), .. online is null ? Array.Empty<Stage>()
                : [online.Generator.Train]]);
    }

    /// <inheritdoc/>
    public override bool Long => fit.Online is not null;

    /// <inheritdoc/>
    public override StageCost Cost(StudyCalibration calibration)
    {
        var cost = calibration.Of(fit);
        if (fit.Online is not null)
        {
            cost = OnlineFit.Cost(fit, cost, calibration);
        }

        return new(Stage, cost.Work, cost.Evaluations, Stage.Finished ? 0 : cost.Seconds);
    }

    /// <inheritdoc/>
    public override void Run(StudyWork study, RunContext context)
        => Stage.Run(context, (c, facts) =>
        {
            var online = fit.Arm.Traditional is { } traditional && !fit.Arm.Offline ? TraditionalTransforms.Online(traditional) : null;
            if (study.Plan.Study.Audit.Reject && fit.Synthetic.Count > 0)
            {
                facts["copies_left_out"] = fit.Synthetic.Sum(s => CopyAudit.Copies(s).Count);
            }

            var source = fit.Online is null ? null : new OnlineFit(fit, study, online, c, facts);
            var images = source?.Images ?? (ITrainingImages)new FixedImages(TrainingSet(study));
            facts["images"] = images.Known.Count;
            facts["classes"] = new JsonArray([.. images.Known.ClassCounts().Select(n => (JsonNode)n)]);
            fit.Downstream.Train(images, study.Prepared.Val, online, fit.Seed, Stage.Folder, c, Stage.Title);
            source?.Finish();
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
