using Odm.Engine.Runtime;
using Odm.Pipeline.Configuration;
using Odm.Pipeline.Planning;
using Odm.Pipeline.Preparing;
using Odm.Pipeline.Stages;

namespace Odm.Pipeline.Execution;

/// <summary>A study file that was read and planned; nothing is written yet.</summary>
public sealed class OpenedStudy
{
    private OpenedStudy(string folder, RunContext context, Prepared prepared, StudyPlan plan)
        => (Folder, Context, Prepared, Plan) = (folder, context, prepared, plan);

    /// <summary>The run's folder.</summary>
    public string Folder { get; }

    /// <summary>Device, precision, progress, cancellation.</summary>
    internal RunContext Context { get; }

    /// <summary>The real images.</summary>
    internal Prepared Prepared { get; }

    /// <summary>All stages.</summary>
    internal StudyPlan Plan { get; }

    /// <summary>Reads and plans a study; every fault that can be found up front is found here.</summary>
    /// <param name="file">The study file.</param>
    /// <param name="set">Fields to set, <c>path.to.field=value</c>.</param>
    /// <param name="folder">The run's folder; by default <c>runs/</c> and the study's name.</param>
    /// <param name="progress">Where progress is shown.</param>
    /// <param name="cancel">Stops the reading, and later the stages.</param>
    /// <exception cref="StudyException">A fault in the file, or a folder of another study.</exception>
    /// <exception cref="DatasetException">A fault in the data.</exception>
    public static OpenedStudy Open(string file, IEnumerable<string> set, string? folder, ProgressLine progress,
        CancellationToken cancel)
    {
        var study = StudyFile.Read(file, set);
        var path = folder ?? Path.Combine("runs", study.Name);
        RunFolder.Check(path, study.Name);
        _ = StudyResults.Readers(study); // a fault in their files comes before the work
        var device = Machine.Use(study.Device, study.Threads, study.Precision);
        var context = new RunContext(device, study.Precision, progress.Report, cancel);
        var sources = StudySources.Of(study, path);
        var prepared = Preparation.Read(sources, path.TrimEnd('/') + "-overlap.csv", context);
        progress.Clear();
        return new(path, context, prepared, StudyPlanner.Plan(sources, prepared));
    }
}
