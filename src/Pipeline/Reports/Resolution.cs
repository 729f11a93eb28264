using System.Globalization;
using Odm.Classify.Statistics;
using Odm.Data.Images;
using Odm.Pipeline.Downstream;
using Odm.Pipeline.Results;

namespace Odm.Pipeline.Reports;

/// <summary>What a study's test side can show at best, from its size alone.</summary>
internal static class Resolution
{
    private static readonly double[] Discordances = [.1, .2, .3], Deviations = [.1, .2];

    /// <summary>The smallest differences that it finds with 80 % power, under stated assumptions.</summary>
    public static IEnumerable<string> Sentences(IDownstream downstream, ImageSet test)
    {
        var groups = test.Rows.Select(r => r.Group == "" ? r.Id : r.Group).Distinct(StringComparer.Ordinal).Count();
        var size = string.Create(CultureInfo.InvariantCulture,
            $"{test.Count} test images{(groups < test.Count ? $" of {groups} groups" : "")}");
        const string Test = "one paired two-sided test at .05 finds with 80 % power";
        var limits = (groups < test.Count ? "; in brackets if the images of a group are all alike" : "")
            + "; seeds and the correction for several tests ask for more";
        if (downstream is Segmentation)
        {
            var each = Each(Deviations, (n, sd) => DetectableDifference.OfMean(n, sd),
                "where the images' differences have a standard deviation of");
            yield return $"on {size} {Test} a difference of the mean Dice from {each}{limits}.";
        }
        else
        {
            yield return $"on {size} {Test} a difference of accuracy from "
                + $"{Each(Discordances, DetectableDifference.OfShare, "where one arm alone is right on a share of images of")}{limits}.";
        }

        string Each(double[] assumptions, Func<double, double, double?> detectable, string words)
            => string.Join(", ", assumptions.Select((a, i) => $"{Value(detectable(test.Count, a))}"
                + $"{(groups < test.Count ? $" ({Value(detectable(groups, a))})" : "")} {(i == 0 ? words + " " : "at ")}"
                + $"{a.ToString("0.##", CultureInfo.InvariantCulture)}"));

        static string Value(double? d) => d is { } v ? Cells.Number(v) : "none";
    }
}
