using System.Globalization;
using System.Text;
using Odm.Classify.Metrics;
using Odm.Engine.Files;

namespace Odm.Pipeline.Results;

/// <summary>Facts as CSV: <c>metric,label,value,ci_low,ci_high,n</c>, invariant culture, LF.</summary>
public static class FactsCsv
{
    /// <summary>The header.</summary>
    public const string Header = "metric,label,value,ci_low,ci_high,n";

    /// <summary>One row; values with this many decimals at most, or exactly where <paramref name="exact"/>.</summary>
    public static string Row(Fact fact, int decimals = 6, bool exact = false)
        => string.Join(',', Cell(fact.Metric), Cell(fact.Label), Number(fact.Value, decimals, exact), Number(fact.Low, decimals, exact),
            Number(fact.High, decimals, exact),
            fact.N.ToString(CultureInfo.InvariantCulture));

    /// <summary>A file of facts; undefined values are left out.</summary>
    public static string Text(IEnumerable<Fact> facts)
    {
        var text = new StringBuilder(Header).Append('\n');
        foreach (var fact in facts.Where(f => double.IsFinite(f.Value)))
        {
            text.Append(Row(fact, 17)).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>Reads what <see cref="Text"/> wrote.</summary>
    public static IReadOnlyList<Fact> Read(string path)
    {
        static double? Optional(string text) => text == "" ? null : double.Parse(text, CultureInfo.InvariantCulture);
        return [.. CsvFile.Read(path).Records.Select(r => new Fact(r["metric"], r["label"],
            double.Parse(r["value"], CultureInfo.InvariantCulture),
            Optional(r["ci_low"]), Optional(r["ci_high"]), long.Parse(r["n"], CultureInfo.InvariantCulture)))];
    }

    /// <summary>A number without an exponent, empty where there is none; never a negative zero.</summary>
    public static string Number(double? value, int decimals = 6, bool exact = false)
    {
        if (value is not { } v || !double.IsFinite(v))
        {
            return "";
        }

        if (decimals >= 17)
        {
            return v.ToString("R", CultureInfo.InvariantCulture);
        }

        var text = v.ToString(exact ? "0." + new string('0', decimals) : "0." + new string('#', decimals), CultureInfo.InvariantCulture);
        return text.StartsWith('-') && text.All(c => c is '-' or '0' or '.') ? text[1..] : text;
    }

    /// <summary>A p, four significant digits; empty where there is none.</summary>
    public static string Chance(double? p) => p is { } v && double.IsFinite(v) ? v.ToString("G4", CultureInfo.InvariantCulture) : "";

    /// <summary>A cell, quoted where it must be (RFC 4180).</summary>
    public static string Cell(string text)
        => text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
