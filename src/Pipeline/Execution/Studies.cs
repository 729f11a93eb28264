using Odm.Engine.Files;
using Odm.Engine.Runtime;
using Odm.Pipeline.Checks;
using Odm.Pipeline.Configuration;
using Odm.Pipeline.Graph;
using Odm.Pipeline.Stages;

namespace Odm.Pipeline.Execution;

/// <summary>A study to run.</summary>
public sealed record StudyRequest
{
    /// <summary>The study file.</summary>
    public required string File { get; init; }

    /// <summary>Folder of the run; by default <c>runs/</c> and the study's name.</summary>
    public string? Folder { get; init; }

    /// <summary>Fields to set, each <c>path.to.field=value</c>.</summary>
    public IReadOnlyList<string> Set { get; init; } = [];

    /// <summary>Name of the last kind of stages to run, as in <c>odm run --until</c>.</summary>
    public string Until { get; init; } = StageKind.Report.Name;

    /// <summary>Receives a line of progress once a minute; by default nobody does.</summary>
    public TextWriter? Progress { get; init; }

    /// <summary>Stops the run; what was begun goes on from its checkpoint the next time.</summary>
    public CancellationToken Cancel { get; init; }
}

/// <summary>Studies as the command runs them, for programs.</summary>
public static class Studies
{
    /// <summary>Runs a study from its file to its report, continuing from what its folder holds.</summary>
    /// <returns>Folder of the run: results.csv, summary.csv, report.md, report.html, sheets/, stages/.</returns>
    /// <exception cref="StudyException">A fault in the study file, or a folder of another study.</exception>
    /// <exception cref="DatasetException">A fault in the data.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static string Run(StudyRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var progress = new ProgressLine(request.Progress ?? TextWriter.Null, terminal: false, width: 0);
        var study = OpenedStudy.Open(request.File, request.Set, request.Folder, progress, request.Cancel);
        Run(study, StageKind.Of(request.Until), progress);
        return study.Folder;
    }

    /// <summary>Writes a study as a file that <see cref="Run(StudyRequest)"/> and the command read, every default named.</summary>
    /// <param name="study">The study.</param>
    /// <param name="file">The file; what it held is replaced.</param>
    public static void Write(Study study, string file)
    {
        ArgumentNullException.ThrowIfNull(study);
        Durable.WriteText(file, Resolved.Yaml(study));
    }

    /// <summary>Runs the stages of a study that was opened, up to and with a kind.</summary>
    /// <param name="study">The study.</param>
    /// <param name="until">The last kind.</param>
    /// <param name="progress">Where progress is shown.</param>
    public static void Run(OpenedStudy study, StageKind until, ProgressLine progress)
    {
        ArgumentNullException.ThrowIfNull(study);
        ArgumentNullException.ThrowIfNull(progress);
        if (until != StageKind.Prepare)
        {
            DiskSpace.Check(study.Plan, study.Prepared);
        }

        using var run = RunFolder.Open(study.Folder, Resolved.Yaml(study.Plan.Study));
        progress.Start();
        if (GroupNotice.Line(study.Plan.Study, study.Prepared) is { } notice)
        {
            progress.Line($"warning: {notice}");
        }

        foreach (var line in until == StageKind.Prepare ? [] : BudgetWarnings.Lines(study.Plan, study.Prepared.All.Channels)
            .Concat(OnlineFit.Warnings(study.Plan, study.Prepared)))
        {
            progress.Line(line);
        }

        new StudyRun(study.Plan, study.Prepared, study.Context, progress).Until(until);
        progress.Clear();
        if (until == StageKind.Report)
        {
            StudyReport.Write(study);
        }
    }
}
