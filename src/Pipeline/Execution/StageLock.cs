using Odm.Engine.Runtime;

namespace Odm.Pipeline.Execution;

/// <summary>
/// Holds one stage of a run for this process, and the run's folder against <c>odm run</c>; processes that hold other stages are let in.
/// Operating-system locks, which die with the process.
/// </summary>
internal sealed class StageLock : IDisposable
{
    private readonly FileStream run;
    private readonly FileStream stage;

    private StageLock(FileStream run, FileStream stage) => (this.run, this.stage) = (run, stage);

    /// <summary>Takes hold of a stage.</summary>
    /// <param name="folder">The run's folder; made where it is missing.</param>
    /// <param name="name">The stage's name.</param>
    /// <exception cref="StudyException">Another process works on it, or <c>odm run</c> works in the folder.</exception>
    public static StageLock Take(string folder, string name)
    {
        var locks = Path.Combine(folder, "stages", ".locks");
        Directory.CreateDirectory(locks);
        var run = Open(Path.Combine(folder, RunFolder.LockFile), FileAccess.Read, FileShare.Read)
            ?? throw new StudyException($"{folder}: odm run is working in this folder");
        var stage = Open(Path.Combine(locks, name), FileAccess.ReadWrite, FileShare.None);
        if (stage is null)
        {
            run.Dispose();
            throw new StudyException($"{folder}: another process is working on the stage {name}");
        }

        return new(run, stage);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        stage.Dispose();
        run.Dispose();
    }

    // null where somebody else holds it
    private static FileStream? Open(string file, FileAccess access, FileShare share)
    {
        try
        {
            return new FileStream(file, FileMode.OpenOrCreate, access, share);
        }
        catch (IOException e) when (RunFolder.IsHeld(e))
        {
            return null;
        }
    }
}
