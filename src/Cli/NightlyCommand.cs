using System.CommandLine;
using System.Diagnostics;
using Odm.Pipeline.Execution;
using Odm.Pipeline.Nightly;

namespace Odm.Cli;

/// <summary><c>odm nightly</c>: studies and benches beside those of the last nights.</summary>
internal static class NightlyCommand
{
    /// <summary>Declares it.</summary>
    public static Command Make()
    {
        var file = new Argument<string>("FILE.yaml") { Description = "The nightly file (docs/nightly.md lists its fields)." };
        var folder = new Option<string?>("--out")
        {
            Description = "Folder of the history, the pages and the last runs; by default nightly/<name>.",
            HelpName = "DIR",
        };
        var command = new Command("nightly", "Measures studies and benches, compares them with the last nights and names what got worse "
            + "(exit code 3).") { file, folder };
        command.SetAction(parsed => Outcome.Of((interruption, progress) => Run(parsed.GetRequiredValue(file), parsed.GetValue(folder),
            interruption, progress)));
        return command;
    }

    private static int Run(string file, string? folder, Interruption interruption, ProgressLine progress)
    {
        interruption.Continue = "; nothing of this night is in the history, the same command begins another";
        var clean = Nights.Run(new()
        {
            File = file,
            Folder = folder,
            Time = DateTimeOffset.UtcNow,
            Run = Child,
            Say = line =>
            {
                progress.Start();
                progress.Line(line);
            },
            Cancel = interruption.Token,
        });
        return clean ? 0 : Outcome.Regression;
    }

    // this program again; ended at once at the deadline or an interruption, since a night's runs are never continued
    private static NightAnswer Child(NightJob job, CancellationToken cancel)
    {
        var program = Environment.ProcessPath!;
        var host = Path.GetFileNameWithoutExtension(program) == "dotnet" ? new[] { typeof(NightlyCommand).Assembly.Location } : [];
        var began = Stopwatch.GetTimestamp();
        using var process = Process.Start(new ProcessStartInfo(program, [.. host, .. job.Arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        })!;
        process.StandardInput.Close();
        using var log = new StreamWriter(job.Log, append: true);
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(CancellationToken.None), Copy(process.StandardError, log));
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(job.Deadline);
        using (deadline.Token.Register(() => process.Kill(entireProcessTree: true)))
        {
            process.WaitForExit();
        }

        errors.Wait(CancellationToken.None);
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        return new(deadline.IsCancellationRequested && process.ExitCode != 0 ? null : process.ExitCode, output.Result, seconds);
    }

    private static async Task Copy(StreamReader from, StreamWriter to)
    {
        while (await from.ReadLineAsync() is { } line)
        {
            await to.WriteLineAsync(line);
            await to.FlushAsync();
        }
    }
}
