using Odm.Engine.Files;
using Odm.Engine.Runtime;
using Odm.Pipeline.Configuration;

namespace Odm.Pipeline.Execution;

/// <summary>
/// The folder of a run. Made only when every fault that can be found up front has been looked for; held by an operating-system
/// lock that dies with the process, so that a killed run leaves nothing to clear.
/// </summary>
internal sealed class RunFolder : IDisposable
{
    /// <summary>The file whose lock a run holds.</summary>
    public const string LockFile = ".lock";

    /// <summary>The resolved study.</summary>
    public const string StudyFile = "study.yaml";

    private readonly FileStream held;

    private readonly bool made;

    private RunFolder(string path, FileStream held, bool made) => (Path, this.held, this.made) = (path, held, made);

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>Looks whether a study may run here; writes nothing.</summary>
    /// <exception cref="StudyException">It holds a study of another name, or something that is no run.</exception>
    public static void Check(string path, string study)
    {
        if (File.Exists(path))
        {
            throw new StudyException($"--out {path}: is a file, a folder was expected");
        }

        var record = System.IO.Path.Combine(path, StudyFile);
        if (File.Exists(record))
        {
            var name = YamlTree.Read(record).Children.TryGetValue("study", out var node) ? node.ToString() : "";
            if (name != study)
            {
                throw new StudyException($"--out {path}: holds the study '{name}', this one is '{study}' (give another folder, or remove "
                    + $"that one)");
            }
        }
        else if (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path)
            .Any(e => System.IO.Path.GetFileName(e) is not ("stages" or LockFile or "study.yaml.partial")))
        {
            throw new StudyException($"--out {path}: is not empty and holds no study.yaml (give a new folder)");
        }
    }

    /// <summary>Makes the folder where it is missing, takes hold of it and writes the resolved study.</summary>
    /// <exception cref="StudyException">Another run is working in it.</exception>
    public static RunFolder Open(string path, string resolvedStudy)
    {
        var made = !Directory.Exists(path);
        Directory.CreateDirectory(path);
        FileStream? held = null;
        try
        {
            held = Hold(path);
            Durable.WriteText(System.IO.Path.Combine(path, StudyFile), resolvedStudy);
            return new RunFolder(path, held, made);
        }
        catch
        {
            held?.Dispose();
            if (made)
            {
                Directory.Delete(path, recursive: true);
            }

            throw;
        }
    }

    /// <inheritdoc/>
    /// <remarks>A folder that this run made and in which no stage was finished goes again (a full disk, an interruption before the
    /// first).</remarks>
    public void Dispose()
    {
        File.Delete(held.Name);
        held.Dispose();
        if (made && !Directory.EnumerateFiles(Path, "stage.json", SearchOption.AllDirectories).Any())
        {
            Directory.Delete(Path, recursive: true);
        }
    }

    /// <summary>Whether opening a file failed because somebody else holds its lock.</summary>
    public static bool IsHeld(IOException e) => e.HResult is 11 or 13; // EWOULDBLOCK, EACCES

    private static FileStream Hold(string path)
    {
        var file = System.IO.Path.Combine(path, LockFile);
        try
        {
            return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (IsHeld(e))
        {
            throw new StudyException($"--out {path}: another run is working in this folder", e);
        }
    }
}
