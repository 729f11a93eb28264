using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Odm.Engine.Files;
using Odm.Engine.Runtime;

namespace Odm.Pipeline.Graph;

/// <summary>
/// One step of a run: a folder <c>stages/&lt;name&gt;-&lt;hash&gt;</c> keyed by what goes into it (its part of the study file, the stages
/// it builds on, the versions that decide its bytes). <c>stage.json</c>, written last, marks it finished; until then the
/// folder holds checkpoints and parts from which the work goes on.
/// </summary>
internal sealed class Stage
{
    private readonly JsonObject key;
    private Progress last;

    private Stage(StageKind kind, string subject, string hash, string run, IReadOnlyList<Stage> inputs, JsonObject key)
    {
        (Kind, Hash, Inputs, this.key) = (kind, hash, inputs, key);
        Title = subject.Length == 0 ? kind.Name : $"{kind} {subject}";
        Name = subject.Length == 0 ? kind.Name : $"{kind}-{subject}";
        Folder = Path.Combine(run, "stages", $"{Name}-{hash}");
    }

    /// <summary>What it does.</summary>
    public StageKind Kind { get; }

    /// <summary>The stages that it reads.</summary>
    public IReadOnlyList<Stage> Inputs { get; }

    /// <summary>Kind and subject, e.g. <c>train-odm</c>: its folder's name without the hash.</summary>
    public string Name { get; }

    /// <summary>What progress calls it, e.g. <c>train odm</c>.</summary>
    public string Title { get; }

    /// <summary>The first 12 hexadecimal digits of the SHA-256 of its key.</summary>
    public string Hash { get; }

    /// <summary>Where its output lies.</summary>
    public string Folder { get; }

    /// <summary>Whether its work is done.</summary>
    public bool Finished => File.Exists(Record);

    /// <summary>What stage.json says; null until it is finished.</summary>
    public JsonObject? Facts => Finished ? JsonNode.Parse(File.ReadAllText(Record))!.AsObject() : null;

    private string Record => Path.Combine(Folder, "stage.json");

    /// <summary>Names a stage; nothing is written.</summary>
    /// <param name="runFolder">The run's folder.</param>
    /// <param name="kind">What it does.</param>
    /// <param name="subject">The generator, arm or seed it is for; may be empty.</param>
    /// <param name="config">The part of the resolved study that decides its outcome.</param>
    /// <param name="inputs">The stages that it reads.</param>
    public static Stage Of(string runFolder, StageKind kind, string subject, JsonNode? config, params Stage[] inputs)
    {
        var key = new JsonObject
        {
            ["kind"] = kind.Name,
            ["format"] = kind.Format,
            ["engine"] = Versions.Libtorch,
            ["inputs"] = new JsonArray([.. inputs.Select(i => (JsonNode)$"{i.Kind}-{i.Hash}")]),
            ["config"] = config?.DeepClone(),
        };
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key.ToJsonString())))[..12];
        return new Stage(kind, subject, hash, runFolder, inputs, key);
    }

    /// <summary>Does the work unless it is done already.</summary>
    /// <param name="context">Device, precision, progress, cancellation.</param>
    /// <param name="work">The work; it reads and writes below <see cref="Folder"/> and may add facts for stage.json.</param>
    public void Run(RunContext context, Action<RunContext, JsonObject> work)
    {
        if (Finished)
        {
            return;
        }

        context.Cancel.ThrowIfCancellationRequested();
        var made = !Directory.Exists(Folder);
        Directory.CreateDirectory(Folder);
        try
        {
            Work(context, work);
        }
        catch (Exception e) when (made && (e is UserException or IOException) && !Continuable())
        {
            Directory.Delete(Folder, recursive: true); // a fault before the first checkpoint or part: nothing to go on from
            throw;
        }
    }

    private void Work(RunContext context, Action<RunContext, JsonObject> work)
    {
        var began = Stopwatch.GetTimestamp();
        var facts = new JsonObject();
        long? resumed = null;
        work(context with { Report = p => Note(p, context.Report, ref resumed) }, facts);
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        Finish(context, facts, seconds, resumed);
    }

    // whether the folder holds a checkpoint or finished parts
    private bool Continuable() => Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories)
        .Any(f => Path.GetFileName(f) is "state.json" or "set.json" || f.EndsWith(".raw", StringComparison.Ordinal));

    private void Note(Progress progress, Action<Progress> report, ref long? resumed)
    {
        if (progress.Note?.StartsWith("resumed", StringComparison.Ordinal) == true)
        {
            resumed = progress.Step;
        }

        last = progress;
        report(progress);
    }

    private void Finish(RunContext context, JsonObject facts, double seconds, long? resumed)
    {
        var record = new JsonObject
        {
            ["stage"] = Title,
            ["hash"] = Hash,
            ["inputs"] = key["inputs"]!.DeepClone(),
            ["config"] = key["config"]?.DeepClone(),
            ["versions"] = Versions.All(),
            ["device"] = context.Device.ToString(),
            ["precision"] = context.Precision.ToString().ToLowerInvariant(),
            ["threads"] = TorchEngine.Threads,
            ["seconds"] = Math.Round(seconds, 3),
            ["peak_rss_mb"] = TorchEngine.PeakResidentBytes >> 20,
        };
        if (resumed is not null)
        {
            record["resumed_at"] = resumed; // the seconds are those since then
        }

        if (last.PerSecond > 0)
        {
            record[$"{last.Unit}_per_s"] = Math.Round(last.PerSecond, 3);
        }

        foreach (var (name, value) in facts)
        {
            record[name] = value?.DeepClone();
        }

        Durable.WriteText(Record, record.ToJsonString(Indented) + "\n");
    }

    private static readonly JsonSerializerOptions Indented =
        new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
