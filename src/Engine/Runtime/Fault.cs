using System.Globalization;

namespace Odm.Engine.Runtime;

/// <summary>Faults of settings, in one form.</summary>
public static class Fault
{
    /// <summary>None where <paramref name="right"/>, else <c>field: value; must be allowed</c>.</summary>
    /// <param name="right">Whether the value is allowed.</param>
    /// <param name="field">The field from the root of the study file: <c>generators.dm.batch</c>.</param>
    /// <param name="value">Its value.</param>
    /// <param name="allowed">What is allowed, in words.</param>
    public static IEnumerable<string> Unless(bool right, string field, object value, string allowed)
        => right ? [] : [string.Create(CultureInfo.InvariantCulture, $"{field}: {value}; must be {allowed}")];
}
