using System.IO.MemoryMappedFiles;

namespace Odm.Data;

/// <summary>
/// A <c>.npy</c> file mapped into memory: nothing is read before it is looked at, and files beyond 2 GB work. The mapping
/// lasts as long as the process, so spans into it never dangle; its pages are the file's own and cost no memory of ours.
/// </summary>
internal sealed unsafe class NpyMap
{
    private readonly byte* data;
    private readonly MemoryMappedViewAccessor? view; // never released: see the summary

    public NpyHeader Header { get; }

    /// <exception cref="DatasetException">The file is missing, damaged, or shorter or longer than its header says.</exception>
    public NpyMap(string path)
    {
        if (!File.Exists(path))
            throw new DatasetException($"{path}: no such file");
        using var stream = File.OpenRead(path);
        Header = NpyHeader.Read(stream, path);
        var offset = stream.Position;
        if (stream.Length != offset + Header.ByteCount)
        {
            var state = stream.Length < offset + Header.ByteCount ? "truncated" : "damaged";
            throw new DatasetException($"{path}: {state}: {stream.Length} bytes where its header announces {offset + Header.ByteCount}");
        }
        if (Header.ByteCount == 0)
            return;
        var map = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        view = map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref data);
        data += view.PointerOffset + offset;
    }

    public ReadOnlySpan<byte> Bytes(long offset, int length)
    {
        if (offset < 0 || length < 0 || offset + length > Header.ByteCount)
            throw new ArgumentOutOfRangeException(nameof(offset));
        return new ReadOnlySpan<byte>(data + offset, length);
    }
}
