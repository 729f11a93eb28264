using System.Globalization;
using Odm.Classify.Statistics;
using Odm.Data.Images;
using Odm.Pipeline.Downstream;
using Odm.Pipeline.Results;

namespace Odm.Pipeline.Reports;

/// <summary>What a test set can show at best of the primary metric, from its size alone.</summary>
internal static class Resolution
{
    private static readonly double[] Discordances = [.1, .2, .3], Deviations = [.1, .2];

    /// <summary>
    /// The smallest differences that it finds with 80 % power, under stated assumptions; of accuracy or of the mean Dice where nothing is
    /// known of the primary metric before the start.
    /// </summary>
    public static IEnumerable<string> Sentences(IDownstream downstream, ImageSet test)
    {
        var primary = downstream.Primary;
        var groups = GroupsOf(test.Rows).Count;
        var size = string.Create(CultureInfo.InvariantCulture,
            $"{test.Count} test images{(groups < test.Count ? $" of {groups} groups" : "")}");
        const string Test = "one paired two-sided test at .05 finds with 80 % power";
        var limits = (groups < test.Count ? "; in brackets if the images of a group are all alike" : "")
            + "; seeds and the correction for several arms ask for more";
        if (downstream.Config.Masks)
        {
            var known = primary is "dice_hard" or "dice_soft" or "iou";
            var each = Each(Deviations, test.Count, groups, DetectableDifference.OfMean,
                "where the images' differences have a standard deviation of");
            yield return $"on {size} {Test} a difference of the {(known ? downstream.Headline : "mean Dice")} from {each}{limits}"
                + $"{Instead(known)}.";
        }
        else
        {
            var balanced = primary == "balanced_accuracy";
            var (n, independent) = balanced ? (Balanced(test, rows => rows.Count), Balanced(test, rows => GroupsOf(rows).Count))
                : (test.Count, groups);
            yield return $"on {size} {Test} a difference of {(balanced ? downstream.Headline : "accuracy")} from "
                + Each(Discordances, n, independent, DetectableDifference.OfShare,
                    "where one arm alone is right on a share of images of")
                + $"{limits}{Instead(balanced || primary == "accuracy")}.";
        }

        string Instead(bool known) => known ? "" : $" (of {downstream.Headline}, the primary metric, nothing is known before the start)";

        string Each(double[] assumptions, double n, double independent, Func<double, double, double?> detectable, string words)
            => string.Join(", ", assumptions.Select((a, i) => $"{Value(detectable(n, a))}"
                + $"{(groups < test.Count ? $" ({Value(detectable(independent, a))})" : "")} {(i == 0 ? words + " " : "at ")}"
                + $"{a.ToString("0.##", CultureInfo.InvariantCulture)}"));

        static string Value(double? d) => d is { } v ? Cells.Number(v) : "none";
    }

    /// <summary>
    /// Images whose plain mean varies as much as a mean over K classes of the classes' means, where images differ as much in each: K² / sum
    /// 1 / n_k over the classes that occur.
    /// </summary>
    private static double Balanced(ImageSet test, Func<IReadOnlyList<ImageRow>, int> count)
    {
        double[] shares = [.. test.Rows.GroupBy(r => r.Label).Select(c => 1.0 / count([.. c]))];
        return shares.Length * shares.Length / shares.Sum();
    }

    private static HashSet<string> GroupsOf(IReadOnlyList<ImageRow> rows) => [.. rows.Select(r => r.Group == "" ? r.Id : r.Group)];
}
