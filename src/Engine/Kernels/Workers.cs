using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Odm.Engine.Kernels;

/// <summary>
/// Runs a loop on libtorch's own worker threads. libtorch's OpenMP workers spin for a while after each of its operators; threads of
/// .NET's pool would compete with them for the cores, so the loop goes through <c>GOMP_parallel</c> of the libgomp that libtorch
/// loaded (docs/decisions/kernels.md). Where there is none (other systems) it goes through <see cref="Parallel"/>.
/// </summary>
internal static unsafe class Workers
{
    private static readonly delegate* unmanaged<delegate* unmanaged<void*, void>, void*, uint, uint, void> parallel;
    private static readonly delegate* unmanaged<int> threadNumber;

    /// <summary>
    /// A part of a loop: items <paramref name="from"/> to <paramref name="to"/> (exclusive), worked on by the worker of that index.
    /// </summary>
    public delegate void Part(int worker, int from, int to);

    private sealed class Loop(Part part, int count, int workers)
    {
        public ExceptionDispatchInfo? Failure;

        public void Run(int worker) => part(worker, First(worker, count, workers), First(worker + 1, count, workers));
    }

    static Workers()
    {
        _ = __version__; // loads libtorch
        const string maps = "/proc/self/maps";
        if (!File.Exists(maps))
        {
            return;
        }
        var path = File.ReadLines(maps).Select(l => l.IndexOf('/', StringComparison.Ordinal) is > 0 and var at ? l[at..] : "")
            .FirstOrDefault(p => Path.GetFileName(p).StartsWith("libgomp", StringComparison.Ordinal));
        if (path is null || !NativeLibrary.TryLoad(path, out var library))
        {
            return;
        }
        if (!NativeLibrary.TryGetExport(library, "GOMP_parallel", out var start)
            || !NativeLibrary.TryGetExport(library, "omp_get_thread_num", out var number))
        {
            return;
        }
        parallel = (delegate* unmanaged<delegate* unmanaged<void*, void>, void*, uint, uint, void>)start;
        threadNumber = (delegate* unmanaged<int>)number;
    }

    /// <summary>How many workers a loop of that many items is divided among.</summary>
    public static int Count(int count) => Math.Max(1, Math.Min(count, get_num_threads()));

    /// <summary>
    /// Divides items 0 to <paramref name="count"/> into one consecutive part a worker and returns when all are done. Not to be nested.
    /// </summary>
    public static void For(int count, Part part)
    {
        if (SlowedKernels.Factor == 0)
        {
            Divide(count, part);
            return;
        }
        var began = Stopwatch.GetTimestamp();
        Divide(count, part);
        SlowedKernels.Wait(began);
    }

    private static void Divide(int count, Part part)
    {
        var number = Count(count);
        if (number == 1)
        {
            part(0, 0, count);
            return;
        }
        if (parallel is null)
        {
            Parallel.For(0, number, w => part(w, First(w, count, number), First(w + 1, count, number)));
            return;
        }
        var loop = new Loop(part, count, number);
        var handle = GCHandle.Alloc(loop);
        parallel(&Enter, (void*)GCHandle.ToIntPtr(handle), (uint)number, 0);
        handle.Free();
        loop.Failure?.Throw();
    }

    private static int First(int worker, int count, int number) => (int)((long)count * worker / number);

    [UnmanagedCallersOnly]
    private static void Enter(void* data)
    {
        var loop = (Loop)GCHandle.FromIntPtr((nint)data).Target!;
        try
        {
            loop.Run(threadNumber());
        }
#pragma warning disable CA1031 // nothing may leave a callback from native code; it is thrown again by For
        catch (Exception e)
#pragma warning restore CA1031
        {
            loop.Failure = ExceptionDispatchInfo.Capture(e);
        }
    }
}
