using Odm.Engine.Files;
using Odm.Engine.Runtime;
using Odm.Pipeline.Execution;

namespace Odm.Pipeline.Nightly;

/// <summary>
/// The folder of a nightly benchmark, held by an operating-system lock that dies with the process: <c>history/</c>, <c>runs/NIGHT/</c>
/// and the pages of the last night.
/// </summary>
internal sealed class NightFolder : IDisposable
{
    private readonly string path;
    private readonly NightlyFile file;
    private readonly FileStream held;

    private NightFolder(string path, NightlyFile file, FileStream held, DateTimeOffset time)
    {
        (this.path, this.file, this.held) = (path, file, held);
        History = History.Read(Path.Combine(path, "history"));
        Predictions = new PredictionStore(Path.Combine(path, "history", "predictions"));
        Machine = NightMachine.Words(file.Machine);
        Night = NightName.Of(time, night => History.Rows.Any(r => r.Night == night) || Directory.Exists(RunsOf(night)));
    }

    /// <summary>The nights before.</summary>
    public History History { get; }

    /// <summary>Their predictions.</summary>
    public PredictionStore Predictions { get; }

    /// <summary>This machine in words.</summary>
    public string Machine { get; }

    /// <summary>Tonight's name.</summary>
    public string Night { get; }

    /// <summary>Where tonight's runs and logs are.</summary>
    public string Runs => RunsOf(Night);

    /// <summary>The page of the last night.</summary>
    public string Page => Path.Combine(path, "nightly.html");

    /// <summary>Makes the folder where it is missing, takes hold of it and reads the history.</summary>
    /// <exception cref="StudyException">It cannot be written, or another nightly works in it.</exception>
    /// <exception cref="DatasetException">A fault in the history.</exception>
    public static NightFolder Open(string path, NightlyFile file, DateTimeOffset time)
    {
        FileStream held;
        try
        {
            Directory.CreateDirectory(path);
            held = new FileStream(Path.Combine(path, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (RunFolder.IsHeld(e))
        {
            throw new StudyException($"--out {path}: another nightly is working in this folder", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StudyException($"--out {path}: cannot be written: {e.Message}", e);
        }

        try
        {
            return new(path, file, held, time);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Appends the night to the history, writes its pages and removes what is older than what is kept.</summary>
    public void Finish(IReadOnlyList<HistoryRow> rows, NightReport night)
    {
        if (rows.Count > 0)
        {
            History.Append(rows);
        }

        Durable.WriteText(Path.Combine(path, "nightly.csv"), NightText.Csv(night));
        Durable.WriteText(Path.Combine(path, "nightly.md"), NightText.Markdown(night));
        Durable.WriteText(Page, NightPage.Text(night));
        foreach (var old in Directory.GetDirectories(Path.Combine(path, "runs")).Order(StringComparer.Ordinal).SkipLast(file.Keep))
        {
            Directory.Delete(old, recursive: true);
        }

        Predictions.Prune(History.Rows.Concat(rows).GroupBy(r => (r.Machine, r.Item))
            .SelectMany(g => g.GroupBy(r => r.Night).TakeLast(file.Rules.Nights).SelectMany(n => n)).Select(r => r.Predictions)
            .ToHashSet(StringComparer.Ordinal));
    }

    /// <inheritdoc/>
    /// <remarks>The lock's file stays: a lock on a file that is being deleted protects nothing.</remarks>
    public void Dispose() => held.Dispose();

    private string RunsOf(string night) => Path.Combine(path, "runs", NightName.Folder(night));
}
