using Odm.Engine.Runtime;

namespace Odm.Pipeline.Nightly;

/// <summary>A command to run in a process of its own.</summary>
/// <param name="Arguments">The words after <c>odm</c>.</param>
/// <param name="Log">The file that gets what it writes to stderr.</param>
/// <param name="Deadline">After which it is ended.</param>
public sealed record NightJob(IReadOnlyList<string> Arguments, string Log, TimeSpan Deadline);

/// <summary>What became of a command.</summary>
/// <param name="Code">Its exit code; null where its deadline passed.</param>
/// <param name="Output">What it wrote to stdout.</param>
/// <param name="Seconds">How long it took.</param>
public sealed record NightAnswer(int? Code, string Output, double Seconds);

/// <summary>A night to run.</summary>
public sealed record NightRequest
{
    /// <summary>The nightly file.</summary>
    public required string File { get; init; }

    /// <summary>Folder of history, pages and runs; by default <c>nightly/</c> and the file's name.</summary>
    public string? Folder { get; init; }

    /// <summary>When the night begins; names it.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Runs a command and waits for it, at most until its deadline.</summary>
    public required Func<NightJob, CancellationToken, NightAnswer> Run { get; init; }

    /// <summary>Receives a line where something begins.</summary>
    public Action<string> Say { get; init; } = _ => { };

    /// <summary>Ends the night: nothing of it comes into the history.</summary>
    public CancellationToken Cancel { get; init; }
}

/// <summary>The nightly benchmark (docs/nightly.md).</summary>
public static class Nights
{
    /// <summary>
    /// Measures every bench and study of a nightly file, each in processes of its own, compares them with the last nights on this
    /// machine, appends them to the history and writes <c>nightly.md</c>, <c>nightly.csv</c> and <c>nightly.html</c>.
    /// </summary>
    /// <param name="request">The night.</param>
    /// <returns>Whether nothing got worse and all was measured.</returns>
    /// <exception cref="StudyException">A fault in the file or a study's file, or another nightly works in the folder.</exception>
    /// <exception cref="DatasetException">A fault in the history.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static bool Run(NightRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var file = NightlyFile.Read(request.File);
        using var folder = NightFolder.Open(request.Folder ?? Path.Combine("nightly", file.Name), file, request.Time);
        var before = folder.History.Rows;
        var judge = new NightJudge(file, before, folder.Predictions);
        var measured = new NightMeasurement(file, folder, judge, request).All();
        request.Cancel.ThrowIfCancellationRequested();
        var night = new NightReport(file, folder.Night, measured.Rows, judge.Of(measured.Rows, request.Cancel), measured.Missing)
        {
            Remeasured = measured.Remeasured,
            Earlier = judge.Nights(folder.Machine),
            Past = [.. before.Where(r => r.Machine == folder.Machine)],
            Machine = folder.Machine,
            Others = before.Where(r => r.Machine != folder.Machine).Select(r => r.Night).Distinct(StringComparer.Ordinal).Count(),
        };
        folder.Finish(measured.Rows, night);
        Console.Out.WriteLine(string.Join('\n', [.. NightText.Headline(night), folder.Page]));
        return night.Regressions.Count == 0 && night.Missing.Count == 0;
    }
}
