using System.Globalization;
using System.Text;
using Odm.Classify.Metrics;
using Odm.Classify.Statistics;

namespace Odm.Pipeline.Results;

/// <summary>One arm, metric and label over the seeds.</summary>
/// <param name="Arm">The arm.</param>
/// <param name="Metric">The metric.</param>
/// <param name="Label">Class name, empty for the whole set.</param>
/// <param name="Mean">Mean over the seeds.</param>
/// <param name="Sd">Standard deviation over the seeds (n - 1); null with one seed.</param>
/// <param name="Seeds">Seeds that have a value.</param>
/// <param name="Baseline">The arm it is compared with; empty for that arm itself.</param>
/// <param name="Difference">Mean minus the baseline's; null for the baseline itself.</param>
/// <param name="Low">Lower end of the mean of the seeds' intervals.</param>
/// <param name="High">Upper end of it.</param>
/// <param name="Contrast">The difference's interval, test and verdict; null for the baseline and where there is none.</param>
internal sealed record SummaryRow(string Arm, string Metric, string Label, double Mean, double? Sd, int Seeds, string Baseline,
    double? Difference, double? Low, double? High, Contrast? Contrast = null)
{
    /// <summary>The value of each seed that has one.</summary>
    public IReadOnlyList<double> Values { get; init; } = [];
}

/// <summary>
/// <c>summary.csv</c>, and <c>summary-NAME.csv</c> of a transfer set: arms over seeds, each beside its baseline. Values of single classes
/// have the interval of their difference but no test.
/// </summary>
internal static class SummaryTable
{
    /// <summary>The header.</summary>
    public const string Header = "study,arm,metric,label,mean,sd,seeds,baseline,diff,diff_low,diff_high,p,p_holm,verdict";

    /// <summary>The rows of the study's own test set, in the order of arms and metrics.</summary>
    public static IReadOnlyList<SummaryRow> Of(IReadOnlyList<Score> scores, Func<string, string?> baselineOf,
        ArmComparison? comparison = null)
    {
        var contrasts = (comparison?.Contrasts ?? []).ToDictionary(c => (c.Arm, c.Metric, c.Label));
        var facts = scores.Where(s => !s.Transfer)
            .SelectMany(s => s.Facts.Where(f => double.IsFinite(f.Value)).Select(f => (s.Arm, Fact: f))).ToList();
        var means = facts.GroupBy(f => (f.Arm, f.Fact.Metric, f.Fact.Label)).ToDictionary(g => g.Key, g => g.Average(f => f.Fact.Value));
        return [.. facts.GroupBy(f => (f.Arm, f.Fact.Metric, f.Fact.Label))
            .Select(g => Row(g.Key.Arm, [.. g.Select(f => f.Fact)], means, baselineOf(g.Key.Arm))
                with { Contrast = contrasts.GetValueOrDefault(g.Key) })];
    }

    /// <summary>The file's text.</summary>
    public static string Text(string study, IEnumerable<SummaryRow> rows)
    {
        var text = new StringBuilder(Header).Append('\n');
        foreach (var r in rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"{FactsCsv.Cell(study)},{FactsCsv.Cell(r.Arm)},{r.Metric},"
                + $"{FactsCsv.Cell(r.Label)},{FactsCsv.Number(r.Mean)},{FactsCsv.Number(r.Sd)},{r.Seeds},{FactsCsv.Cell(r.Baseline)},"
                + $"{FactsCsv.Number(r.Difference)},{FactsCsv.Number(r.Contrast?.Low)},{FactsCsv.Number(r.Contrast?.High)},"
                + $"{FactsCsv.Chance(r.Contrast?.P)},{FactsCsv.Chance(r.Contrast?.PHolm)},{Verdicts.Words(r.Contrast?.Verdict)}\n");
        }

        return text.ToString();
    }

    private static SummaryRow Row(string arm, IReadOnlyList<Fact> seeds, Dictionary<(string, string, string), double> means,
        string? baseline)
    {
        var (metric, label) = (seeds[0].Metric, seeds[0].Label);
        var mean = seeds.Average(f => f.Value);
        double? sd = seeds.Count > 1 ? Math.Sqrt(seeds.Sum(f => (f.Value - mean) * (f.Value - mean)) / (seeds.Count - 1)) : null;
        double? difference = baseline is not null && means.TryGetValue((baseline, metric, label), out var other) ? mean - other : null;
        return new SummaryRow(arm, metric, label, mean, sd, seeds.Count, baseline ?? "", difference,
            seeds.All(f => f.Low is not null) ? seeds.Average(f => f.Low) : null, seeds.All(f => f.High is not null)
                ? seeds.Average(f => f.High) : null)
        { Values = [.. seeds.Select(f => f.Value)] };
    }
}
