using Odm.Engine.Files;
using Odm.Engine.Runtime;
using Odm.Pipeline.Checks;
using Odm.Pipeline.Configuration;
using Odm.Pipeline.Graph;
using Odm.Pipeline.Stages;

namespace Odm.Pipeline.Execution;

/// <summary>Does a single stage of a study; several processes may do so in one run's folder.</summary>
public static class OneStage
{
    private const int Named = 5; // missing inputs that a message names

    /// <summary>Does it, unless it is finished.</summary>
    /// <param name="study">The study.</param>
    /// <param name="name">The stage: its name, title or folder; or <c>report</c>.</param>
    /// <param name="progress">Where progress is shown.</param>
    /// <exception cref="StudyException">No stage of that name, an input that is not finished, or another process works on it.</exception>
    public static void Run(OpenedStudy study, string name, ProgressLine progress)
    {
        ArgumentNullException.ThrowIfNull(study);
        ArgumentNullException.ThrowIfNull(progress);
        var stages = StudyWork.Stages(study.Plan);
        var resolved = Resolved.Yaml(study.Plan.Study);
        if (name == StageKind.Report.Name)
        {
            RequireFinished(study, name, [.. stages.Select(s => s.Stage)]);
            using var run = RunFolder.Open(study.Folder, resolved);
            StudyReport.Write(study);
            return;
        }

        var stage = Find(stages, name);
        RequireFinished(study, stage.Stage.Name, stage.Stage.Inputs);
        DiskSpace.Check(study.Plan, study.Prepared);
        using var held = StageLock.Take(study.Folder, Path.GetFileName(stage.Stage.Folder));
        if (!File.Exists(Path.Combine(study.Folder, RunFolder.StudyFile)))
        {
            Durable.WriteText(Path.Combine(study.Folder, RunFolder.StudyFile), resolved);
        }

        if (stage.Stage.Finished)
        {
            progress.Line($"{stage.Stage.Name}: finished already");
            return;
        }

        progress.Start();
        progress.Begin(stage.Stage.Title);
        new StudyRun(study.Plan, study.Prepared, study.Context, progress).One(stage);
        progress.Clear();
    }

    private static StudyStage Find(IReadOnlyList<StudyStage> stages, string name)
    {
        var found = stages.Where(s => name == s.Stage.Name || name == s.Stage.Title || name == Path.GetFileName(s.Stage.Folder)).ToList();
        if (found.Count == 0)
        {
            var names = stages.Select(s => s.Stage.Name).Append(StageKind.Report.Name).Distinct(StringComparer.Ordinal).ToList();
            var near = Nearest.To(name, names) is { } word ? $" (did you mean '{word}'?)" : "";
            throw new StudyException($"STAGE '{name}': no stage of the study{near}; must be one of {string.Join(", ", names)}");
        }

        return found.Count == 1 ? found[0]
            : throw new StudyException($"STAGE '{name}': {found.Count} stages have this name; give one of "
                + string.Join(", ", found.Select(s => Path.GetFileName(s.Stage.Folder))));
    }

    private static void RequireFinished(OpenedStudy study, string stage, IReadOnlyList<Stage> inputs)
    {
        var missing = inputs.Where(i => !i.Finished).Select(i => i.Name).Distinct(StringComparer.Ordinal).ToList();
        if (missing.Count > 0)
        {
            var more = missing.Count > Named ? $" and {missing.Count - Named} more" : "";
            throw new StudyException($"stage {stage}: reads {string.Join(", ", missing.Take(Named))}{more}, not finished in "
                + $"{study.Folder}; first comes odm stage {study.Folder} {missing[0]}");
        }
    }
}
