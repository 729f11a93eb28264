using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Odm.Engine.Files;
using Odm.Pipeline.Graph;

namespace Odm.Pipeline.Nightly;

/// <summary>What a night measured.</summary>
/// <param name="Rows">Its values.</param>
/// <param name="Missing">What was not measured, and why.</param>
/// <param name="Remeasured">Benches and studies that looked worse and were measured again.</param>
internal sealed record Measured(IReadOnlyList<HistoryRow> Rows, IReadOnlyList<(string Item, string Why)> Missing,
    IReadOnlyList<string> Remeasured);

/// <summary>
/// Measures the benches, each some times in turn with the others, so that a moment of other load does not meet all measurements of one,
/// then the studies. The best of a bench's measurements counts: other load adds time and never takes any away (Chen and Revels 2016,
/// "Robust benchmarking in noisy environments"). A bench that looks worse than the nights before is measured as often again at the end, a
/// study that took more time or memory once.
/// </summary>
internal sealed class NightMeasurement(NightlyFile file, NightFolder folder, NightJudge judge, NightRequest request)
{
    private readonly List<(string Item, string Why)> missing = [];

    /// <summary>Measures everything.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Measured All()
    {
        Directory.CreateDirectory(folder.Runs);
        var figures = file.Benches.Keys.ToDictionary(name => name, _ => new List<IReadOnlyDictionary<string, double>>(),
            StringComparer.Ordinal);
        for (var round = 0; round < file.Benches.Values.Select(b => b.Repeats).DefaultIfEmpty(0).Max(); round++)
        {
            foreach (var (name, bench) in file.Benches.Where(b => b.Value.Repeats > round))
            {
                Bench(name, bench, figures[name]);
            }
        }

        var studies = file.Studies.ToDictionary(s => s.Key, s => Study(s.Key, s.Value, s.Key), StringComparer.Ordinal);
        var again = new List<string>();
        foreach (var (name, study) in file.Studies.Where(s => Worse(studies[s.Key].Where(IsCost))))
        {
            again.Add(name);
            var second = Study(name, study, name + "-again").Where(IsCost).ToDictionary(r => r.Series);
            studies[name] = [.. studies[name].Select(r => second.TryGetValue(r.Series, out var o) && o.Value < r.Value ? o : r)];
        }

        foreach (var (name, bench) in file.Benches.Where(b => Worse(Rows(b.Key, b.Value, figures[b.Key]))))
        {
            again.Add(name);
            for (var round = 0; round < bench.Repeats; round++)
            {
                Bench(name, bench, figures[name]);
            }
        }

        return new([.. file.Benches.SelectMany(b => Rows(b.Key, b.Value, figures[b.Key])), .. studies.Values.SelectMany(s => s)], missing,
            again);
    }

    private static bool IsCost(HistoryRow row) => row.Kind is ValueKind.Time or ValueKind.Memory;

    private bool Worse(IEnumerable<HistoryRow> rows) => judge.Of([.. rows], request.Cancel).Any(j => j.Finding == Finding.Regression);

    private void Bench(string name, NightlyBench bench, List<IReadOnlyDictionary<string, double>> figures)
    {
        if (missing.Any(m => m.Item == name))
        {
            return;
        }

        var log = Path.Combine(folder.Runs, name + ".log");
        var answer = Answer(name, new(bench.Arguments(), log, TimeSpan.FromMinutes(bench.Deadline)));
        if (answer is not null)
        {
            figures.Add(JsonNode.Parse(answer.Output.TrimEnd().Split('\n')[^1])!.AsObject().Where(f => KindOf(f.Key) is not null)
                .ToDictionary(f => f.Key, f => f.Value!.GetValue<double>(), StringComparer.Ordinal));
        }
    }

