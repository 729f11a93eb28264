using Odm.Engine.Runtime;
using Odm.Pipeline.Configuration;
using Odm.Pipeline.Planning;
using Odm.Pipeline.Preparing;

namespace Odm.Pipeline.Execution;

/// <summary>A study file that was read and planned; nothing is written yet.</summary>
/// <param name="Folder">The run's folder.</param>
/// <param name="Context">Device, precision, progress, cancellation.</param>
/// <param name="Prepared">The real images.</param>
/// <param name="Plan">All stages.</param>
internal sealed record OpenedStudy(string Folder, RunContext Context, Prepared Prepared, StudyPlan Plan)
{
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
        var device = Machine.Use(study.Device, study.Threads, study.Precision);
        var context = new RunContext(device, study.Precision, progress.Report, cancel);
        var sources = StudySources.Of(study, path);
        var prepared = Preparation.Read(sources, path.TrimEnd('/') + "-overlap.csv", context);
        progress.Clear();
        return new(path, context, prepared, StudyPlan.Of(sources, prepared));
    }
}
