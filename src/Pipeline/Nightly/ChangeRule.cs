using Odm.Engine.Runtime;

namespace Odm.Pipeline.Nightly;

/// <summary>Tonight's value beside the nights before.</summary>
/// <param name="Reference">Their median.</param>
/// <param name="Worse">How much worse tonight is, as a share of time or memory: .2 takes a fifth longer; below 0 where it is
/// better.</param>
/// <param name="Limit">The share above which it is called a regression.</param>
internal sealed record Change(double Reference, double Worse, double Limit)
{
    /// <summary>Whether it is a regression.</summary>
    public bool IsWorse => Worse > Limit;

    /// <summary>Whether it is as clearly better.</summary>
    public bool IsBetter => 1 / (1 + Worse) - 1 > Limit;
}

/// <summary>
/// Whether a speed or an amount of memory changed tonight. On a logarithmic scale, where a slow-down is a shift: tonight is compared with
/// the median of the last nights, and is worse where it exceeds that by the smallest change that counts and by
/// <see cref="NightlyRules.Deviations"/> robust standard deviations of those nights. Median and MAD bear bad nights among them as long
/// as they are fewer than half. docs/nightly.md has false alarms and power by simulation.
/// </summary>
internal static class ChangeRule
{
    /// <summary>Nights below which nothing is compared: of one nothing is known about its scatter.</summary>
    public const int Fewest = 2;

    // 1 / the 75 % point of the normal distribution: the MAD of normal values times this estimates their standard deviation
    private const double Normal = 1.482602218505602;

    // the same estimate is too small in few values: Croux and Rousseeuw 1992, "Time-efficient algorithms for two highly robust estimators
    // of scale", for 2 to 9 values; n / (n - 0.8) above
    private static readonly double[] Few = [1.196, 1.495, 1.363, 1.206, 1.200, 1.140, 1.129, 1.107];

    /// <summary>Compares; null where there are fewer nights than <see cref="Fewest"/>.</summary>
    /// <param name="before">Values of the nights before, above 0.</param>
    /// <param name="tonight">Tonight's, above 0.</param>
    /// <param name="lessIsBetter">Whether less is better: memory, seconds.</param>
    /// <param name="smallest">The smallest change that counts, a share.</param>
    /// <param name="deviations">Robust standard deviations that it has to exceed too.</param>
    public static Change? Of(IReadOnlyList<double> before, double tonight, bool lessIsBetter, double smallest, double deviations)
    {
        if (before.Count < Fewest)
        {
            return null;
        }

        double Burden(double value) => lessIsBetter ? Math.Log(value) : -Math.Log(value);
        double[] burdens = [.. before.Select(Burden)];
        var middle = Median(burdens);
        var limit = Math.Max(Math.Log(1 + smallest), deviations * Scale(burdens));
        return new(Math.Exp(lessIsBetter ? middle : -middle), Math.Exp(Burden(tonight) - middle) - 1, Math.Exp(limit) - 1);
    }

    /// <summary>The standard deviation that the median absolute deviation estimates, corrected for few values.</summary>
    public static double Scale(IReadOnlyList<double> values)
    {
        var middle = Median(values);
        var n = values.Count;
        return Normal * (n < 2 ? 0 : n <= 9 ? Few[n - 2] : n / (n - .8)) * Median([.. values.Select(v => Math.Abs(v - middle))]);
    }

    /// <summary>The middle value; the mean of the two middle ones of an even number.</summary>
    public static double Median(IReadOnlyList<double> values) => Quantiles.At([.. values.Order()], .5);
}
