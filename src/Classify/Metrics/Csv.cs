namespace Odm.Classify.Metrics;

/// <summary>CSV as this project writes it: quoted only where it must be.</summary>
internal static class Csv
{
    /// <summary>One field (RFC 4180).</summary>
    public static string Field(string value) =>
        value.AsSpan().IndexOfAny(",\"\n\r") < 0 ? value : $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
