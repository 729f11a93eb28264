using Odm.Engine.Runtime;
using Odm.Pipeline.Graph;
using Odm.Pipeline.Planning;
using Odm.Pipeline.Preparing;

namespace Odm.Pipeline.Stages;

/// <summary>
/// A stage of a study: what decides it (<c>Key</c>, with the stages that it reads), what it does, what it costs. One file for each kind;
/// its name and the version of its format stand in <see cref="StageKind"/>.
/// </summary>
/// <param name="stage">Its key, folder and inputs.</param>
internal abstract class StudyStage(Stage stage)
{
    /// <summary>Its key, folder and inputs.</summary>
    public Stage Stage => stage;

    /// <summary>What is to be said when it is finished; null for nothing.</summary>
    public virtual string? Warning => null;

    /// <summary>Whether it takes much longer than others of its kind: such a one begins first.</summary>
    public virtual bool Long => false;

    /// <summary>What it would cost; null for a matter of seconds.</summary>
    public virtual StageCost? Cost(StudyCalibration calibration) => null;

    /// <summary>Does the work unless it is finished; an interrupted one goes on from its checkpoint.</summary>
    /// <param name="study">The study, its plan and its real images.</param>
    /// <param name="context">Device, precision, progress, cancellation.</param>
    public abstract void Run(StudyWork study, RunContext context);
}

/// <summary>What the stages of a study share.</summary>
/// <param name="plan">All of them.</param>
/// <param name="prepared">The real images.</param>
internal sealed class StudyWork(StudyPlan plan, Prepared prepared)
{
    /// <summary>All stages.</summary>
    public StudyPlan Plan => plan;

    /// <summary>The real images.</summary>
    public Prepared Prepared => prepared;

    /// <summary>Keeps features of the real images, which all sets are compared with.</summary>
    public SetMeasures Measures { get; } = new(prepared, plan.Study.ImageMetrics);

    /// <summary>The stages of a study, each once, in the order of a run: those that a stage reads stand before it.</summary>
    public static IReadOnlyList<StudyStage> Stages(StudyPlan plan) =>
    [
        .. new StudyStage[] { new PrepareStage(plan.Sources.Prepare) }
            .Concat(plan.Sources.Transfer.Select(t => new PrepareStage(t.Stage, t.Name)))
            .Concat(plan.Generators.Select(g => new TrainStage(g)))
            .Concat(plan.Sets.Concat(plan.OnlyMeasured).Select(s => new SynthesizeStage(s)))
            .Concat(plan.Sets.Concat(plan.OnlyMeasured).Where(s => s.Style is not null).Select(s => new StyleStage(s)))
            .Concat(plan.Generators.Where(g => g.Membership is not null).Select(g => new MembershipStage(g)))
            .Concat(plan.Sets.Where(s => s.Audit is not null).Select(s => new CopyAuditStage(s)))
            .Concat(plan.Fits.Select(f => new FitStage(f)))
            .Concat(plan.Fits.Select(f => new EvaluateStage(f)))
            .Concat(plan.Measures.Select(m => new MeasureStage(m)))
            .DistinctBy(s => s.Stage.Folder),
    ];
}
