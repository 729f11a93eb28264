using System.Runtime.InteropServices;
using Odm.Engine.Runtime;

namespace Odm.Engine.Files;

/// <summary>
/// Writes that are there as a whole or not at all. A file or folder is written beside its place, flushed to the disk and
/// renamed. A folder that replaces another takes two renames (old aside, new in place); <see cref="Recover"/> finishes
/// what a kill between them left. A failed write leaves nothing behind and names the place in a <see cref="DatasetException"/>.
/// </summary>
public static partial class Durable
{
    private const string Beside = ".partial";
    private const string Aside = ".previous";

    /// <summary>Writes a file through <paramref name="write"/>; the place changes only when all of it is on the disk.</summary>
    public static void WriteFile(string path, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        var full = Path.GetFullPath(path);
        var partial = full + Beside;
        Attempt(path, () =>
        {
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            Stream(partial, write);
            File.Move(partial, full, overwrite: true);
            SyncFolder(Path.GetDirectoryName(full)!);
        }, () => File.Delete(partial));
    }

    /// <summary>Writes UTF-8 text without a byte order mark; as <see cref="WriteFile"/>.</summary>
    public static void WriteText(string path, string text)
        => WriteFile(path, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(text)));

    /// <summary>
    /// Fills an empty folder through <paramref name="fill"/> (which is given its path) and puts it in place of <paramref name="folder"/>.
    /// </summary>
    public static void WriteFolder(string folder, Action<string> fill)
    {
        ArgumentNullException.ThrowIfNull(fill);
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        var partial = full + Beside;
        Recover(full);
        Attempt(folder, () =>
        {
            Remove(partial);
            Remove(full + Aside);
            Directory.CreateDirectory(partial);
            fill(partial);
            SyncFolder(partial);
            if (Directory.Exists(full))
            {
                Directory.Move(full, full + Aside);
            }
            Directory.Move(partial, full);
            SyncFolder(Path.GetDirectoryName(full)!);
            Remove(full + Aside);
        }, () =>
        {
            Recover(full);
            Remove(partial);
        });
    }

    /// <summary>
    /// Where a kill fell between the two renames of <see cref="WriteFolder"/>, puts the finished folder in place. The old one
    /// steps aside only after the new one is complete, so where the place is empty and an old one stands aside, the new one is whole.
    /// </summary>
    public static void Recover(string folder)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (Directory.Exists(full) || !Directory.Exists(full + Aside))
        {
            return;
        }
        Directory.Move(Directory.Exists(full + Beside) ? full + Beside : full + Aside, full);
    }

    /// <summary>
    /// Removes a folder that <see cref="WriteFolder"/> wrote, with what a kill left beside it; nothing where there is none.
    /// </summary>
    public static void RemoveFolder(string folder)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        Remove(full);
        Remove(full + Beside);
        Remove(full + Aside);
    }

    /// <summary>Creates one file inside a folder being filled and flushes it to the disk.</summary>
    public static void Stream(string path, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        using var stream = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20);
        write(stream);
        stream.Flush(flushToDisk: true);
    }

    private static void Attempt(string place, Action write, Action clean)
    {
        var done = false;
        try
        {
            write();
            done = true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException($"cannot write {place}: {e.Message.Split(" : '")[0]}", e); // without the name of the partial file
        }
        finally
        {
            if (!done)
            {
                Quietly(clean);
            }
        }
    }

    private static void Quietly(Action clean)
    {
        try
        {
            clean();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // the first failure is the one to tell
        }
    }

    private static void Remove(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Makes renames in a folder last through a power cut; a no-op where the system has no such call.</summary>
    private static void SyncFolder(string folder)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }
        var handle = Open(folder, 0);
        if (handle < 0)
        {
            return;
        }
        _ = Fsync(handle);
        _ = Close(handle);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Fsync(int handle);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int handle);
}
