using Odm.Engine.Runtime;
using Odm.Pipeline.Checks;
using Odm.Pipeline.Planning;

namespace Odm.Pipeline.Stages;

/// <summary>Compares a synthetic set with real images.</summary>
/// <param name="measure">The set, its features and judges.</param>
internal sealed class MeasureStage(PlannedMeasure measure) : StudyStage(measure.Stage)
{
    /// <inheritdoc/>
    public override string? Warning => NoisySets.Of(measure) is { } noise ? noise.Found.Sentence(noise.Name) : null;

    /// <inheritdoc/>
    public override void Run(StudyWork study, RunContext context) => study.Measures.Run(measure, context);
}
