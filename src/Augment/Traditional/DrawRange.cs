using System.Globalization;
using Odm.Engine.Runtime;

namespace Odm.Augment.Traditional;

/// <summary>A transform that is done with a probability, its strength drawn uniformly from a range.</summary>
public sealed record DrawRange
{
    /// <summary>Probability, 0 to 1.</summary>
    public double P { get; init; } = 1;

    /// <summary>Least strength, in the transform's unit.</summary>
    public required double Low { get; init; }

    /// <summary>Greatest strength.</summary>
    public required double High { get; init; }

    /// <summary>Everything wrong with the fields, each naming it below <paramref name="field"/>.</summary>
    public IEnumerable<string> Faults(string field)
    {
        if (!(P is >= 0 and <= 1))
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{field}.p: {P}; must be 0 to 1");
        }
        if (!(Low <= High))
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{field}.low: {Low} is above high {High}");
        }
    }

    /// <summary>A range outside what the transform allows.</summary>
    internal IEnumerable<string> Outside(string field, double least, double most)
    {
        if (Low < least || Low > most)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{field}.low: {Low}; must be {least} to {most}");
        }
        if (High < least || High > most)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{field}.high: {High}; must be {least} to {most}");
        }
    }

    /// <summary>The strength, or null where the transform is not done. Draws the same number of values either way.</summary>
    internal double? Draw(Rng rng)
    {
        var (done, strength) = (rng.NextBool(P), rng.Uniform(Low, High));
        return done ? strength : null;
    }
}
