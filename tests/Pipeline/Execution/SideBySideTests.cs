using Odm.Engine.Runtime;
using Odm.Pipeline.Execution;

namespace Odm.Pipeline.Tests;

[CollectionDefinition(nameof(SideBySideTests), DisableParallelization = true)] // it changes the engine's threads
[Collection(nameof(SideBySideTests))]
public sealed class SideBySideTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Every_item_is_worked_on_once_and_never_more_than_the_workers_at_a_time(int workers)
    {
        var (done, now, most) = (new int[9], 0, 0);
        SideBySide.Run([.. Enumerable.Range(0, 9)], workers, default, (i, worker, _) =>
        {
            worker.ShouldBeInRange(0, workers - 1);
            var running = Interlocked.Increment(ref now);
            InterlockedMax(ref most, running);
            Thread.Sleep(5);
            Interlocked.Increment(ref done[i]);
            Interlocked.Decrement(ref now);
        });
        done.ShouldAllBe(n => n == 1);
        most.ShouldBeInRange(1, workers);
    }

    [Fact]
    public void Two_items_run_at_the_same_time()
    {
        using var both = new Barrier(2);
        SideBySide.Run([0, 1], 2, default, (_, _, _) => both.SignalAndWait(TimeSpan.FromSeconds(30)).ShouldBeTrue());
    }

    [Fact]
    public void A_worker_has_its_part_of_the_threads_and_afterwards_all_are_back()
    {
        var before = TorchEngine.Threads;
        try
        {
            TorchEngine.Start(4);
            var seen = new int[3];
            SideBySide.Run([0, 1, 2], 2, default, (i, _, _) => seen[i] = TorchEngine.Threads);
            seen.ShouldBe([2, 2, 2]);
            TorchEngine.Threads.ShouldBe(4);
            SideBySide.Run([0], 8, default, (_, _, _) => seen[0] = TorchEngine.Threads);
            seen[0].ShouldBe(1);
        }
        finally
        {
            TorchEngine.Start(before);
        }
    }

    [Fact]
    public void A_fault_cancels_the_others_and_is_thrown_when_they_have_stopped()
    {
        using var begun = new ManualResetEventSlim();
        var stopped = false;
        var fault = Should.Throw<StudyException>(() => SideBySide.Run([0, 1, 2], 2, default, (i, _, cancel) =>
        {
            if (i == 0)
            {
                begun.Wait(TimeSpan.FromSeconds(30));
                throw new StudyException("arms: something is wrong");
            }

            i.ShouldBe(1); // nothing new begins after the fault
            begun.Set();
            cancel.WaitHandle.WaitOne(TimeSpan.FromSeconds(30)).ShouldBeTrue();
            Thread.Sleep(50);
            stopped = true;
            cancel.ThrowIfCancellationRequested();
        }));
        fault.Message.ShouldBe("arms: something is wrong");
        stopped.ShouldBeTrue();
    }

    [Fact]
    public void An_interruption_from_outside_ends_in_its_exception()
    {
        using var outside = new CancellationTokenSource();
        Should.Throw<OperationCanceledException>(() => SideBySide.Run([0, 1], 2, outside.Token, (_, _, cancel) =>
        {
            outside.Cancel();
            cancel.ThrowIfCancellationRequested();
        }));
    }

    private static void InterlockedMax(ref int most, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref most)) < value && Interlocked.CompareExchange(ref most, value, seen) != seen)
        {
        }
    }
}
