using System.Text.Json.Nodes;
using Odm.Classify.Features;
using Odm.Engine.Runtime;
using Odm.Pipeline.Checks;
using Odm.Pipeline.Configuration;
using Odm.Pipeline.Graph;
using Odm.Pipeline.Planning;
using Odm.Pipeline.Preparing;

namespace Odm.Pipeline.Stages;

/// <summary>Compares a synthetic set with real images.</summary>
/// <param name="measure">The set, its features and judges.</param>
internal sealed class MeasureStage(PlannedMeasure measure) : StudyStage(measure.Stage)
{
    /// <summary>What decides it: features and class mix, the finished set, the real images, the networks that read its grades.</summary>
    /// <param name="sources">The study's sources.</param>
    /// <param name="set">The set.</param>
    /// <param name="network">The fit whose features are taken; null where they are those of <c>image_metrics.features</c>.</param>
    /// <param name="judges">Fits on real images alone.</param>
    public static Stage Key(StudySources sources, PlannedSet set, Stage? network, IReadOnlyList<PlannedFit> judges)
    {
        Stage[] networks = network is null ? [] : [network];
        var key = new JsonObject
        {
            ["features"] = sources.Study.ImageMetrics.Features,
            ["class_mix"] = Scalars.Write(sources.Study.ImageMetrics.ClassMix),
            ["visible"] = set.Generator.Visible,
        };
        if (sources.Study.ImageMetrics.Preprocessing != FidPreprocessing.PytorchFid)
        {
            key["preprocessing"] = Scalars.Write(sources.Study.ImageMetrics.Preprocessing);
        }

        if (sources.Study.ImageMetrics.Count is { } count)
        {
            key["count"] = count;
        }

        return Stage.Of(sources.Folder, StageKind.Measure, set.Name, key, [sources.Prepare, set.Final, .. judges.Select(j
            => j.Fit).Concat(networks).DistinctBy(s => s.Hash)]);
    }

    /// <inheritdoc/>
    public override string? Warning => NoisySets.Of(measure) is { } noise ? noise.Found.Sentence(noise.Name) : null;

    /// <inheritdoc/>
    public override StageCost? Cost(StudyCalibration calibration) => measure.OfGenerator ? calibration.Of(measure) : null;

    /// <inheritdoc/>
    public override void Run(StudyWork study, RunContext context) => study.Measures.Run(measure, context);
}
