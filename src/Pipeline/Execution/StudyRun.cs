using System.Globalization;
using Odm.Engine.Runtime;
using Odm.Pipeline.Graph;
using Odm.Pipeline.Planning;
using Odm.Pipeline.Preparing;
using Odm.Pipeline.Stages;

namespace Odm.Pipeline.Execution;

/// <summary>
/// Runs the stages of a study in order in this process, trainings side by side where the study has workers; each finished one is skipped,
/// an interrupted one goes on from its checkpoint. A worker that has no generator to train begins with fits that wait for none.
/// </summary>
internal sealed class StudyRun(StudyPlan plan, Prepared prepared, RunContext context, ProgressLine progress)
{
    private readonly StudyWork study = new(plan, prepared);
    private readonly IReadOnlyList<StudyStage> stages = StudyWork.Stages(plan);
    private readonly HashSet<StudyStage> ahead = []; // fits done beside the generators
    private int begun;

    /// <summary>Runs all stages up to and with a kind.</summary>
    public void Until(StageKind last)
    {
        StageKind[] kinds = [.. StageKind.All.TakeWhile(k => k != last), last];
        foreach (var kind in kinds)
        {
            StudyStage[] alike = [.. Of(kind)];
            if (kind.Trains && plan.Study.Workers > 1)
            {
                // the longest first, so that no worker is left with it while the others have nothing to do
                bool early = kind == StageKind.Train && kinds.Contains(StageKind.Fit);
                Together([.. alike.OrderByDescending(s => s.Long)], early ? Ready() : []);
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

    private IEnumerable<StudyStage> Of(StageKind kind) => stages.Where(s => s.Stage.Kind == kind && !ahead.Contains(s));

    // the fits that wait for no generator
    private StudyStage[] Ready() => [.. Of(StageKind.Fit).Where(s => !s.Stage.Finished && s.Stage.Inputs.All(i => i.Finished))];

    // a filler begins only while one of the others is at work and a worker would have nothing to do
    private void Together(StudyStage[] alike, StudyStage[] fillers)
    {
        var left = alike.Length;
        SideBySide.Run([.. alike, .. fillers], plan.Study.Workers, context.Cancel, (stage, worker, cancel) =>
        {
            var filler = fillers.Contains(stage);
            if (filler)
            {
                if (Volatile.Read(ref left) == 0)
                {
                    return;
                }

                lock (ahead)
                {
                    ahead.Add(stage);
                }
            }

            var prefix = Prefix(Interlocked.Increment(ref begun));
            stage.Run(study, context with { Report = p => progress.Report(p, worker, prefix), Cancel = cancel });
            if (!filler)
            {
                Interlocked.Decrement(ref left);
            }
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
