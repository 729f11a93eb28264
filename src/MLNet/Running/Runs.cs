using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using Odm.Engine.Runtime;

namespace Odm.MLNet.Running;

/// <summary>Starts the engine for an <see cref="MLContext"/> and reports to its log.</summary>
internal static class Runs
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Device, precision, and progress to the context's log: a line at the start of a stage, every five seconds, at its end.
    /// </summary>
    public static RunContext Context(MLContext ml, EngineOptions options)
    {
        TorchEngine.Start(options.Threads);
        var device = TorchEngine.Resolve(options.Device);
        var precision = options.Precision ?? TorchEngine.FastestPrecision(device);
        TorchEngine.Demand(precision, device);
        var (stage, last) = ("", 0L);
        return new(device, precision, Report, options.Cancel);

        void Report(Progress p)
        {
            if (p.Stage == stage && p.Step < p.Total && Stopwatch.GetElapsedTime(last) < Pause)
            {
                return;
            }
            (stage, last) = (p.Stage, Stopwatch.GetTimestamp());
            Log(ml, string.Create(CultureInfo.InvariantCulture, $"{p.Stage} {p.Step}/{p.Total} · {p.PerSecond:G3} {p.Unit}/s"
                + $"{(p.Note is { } note ? " · " + note : "")}"));
        }
    }

    /// <summary>A line of the context's log, with source Odm.</summary>
    public static void Log(MLContext ml, string line)
    {
        using var channel = ((IChannelProvider)ml).Start("Odm");
        channel.Info(MessageSensitivity.None, "{0}", line);
    }

    /// <summary>Does the work; a fault of settings or data becomes an <see cref="ArgumentException"/> with the same words.</summary>
    public static T Checked<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (UserException e)
        {
            throw new ArgumentException(e.Message, e);
        }
    }

    /// <summary>Refuses settings with faults.</summary>
    /// <exception cref="ArgumentException">There are some; all of them in one line.</exception>
    public static void Refuse(IEnumerable<string> faults)
    {
        if (faults.Distinct(StringComparer.Ordinal).ToList() is { Count: > 0 } found)
        {
            throw new ArgumentException(string.Join("; ", found));
        }
    }

    /// <summary>The folder that the options name, or a new temporary one.</summary>
    public static (string Folder, bool Temporary) Folder(EngineOptions options)
    {
        if (options.Folder is not { } folder)
        {
            return (Directory.CreateTempSubdirectory("odm-").FullName, true);
        }
        Directory.CreateDirectory(folder);
        return (folder, false);
    }
}