    private IEnumerable<HistoryRow> Rows(string name, NightlyBench bench, List<IReadOnlyDictionary<string, double>> figures)
    {
        if (missing.Any(m => m.Item == name))
        {
            yield break;
        }

        foreach (var metric in figures.Count > 0 ? figures[0].Keys : [])
        {
            var kind = KindOf(metric)!.Value;
            var values = figures.Select(f => f[metric]);
            yield return Row(name, kind, metric, kind == ValueKind.Memory ? values.Min() : values.Max(),
                Hash(string.Join(' ', bench.Arguments())));
        }
    }

    private static ValueKind? KindOf(string figure) => figure switch
    {
        "gemm_gflops" => ValueKind.Machine,
        _ when figure.EndsWith("_per_s", StringComparison.Ordinal) => ValueKind.Speed,
        _ when figure.Contains("rss_mb", StringComparison.Ordinal) => ValueKind.Memory,
        _ => null,
    };

    private IReadOnlyList<HistoryRow> Study(string name, NightlyStudy study, string place)
    {
        var run = Path.Combine(folder.Runs, place);
        var answer = Answer(name, new(["run", study.File, "--out", run, .. study.Set.SelectMany(s => new[] { "--set", s })], run + ".log",
            TimeSpan.FromMinutes(study.Deadline)));
        if (answer is null)
        {
            return [];
        }

        var settings = Hash(File.ReadAllText(Path.Combine(run, "study.yaml")));
        var peak = Directory.GetFiles(Path.Combine(run, "stages"), "stage.json", SearchOption.AllDirectories)
            .Max(f => JsonNode.Parse(File.ReadAllText(f))!["peak_rss_mb"]!.GetValue<double>());
        return [Row(name, ValueKind.Time, "seconds", Math.Round(answer.Seconds, 1), settings),
            Row(name, ValueKind.Memory, "peak_rss_mb", peak, settings), .. Scores(name, run, settings)];
    }

    // the metrics of the whole test side; those of classes and of transfer sets stay in the run's folder
    private IEnumerable<HistoryRow> Scores(string name, string run, string settings)
    {
        var dataset = file.Bound[name].DatasetName;
        var kept = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var fact in CsvFile.Read(Path.Combine(run, "results.csv")).Records.Where(r => r["label"] == "" && r["dataset"] == dataset))
        {
            var predictions = $"{fact["arm"]}-{fact["seed"]}.csv";
            if (!kept.TryGetValue(predictions, out var hash))
            {
                kept[predictions] = hash = folder.Predictions.Keep(Path.Combine(run, "predictions", predictions));
            }

            yield return Row(name, ValueKind.Score, fact["metric"], double.Parse(fact["value"], CultureInfo.InvariantCulture), settings)
                with
            { Arm = fact["arm"], Seed = ulong.Parse(fact["seed"], CultureInfo.InvariantCulture), Predictions = hash };
        }
    }

    // null where it was cut off or failed, which is noted; the rest goes on
    private NightAnswer? Answer(string name, NightJob job)
    {
        request.Cancel.ThrowIfCancellationRequested();
        request.Say(name);
        var answer = request.Run(job, request.Cancel);
        request.Cancel.ThrowIfCancellationRequested();
        if (answer.Code == 0)
        {
            return answer;
        }

        missing.Add((name, answer.Code is not { } code
            ? FormattableString.Invariant($"cut off at its deadline of {job.Deadline.TotalMinutes:0.###} min")
            : FormattableString.Invariant($"failed with exit code {code}: {LastLine(job.Log)}")));
        return null;
    }

    private static string LastLine(string log) => File.Exists(log)
        ? File.ReadLines(log).LastOrDefault(l => !string.IsNullOrWhiteSpace(l))?.Trim() ?? "no message" : "no message";

    private HistoryRow Row(string item, ValueKind kind, string metric, double value, string settings)
        => new(folder.Night, Versions.Product.Split('+') is [_, var commit] ? commit : "", folder.Machine,
            string.Join("; ", Versions.All().Select(v => $"{v.Key} {v.Value!.GetValue<string>().Split('+')[0]}")), item, kind, "", null,
            metric, value, settings, "");

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..8];
}
