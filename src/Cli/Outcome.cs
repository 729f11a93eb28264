using Odm.Engine.Runtime;
using Odm.Pipeline.Execution;

namespace Odm.Cli;

/// <summary>Runs a command's body and turns what it throws into an exit code and one line on stderr.</summary>
internal static class Outcome
{
    /// <summary>The exit code of the user's mistakes.</summary>
    public const int UserMistake = 2;

    /// <summary>The exit code of a night in which something got worse, or was not measured.</summary>
    public const int Regression = 3;

    // errno, as .NET keeps it in HResult: no space, quota exceeded, read-only file system, file too large
    private static readonly int[] DiskFaults = [28, 122, 30, 27];

    /// <summary>0 done, 2 the user's mistake, 130 interrupted; what is left (an internal error) passes through.</summary>
    public static int Of(Action<Interruption, ProgressLine> body) => Of((interruption, progress) =>
    {
        body(interruption, progress);
        return 0;
    });

    /// <summary>The same where the body has an exit code of its own.</summary>
    public static int Of(Func<Interruption, ProgressLine, int> body)
    {
        using var interruption = new Interruption();
        using var progress = ProgressLine.OnStderr();
        try
        {
            return body(interruption, progress);
        }
        catch (OperationCanceledException)
        {
            progress.Clear();
            Console.Error.WriteLine("interrupted" + interruption.Continue);
            return Interruption.ExitCode;
        }
        catch (UserException e)
        {
            return Mistake(progress, e.Message);
        }
        catch (IOException e) when (DiskFaults.Contains(e.HResult))
        {
            return Mistake(progress, $"cannot write: {e.Message}");
        }
        catch (UnauthorizedAccessException e)
        {
            return Mistake(progress, e.Message);
        }
    }

    private static int Mistake(ProgressLine progress, string message)
    {
        progress.Clear();
        Console.Error.WriteLine(message.ReplaceLineEndings(" ").Trim());
        return UserMistake;
    }
}
