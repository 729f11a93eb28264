using System.Runtime.ExceptionServices;
using Odm.Engine.Runtime;
using static TorchSharp.torch;

namespace Odm.Pipeline.Execution;

/// <summary>
/// Runs independent pieces of work at the same time, each with an equal part of the engine's threads. Small networks gain by it: their
/// operators are too short to be divided among threads well (docs/decisions/workers.md).
/// </summary>
internal static class SideBySide
{
    /// <summary>
    /// Runs all, in order, at most <paramref name="workers"/> at a time. Where one fails the others are cancelled; its exception is thrown
    /// when all have stopped.
    /// </summary>
    /// <param name="items">What to work on.</param>
    /// <param name="workers">At least 1. The engine's threads are divided by it for each worker, whether or not the others have work, so
    /// that results do not depend on timing.</param>
    /// <param name="cancel">Cancels all.</param>
    /// <param name="work">Gets the item, the worker's number from 0, and what cancels it.</param>
    /// <exception cref="OperationCanceledException">Cancelled from outside.</exception>
    public static void Run<T>(IReadOnlyList<T> items, int workers, CancellationToken cancel, Action<T, int, CancellationToken> work)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(workers);
        var (threads, share) = (TorchEngine.Threads, Math.Max(1, TorchEngine.Threads / workers));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var (next, gate, failure) = (0, new Lock(), (ExceptionDispatchInfo?)null);
        try
        {
            set_num_threads(share);
            Thread[] crew = [.. Enumerable.Range(0, Math.Min(workers, items.Count))
                .Select(worker => new Thread(() => Work(worker)) { Name = $"worker {worker}" })];
            foreach (var thread in crew)
            {
                thread.Start();
            }

            foreach (var thread in crew)
            {
                thread.Join();
            }
        }
        finally
        {
            set_num_threads(threads);
        }

        failure?.Throw();
        cancel.ThrowIfCancellationRequested();

        void Work(int worker)
        {
            set_num_threads(share); // OpenMP counts the threads of each thread's loops by itself
            while (!stop.IsCancellationRequested && Interlocked.Increment(ref next) - 1 is var at && at < items.Count)
            {
                try
                {
                    work(items[at], worker, stop.Token);
                }
                catch (OperationCanceledException) when (stop.IsCancellationRequested)
                {
                    return; // this one's checkpoint is written; what cancelled it is thrown by Run
                }
#pragma warning disable CA1031 // thrown again by Run
                catch (Exception e)
#pragma warning restore CA1031
                {
                    lock (gate)
                    {
                        failure ??= ExceptionDispatchInfo.Capture(e);
                    }

                    stop.Cancel();
                    return;
                }
            }
        }
    }
}
