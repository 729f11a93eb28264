using System.Globalization;
using Odm.Classify.Statistics;
using Odm.Pipeline.Checks;
using Odm.Pipeline.Configuration;
using Odm.Pipeline.Planning;
using Odm.Pipeline.Preparing;
using Odm.Pipeline.Results;

namespace Odm.Pipeline.Reports;

/// <summary>What the numbers say in plain words; never more than they show.</summary>
internal static class Sentences
{
    /// <summary>One sentence on an arm.</summary>
    public static string Of(StudyPlan plan, string arm, Judgement judged)
    {
        var (study, headline) = (plan.Study, plan.Downstream.Headline);
        if (judged.Row(arm, plan.Downstream.Metrics[0]) is not { } row)
        {
            return $"**{arm}** has no {headline}: it is not defined on its test set.";
        }

        var what = $"**{arm}** ({Made(study, study.Arms[arm])}{Learned(plan, arm)})";
        var article = headline[0] is 'a' or 'A' or 'M' or 'E' or 'I' ? "an" : "a"; // an MCC, an IoU
        var (value, noise) = ($"{article} {headline} of {Cells.Of(row)}", NoisySets.OfArm(plan, arm, judged.Noise));
        if (arm == study.Baseline)
        {
            return $"{what} is what the others are compared with: {value}{(noise is null ? "" : "; " + noise.Clause)}.";
        }

        var difference = row.Difference ?? 0;
        var direction = difference > 0 ? "above" : difference < 0 ? "below" : "from";
        var distance = $"{Cells.Number(Math.Abs(difference))} {direction} {row.Baseline}";
        return row.Contrast is { Verdict: not null } contrast
            ? $"{what} has {value}, {distance}{Verdicts.Evidence(contrast)}: {Verdicts.Of(contrast, judged.Comparison, noise)}."
            : $"{what} has {value}, {distance}; the difference is not defined for enough images to be tested"
                + $"{(noise is null ? "" : "; " + noise.Clause)}.";
    }

    /// <summary>What the intervals and the ± mean, and how the arms were treated alike.</summary>
    public static string HowToRead(StudyPlan plan, Prepared prepared, ArmComparison comparison)
    {
        var study = plan.Study;
        var seeds = study.Seeds.Count == 1 ? "One seed: how much a score changes with the seed is not known from this run; its verdicts "
            + "speak of the very networks and generators that were trained." :
            string.Create(CultureInfo.InvariantCulture, $"Means over {study.Seeds.Count} seeds, ± their standard deviation.");
        var group = prepared.Test.Rows.Any(r => r.Group != "") ? ", whole groups (patients, lesions, sequences) drawn together" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{seeds} In brackets 95 % bootstrap intervals over the {prepared.Test.Count} "
            + $"test images{group} (the mean of the seeds' bounds). "
            + $"{plan.Downstream.Treatment(prepared.Val.Count)}; no generator saw a validation or test image. ")
            + (comparison.Tests == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"The verdicts are of {plan.Downstream.Headline}, "
            + $"the primary metric of this study: p of at most .05 after Holm's correction for the {comparison.PrimaryTests} arms that are "
            + $"tested in it, and an interval of the difference without 0. The other metrics are secondary."))
            + (plan.Fits.Any(f => OneGenerator(study, f.Arm)) ? " A generator that was trained once for all seeds may be a lucky or an "
            + "unlucky one: the verdicts speak of that one, not of its kind (generators.NAME.per_seed: true trains it anew for each seed)."
            : "") + (plan.Downstream.Note is { } note ? " " + note : "") + "\n";
    }

    private static bool OneGenerator(Study study, ArmConfig arm)
        => (arm.Generator ?? arm.Online?.Generator) is { } name && study.Seeds.Count > 1 && !study.Generators[name].Anew;

    private static string Learned(StudyPlan plan, string arm)
        => LearningColumns.Of(plan, arm) is [var loss, var sampling]
            ? $"; {loss}{(sampling == "natural" ? "" : $", {sampling} sampling")}" : "";

    private static string Made(Study study, ArmConfig arm)
    {
        var parts = new[]
        {
            arm.Real switch { null => "real images", 0 => "no real image",
                var n => string.Create(CultureInfo.InvariantCulture, $"{n} real images") },
            arm.Generator is { } generator ? $"synthetic ones of {generator}{(arm.Shuffle ? " with shuffled labels" : "")}"
                + (study.Seeds.Count == 1 ? "" : study.Generators[generator].Anew ? ", trained anew for each seed"
                    : ", trained once for all seeds") : null,
            arm.Online is { } online ? $"images of {online.Generator} made in training under the classifier's guidance"
                + (online.Aas is null ? "" : ", numbers by accuracy") : null,
            arm.Copies ? "copies of them" : null,
            arm.Traditional is not null ? "traditional transforms" : null,
        };
        return string.Join(" + ", parts.OfType<string>());
    }
}
