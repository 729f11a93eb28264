using System.Diagnostics;
using System.Runtime.InteropServices;
using Odm.Pipeline.Tests;

namespace Odm.Cli.Tests;

/// <summary>The real executable in a process of its own, with a folder for its runs.</summary>
internal sealed partial class Executable : MiniStudy
{
    /// <summary>SIGTERM: it goes the way of Ctrl-C, which children of a background shell are born ignoring.</summary>
    public static void Interrupt(Process process) => Signal(process.Id, 15).ShouldBe(0);

    /// <summary>Starts the command.</summary>
    public static Process Start(params string[] arguments) => Start(_ => { }, arguments);

    /// <summary>Starts the command with something set, its environment say.</summary>
    public static Process Start(Action<ProcessStartInfo> set, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Odm.Cli.dll"), .. arguments])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        start.Environment["OPENBLAS_NUM_THREADS"] = "1";
        set(start);
        return Process.Start(start)!;
    }

    /// <summary>Runs the command to its end.</summary>
    public static (int Code, string Out, string Error) Run(params string[] arguments)
    {
        using var process = Start(arguments);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output.Result, error);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int process, int signal);
}
