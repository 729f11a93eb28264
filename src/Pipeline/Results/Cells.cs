using System.Globalization;

namespace Odm.Pipeline.Results;

/// <summary>Values with their intervals, as people read them.</summary>
internal static class Cells
{
    /// <summary><c>.612 [.571, .654]</c>: the mean over the seeds and the mean of their intervals; a dash where undefined.</summary>
    public static string Of(SummaryRow? row)
        => row is null ? "-" : Value(row.Mean, row.Low, row.High) + (row.Sd is { } sd ? $" ± {Number(sd)}" : "");

    /// <summary>A fact of a generator.</summary>
    public static string Of(TruthScore score, string metric)
        => score.Facts.FirstOrDefault(f => f.Metric == metric) is { } fact ? Value(fact.Value, fact.Low, fact.High) : metric == "spearman"
        ? "undefined (one side is constant)" : "no lesion, no mask";

    /// <summary>A value with its interval.</summary>
    public static string Value(double value, double? low, double? high)
        => low is { } l && high is { } h ? $"{Number(value)} [{Number(l)}, {Number(h)}]" : Number(value);

    /// <summary>Three decimals, no negative zero.</summary>
    public static string Number(double value)
    {
        var text = value.ToString("0.000", CultureInfo.InvariantCulture);
        return text == "-0.000" ? "0.000" : text;
    }
}
