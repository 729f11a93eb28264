using System.Globalization;
using System.Text.Json.Nodes;
using Odm.Data.Images;
using Odm.Engine.Files;
using Odm.Engine.Runtime;
using Odm.Pipeline.Graph;
using Odm.Pipeline.Planning;
using Odm.Pipeline.Preparing;
using Odm.Pipeline.Results;

namespace Odm.Pipeline.Stages;

/// <summary>Scores a trained downstream network on the test side and the transfer sets.</summary>
/// <param name="fit">The arm and the seed.</param>
internal sealed class EvaluateStage(PlannedFit fit) : StudyStage(fit.Evaluate)
{
    /// <summary>What decides it: the trained network, and the images of the test side and of the transfer sets.</summary>
    public static Stage Key(StudySources sources, string name, ulong seed, Stage fit)
        => Stage.Of(sources.Folder, StageKind.Evaluate, string.Create(CultureInfo.InvariantCulture, $"{name}-{seed}"),
            new JsonObject { ["arm"] = name }, [fit, sources.Prepare, .. sources.Transfer.Select(t => t.Stage)]);

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
        var facts = fit.Downstream.Judge(fit.Fit.Folder, test, Path.Combine(Stage.Folder, $"predictions{suffix}.csv"), context);
        Durable.WriteText(Path.Combine(Stage.Folder, $"facts{suffix}.csv"), FactsCsv.Text(facts));
    }
}
