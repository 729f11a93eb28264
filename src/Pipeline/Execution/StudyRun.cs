using System.Globalization;
using Odm.Engine.Runtime;
using Odm.Pipeline.Graph;
using Odm.Pipeline.Planning;
using Odm.Pipeline.Preparing;
using Odm.Pipeline.Stages;

namespace Odm.Pipeline.Execution;

/// <summary>
/// Runs the stages of a study in order in this process, trainings side by side where the study has workers; each finished one is skipped,
/// an interrupted one goes on from its checkpoint.
/// </summary>
internal sealed class StudyRun(StudyPlan plan, Prepared prepared, RunContext context, ProgressLine progress)
{
    private readonly StudyWork study = new(plan, prepared);
    private readonly IReadOnlyList<StudyStage> stages = StudyWork.Stages(plan);
    private int begun;

    /// <summary>Runs all stages up to and with a kind.</summary>
    public void Until(StageKind last)
    {
        foreach (var kind in StageKind.All.TakeWhile(k => k != last).Append(last))
        {
            StudyStage[] alike = [.. stages.Where(s => s.Stage.Kind == kind)];
            if (kind.Trains && plan.Study.Workers > 1)
            {
                Together(alike);
                continue;
            }

            foreach (var stage in alike)
            {
                Alone(stage);
            }
        }
    }

    /// <summary>Runs one stage, a training with the part of the threads that <see cref="Until"/> would give it.</summary>
    public void One(StudyStage stage)
    {
        if (stage.Stage.Kind.Trains && plan.Study.Workers > 1)
        {
            SideBySide.Run([stage], plan.Study.Workers, context.Cancel, (s, _, cancel) => s.Run(study, context with { Cancel = cancel }));
        }
        else
        {
            stage.Run(study, context);
        }

        Warn(stage);
    }

    private void Alone(StudyStage stage)
    {
        context.Cancel.ThrowIfCancellationRequested();
        progress.Prefix = Prefix(++begun);
        if (!stage.Stage.Finished)
        {
            progress.Begin(stage.Stage.Title);
        }

        stage.Run(study, context);
        Warn(stage);
    }

    private void Together(StudyStage[] alike)
    {
        var first = begun + 1;
        begun += alike.Length;
        SideBySide.Run([.. Enumerable.Range(0, alike.Length)], plan.Study.Workers, context.Cancel, (i, worker, cancel) =>
        {
            var prefix = Prefix(first + i);
            alike[i].Run(study, context with { Report = p => progress.Report(p, worker, prefix), Cancel = cancel });
        });
        progress.End();
    }

    private void Warn(StudyStage stage)
    {
        if (stage.Warning is { } warning)
        {
            progress.Line($"warning: {warning}");
        }
    }

    private string Prefix(int number) => string.Create(CultureInfo.InvariantCulture, $"[{number}/{stages.Count}] ");
}
