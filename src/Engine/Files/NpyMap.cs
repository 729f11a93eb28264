using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using Odm.Engine.Runtime;

namespace Odm.Engine.Files;

/// <summary>
/// A <c>.npy</c> file mapped into memory: nothing is read before it is looked at, and files beyond 2 GB work. The mapping
/// lasts as long as the process, so spans into it never dangle; its pages are the file's own and cost no memory of ours.
/// </summary>
public sealed unsafe partial class NpyMap
{
    private const int DontNeed = 4; // MADV_DONTNEED

    private readonly byte* data;
    private readonly byte* start; // of the mapping, a page's first byte
    private readonly MemoryMappedViewAccessor? view; // never released: see the summary

    /// <summary>Shape and element type.</summary>
    public NpyHeader Header { get; }

    /// <summary>Maps a file.</summary>
    /// <exception cref="DatasetException">The file is missing, damaged, or shorter or longer than its header says.</exception>
    public NpyMap(string path)
    {
        if (!File.Exists(path))
        {
            throw new DatasetException($"{path}: no such file");
        }
        using var stream = File.OpenRead(path);
        Header = NpyHeader.Read(stream, path);
        var offset = stream.Position;
        if (stream.Length != offset + Header.ByteCount)
        {
            var state = stream.Length < offset + Header.ByteCount ? "truncated" : "damaged";
            throw new DatasetException($"{path}: {state}: {stream.Length} bytes where its header announces {offset + Header.ByteCount}");
        }
        if (Header.ByteCount == 0)
        {
            return;
        }
        var map = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        view = map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref data);
        start = data;
        data += view.PointerOffset + offset;
    }

    /// <summary>
    /// Gives the pages that were looked at back, so that they no longer count as this process's; spans stay good, the next look reads the
    /// file's again.
    /// </summary>
    public void Release()
    {
        if (view is not null && OperatingSystem.IsLinux())
        {
            _ = Advise(start, (nuint)view.SafeMemoryMappedViewHandle.ByteLength, DontNeed);
        }
    }

    /// <summary>Bytes of the array, the header not counted.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Beyond its end.</exception>
    public ReadOnlySpan<byte> Bytes(long offset, int length)
    {
        if (offset < 0 || length < 0 || offset + length > Header.ByteCount)
        {
            throw new ArgumentOutOfRangeException(nameof(offset));
        }
        return new ReadOnlySpan<byte>(data + offset, length);
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(byte* address, nuint length, int advice);
}
