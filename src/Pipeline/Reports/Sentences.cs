using System.Globalization;

namespace Odm.Pipeline;

/// <summary>What the numbers say in plain words; never more than they show.</summary>
internal static class Sentences
{
    /// <summary>One sentence on an arm.</summary>
    public static string Of(StudyPlan plan, string arm, IReadOnlyList<SummaryRow> summary)
    {
        var (study, metric, headline) = (plan.Study, plan.Downstream.Metrics[0], plan.Downstream.Headline);
        if (summary.FirstOrDefault(r => r.Arm == arm && r.Metric == metric && r.Label == "") is not { } row)
        {
            return $"**{arm}** has no {headline}: it is not defined on its test set.";
        }

        var what = $"**{arm}** ({Made(study.Arms[arm])})";
        var value = $"a {headline} of {Cells.Of(row)}";
        if (arm == study.Baseline)
        {
            return $"{what} is what the others are compared with: {value}.";
        }

        var baseline = summary.First(r => r.Arm == study.Baseline && r.Metric == metric && r.Label == "");
        var difference = row.Difference ?? 0;
        var direction = difference > 0 ? "above" : difference < 0 ? "below" : "from";
        var distance = $"{Cells.Number(Math.Abs(difference))} {direction} {study.Baseline}";
        var overlap = row.Low <= baseline.High && baseline.Low <= row.High;
        return row.Low is null || baseline.Low is null
            ? $"{what} has {value}, {distance}; without intervals nothing can be said of that difference."
            : overlap
                ? $"{what} has {value}, {distance}; the intervals overlap, so at this number of test images and seeds the difference is not shown to be more than chance."
                : $"{what} has {value}, {distance}; the intervals do not overlap. Whether it holds for other seeds and data is not shown by that.";
    }

    /// <summary>What the intervals and the ± mean, and how the arms were treated alike.</summary>
    public static string HowToRead(StudyPlan plan, Prepared prepared)
    {
        var study = plan.Study;
        var seeds = study.Seeds.Count == 1 ? "One seed: how much a score changes with the seed is not known from this run." :
            string.Create(CultureInfo.InvariantCulture, $"Means over {study.Seeds.Count} seeds, ± their standard deviation.");
        var group = prepared.Test.Rows.Any(r => r.Group != "") ? ", whole groups (patients) drawn together" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{seeds} In brackets 95 % bootstrap intervals over the {prepared.Test.Count} test images{group} (the mean of the seeds' bounds). "
            + $"Every arm trained the same network for the same number of optimiser steps, its checkpoint chosen on the {prepared.Val.Count} validation images alone; no generator saw a validation or test image. No test of significance has been done (p, p_holm and verdict in summary.csv are empty).\n");
    }

    private static string Made(ArmConfig arm)
    {
        var parts = new[]
        {
            arm.Real switch { null => "real images", 0 => "no real image", var n => string.Create(CultureInfo.InvariantCulture, $"{n} real images") },
            arm.Generator is { } generator ? $"synthetic ones of {generator}" : null,
            arm.Traditional is not null ? "traditional transforms" : null,
        };
        return string.Join(" + ", parts.OfType<string>());
    }
}
