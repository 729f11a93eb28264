using System.Runtime.InteropServices;

namespace Odm.Cli;

/// <summary>
/// Ctrl-C and SIGTERM: the first asks the running loop to write its checkpoint and stop, a second one, or ten seconds without
/// an answer, ends the process at once. Checkpoints are written beside and renamed, so that loses at most 30 s of work.
/// </summary>
internal sealed partial class Interruption : IDisposable
{
    /// <summary>The exit code of an interrupted command.</summary>
    public const int ExitCode = 130;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(7);
    private readonly CancellationTokenSource source = new();
    private readonly PosixSignalRegistration[] signals;
    private Timer? deadline; // runs on when this is disposed: the rest of the way out is under it too

    /// <summary>Listens from here on.</summary>
    public Interruption()
        => signals = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM }.Select(s => PosixSignalRegistration.Create(s, Heard))];

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => source.Token;

    /// <summary>How to continue, printed where the process has to end without waiting for its loop.</summary>
    public string Continue { get; set; } = "";

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var signal in signals)
        {
            signal.Dispose();
        }

        source.Dispose();
    }

    private void Heard(PosixSignalContext context)
    {
        context.Cancel = true;
        if (source.IsCancellationRequested)
        {
            End();
        }

        deadline = new Timer(_ => End(), null, Patience, Timeout.InfiniteTimeSpan);
        source.Cancel();
    }

    // _exit: native threads may be deep in a product and exit would wait for them; nothing is left to flush
    private void End()
    {
        Console.Error.WriteLine("interrupted" + Continue);
        Console.Error.Flush();
        if (!OperatingSystem.IsWindows())
        {
            ExitAtOnce(ExitCode);
        }

        Environment.Exit(ExitCode);
    }

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void ExitAtOnce(int code);
}
