using System.Globalization;
using System.Text;
using Odm.Pipeline.Planning;
using Odm.Pipeline.Results;

namespace Odm.Pipeline.Reports;

/// <summary>The scores that another program's evaluator gave too, beside ours.</summary>
internal static class CounterpartTable
{
    /// <summary>The section; nothing where there is no other evaluator.</summary>
    public static void Append(StringBuilder text, StudyPlan plan, IReadOnlyList<Score> scores)
    {
        var pairs = plan.Downstream.Counterparts;
        if (pairs.Count == 0)
        {
            return;
        }

        text.Append(CultureInfo.InvariantCulture, $"\n## The same scores by {pairs[0].Evaluator}'s evaluator\n\n")
            .Append("Means over the seeds, on the test side.\n\n| arm | ")
            .AppendJoin(" | ", pairs.Select(p => $"{p.Ours} | {p.Name}")).Append(" |\n| --- |")
            .Append(string.Concat(pairs.Select(_ => " --- | --- |"))).Append('\n');
        foreach (var arm in plan.Study.Arms.Keys)
        {
            Score[] own = [.. scores.Where(s => s.Arm == arm && !s.Transfer)];
            text.Append("| ").Append(arm).Append(" | ").AppendJoin(" | ", pairs.Select(p => $"{Mean(own, p.Ours)} | {Mean(own, p.Theirs)}"))
                .Append(" |\n");
        }

        var largest = scores.SelectMany(s => pairs.Select(p => Math.Abs(Value(s, p.Ours) - Value(s, p.Theirs)))).DefaultIfEmpty(0).Max();
        text.Append(largest <= 1e-6 ? "\nAll fits and test sets agree to 1e-6.\n" : string.Create(CultureInfo.InvariantCulture,
            $"\n**The largest difference of a fit is {largest:0.0e+0}; 1e-6 is expected.**\n"));
    }

    private static string Mean(Score[] scores, string metric)
        => scores.Average(s => Value(s, metric)).ToString("0.000000", CultureInfo.InvariantCulture);

    private static double Value(Score score, string metric)
        => score.Facts.FirstOrDefault(f => f.Metric == metric && f.Label.Length == 0)?.Value ?? double.NaN;
}
