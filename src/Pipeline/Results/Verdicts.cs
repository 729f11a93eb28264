using System.Globalization;
using Odm.Classify.Statistics;

namespace Odm.Pipeline.Results;

/// <summary>Tests in words.</summary>
internal static class Verdicts
{
    /// <summary>The word of <c>summary.csv</c>; empty without a test.</summary>
    public static string Words(Verdict? verdict) => verdict switch
    {
        Verdict.Better => "better",
        Verdict.Worse => "worse",
        Verdict.NotDistinguishable => "not distinguishable",
        _ => "",
    };

    /// <summary>The verdict with what it rests on; an arm whose images are noise is not called better without saying so.</summary>
    public static string Of(Contrast contrast, ArmComparison comparison, ArmNoise? noise = null)
        => $"{Words(contrast.Verdict)} at n = {Size(comparison)}" + (noise is null ? ""
            : contrast.Verdict == Verdict.Better ? $", but {noise.Clause}: the gain is not one of realistic images"
                + $"{(noise.Whole ? "" : " alone")}"
            : $"; {noise.Clause}");

    /// <summary>The verdict in a table's cell.</summary>
    public static string Cell(Verdict? verdict, ArmNoise? noise)
        => Words(verdict) + (verdict == Verdict.Better && noise is not null
            ? $", but {(noise.Whole ? "its images" : "some of its images")} are noise" : "");

    /// <summary><c>490 test images of 245 groups and 1 seed</c>.</summary>
    public static string Size(ArmComparison comparison)
        => string.Create(CultureInfo.InvariantCulture, $"{comparison.Images} test images"
            + $"{(comparison.Groups < comparison.Images ? $" of {comparison.Groups} groups" : "")} and {comparison.Seeds} seed"
            + $"{(comparison.Seeds == 1 ? "" : "s")}");

    /// <summary><c> (95 % interval of the difference ..., p = ...)</c>.</summary>
    public static string Evidence(Contrast contrast)
    {
        var interval = contrast is { Low: { } low, High: { } high }
            ? $"95 % interval of the difference {Cells.Number(low)} to {Cells.Number(high)}, " : "";
        return $" ({interval}p {Chance(contrast.P)}, {Chance(contrast.PHolm).Replace("= ", "", StringComparison.Ordinal)} "
            + "after Holm's correction)";
    }

    /// <summary><c>= 0.031</c>, <c>&lt; 0.001</c>.</summary>
    public static string Chance(double? p) => p is not { } v ? "-" : v < .001 ? "< 0.001" : "= " + Cells.Number(v);
}
