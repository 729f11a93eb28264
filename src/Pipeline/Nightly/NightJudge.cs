using Odm.Classify.Statistics;

namespace Odm.Pipeline.Nightly;

/// <summary>What is said of a value.</summary>
internal enum Finding
{
    /// <summary>Worse than the nights before.</summary>
    Regression,

    /// <summary>As clearly better.</summary>
    Improvement,

    /// <summary>Neither.</summary>
    Unchanged,

    /// <summary>There is nothing to compare it with.</summary>
    NotCompared,

    /// <summary>Not judged: what the machine gave.</summary>
    Noted,
}

/// <summary>A value of tonight and what is said of it.</summary>
/// <param name="Row">The value; of a score the mean over the seeds.</param>
/// <param name="Nights">Earlier nights that have it.</param>
/// <param name="Finding">What is said.</param>
/// <param name="Note">What there is to add.</param>
internal sealed record Judged(HistoryRow Row, int Nights, Finding Finding, string Note)
{
    /// <summary>Of speed, memory and time.</summary>
    public Change? Change { get; init; }

    /// <summary>Of a score.</summary>
    public ScoreChange? Score { get; init; }

    /// <summary>Its p after Holm's correction over all scores of the night.</summary>
    public double? PHolm { get; init; }

    /// <summary>What it is of, in a few words.</summary>
    public string Name => string.Join(' ', new[] { Row.Item, Row.Arm, Row.Metric }.Where(w => w.Length > 0));
}

/// <summary>Compares tonight with the nights before on the same machine.</summary>
/// <param name="file">The nightly file.</param>
/// <param name="before">The history before tonight, all machines.</param>
/// <param name="store">Predictions of the nights.</param>
internal sealed class NightJudge(NightlyFile file, IReadOnlyList<HistoryRow> before, PredictionStore store)
{
    /// <summary>The nights on a machine that may be compared, the oldest first.</summary>
    public IReadOnlyList<string> Nights(string machine) => [.. Comparable(machine).Select(r => r.Night).Distinct(StringComparer.Ordinal)];

    /// <summary>Judges tonight's values: every speed, amount of memory and time, and the primary metric of every arm.</summary>
    public IReadOnlyList<Judged> Of(IReadOnlyList<HistoryRow> tonight, CancellationToken cancel)
    {
        var scores = Tested(Scores(tonight, cancel));
        return [.. tonight.Where(r => r.Kind != ValueKind.Score).Select(Figure).Concat(scores)
            .OrderBy(j => tonight.ToList().FindIndex(r => r.Series == j.Row.Series))];
    }

    // benches are compared among equal settings; of a study the settings are part of what is tried
    private Judged Figure(HistoryRow row)
    {
        List<HistoryRow> all = [.. Comparable(row.Machine).Where(r => r.Series == row.Series)];
        List<HistoryRow> alike = [.. all.Where(r => file.Studies.ContainsKey(row.Item) || r.Settings == row.Settings)
            .TakeLast(file.Rules.Nights)];
        if (row.Kind == ValueKind.Machine)
        {
            return new(row, alike.Count, Finding.Noted, "");
        }

        var change = ChangeRule.Of([.. alike.Select(r => r.Value)], row.Value, row.Kind != ValueKind.Speed,
            file.Rules.Smallest(row.Kind), file.Rules.Deviations);
        var other = alike.Count < all.Count && change is null ? "the bench has other settings than before; " : "";
        return change is null ? new(row, alike.Count, Finding.NotCompared, other + ScoreRule.Earlier(alike.Count))
            : new(row, alike.Count, change.IsWorse ? Finding.Regression : change.IsBetter ? Finding.Improvement : Finding.Unchanged,
                Settings(row, alike[^1]))
            { Change = change };
    }

    private List<Judged> Scores(IReadOnlyList<HistoryRow> tonight, CancellationToken cancel)
    {
        var primary = tonight.Where(r => r.Kind == ValueKind.Score && r.Metric == ScoreRule.Primary(file.Bound[r.Item]))
            .GroupBy(r => r.Series).ToList();
        var config = new ComparisonConfig
        {
            Level = 1 - file.Rules.Level,
            Permutations = Math.Max(9999, (int)(2 * primary.Count / file.Rules.Level)) // so that Holm's correction can reach the level
        };
        return [.. primary.Select(arm =>
        {
            var (mine, first) = (Night([.. arm]), arm.First());
            List<HistoryRow> rows = [.. Comparable(first.Machine).Where(r => r.Series == arm.Key)];
            List<ArmNight> nights = [.. rows.GroupBy(r => r.Night).Select(g => Night([.. g])).TakeLast(file.Rules.Nights)];
            var change = ScoreRule.Of(nights, mine, file.Bound[first.Item], store, config, cancel);
            var note = string.Join("; ", new[] { change.Note, rows.Count > 0 ? Settings(first, rows[^1]) : "" }.Where(n => n.Length > 0));
            return new Judged(first with { Value = mine.Mean }, nights.Count,
                change.Contrast is null ? Finding.NotCompared : Finding.Unchanged, note)
            { Score = change };
        })];
    }

    // the interval and the corrected test must say the same, as in a study
    private IEnumerable<Judged> Tested(List<Judged> scores)
    {
        List<Judged> tested = [.. scores.Where(s => s.Score!.Contrast is not null)];
        var adjusted = Holm.Adjust([.. tested.Select(s => s.Score!.Contrast!.P!.Value)]);
        return scores.Select(s =>
        {
            if (s.Score!.Contrast is not { } contrast)
            {
                return s;
            }

            var p = adjusted[tested.IndexOf(s)];
            var shown = p <= file.Rules.Level && (contrast.Low > 0 || contrast.High < 0);
            return s with
            {
                PHolm = p,
                Finding = !shown ? Finding.Unchanged
                    : contrast.Difference > 0 != Contrast.LowerIsBetter(contrast.Metric) ? Finding.Improvement : Finding.Regression
            };
        });
    }

    private static ArmNight Night(IReadOnlyList<HistoryRow> seeds)
        => new(seeds[0].Night, seeds.Average(r => r.Value), [.. seeds.Select(r => (r.Seed!.Value, r.Predictions))]);

    private string Settings(HistoryRow tonight, HistoryRow last)
        => file.Studies.ContainsKey(tonight.Item) && tonight.Settings != last.Settings
            ? "the study's settings are others than in the last night" : "";

    private IEnumerable<HistoryRow> Comparable(string machine)
        => before.Where(r => r.Machine == machine && string.CompareOrdinal(r.Night, file.Since) >= 0);
}
