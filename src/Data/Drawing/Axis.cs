using System.Globalization;

namespace Odm.Data.Drawing;

/// <summary>The range of an axis and its ticks, which stand at 1, 2 or 5 times a power of ten.</summary>
internal readonly record struct Axis(double Low, double High, double Step)
{
    /// <summary>
    /// An axis over the values, widened to whole ticks where <paramref name="widen"/>, with about <paramref name="ticks"/> of them.
    /// </summary>
    internal static Axis Over(IEnumerable<double> values, int ticks, bool widen)
    {
        var finite = values.Where(double.IsFinite).DefaultIfEmpty(0).ToArray();
        var (low, high) = (finite.Min(), finite.Max());
        if (high - low < 1e-12 * Math.Max(1, Math.Abs(high)))
        {
            (low, high) = (low - 0.5, high + 0.5);
        }
        var rough = (high - low) / ticks;
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        var step = power * (rough / power <= 1 ? 1 : rough / power <= 2 ? 2 : rough / power <= 5 ? 5 : 10);
        return widen ? new(Math.Floor(low / step + 1e-9) * step, Math.Ceiling(high / step - 1e-9) * step, step) : new(low, high, step);
    }

    internal IEnumerable<double> Ticks()
    {
        var first = (long)Math.Ceiling(Low / Step - 1e-9);
        for (var i = first; i * Step <= High + 1e-9 * Step; i++)
        {
            yield return i * Step;
        }
    }

    /// <summary>0 at the low end, 1 at the high.</summary>
    internal double Share(double value) => (value - Low) / (High - Low);

    internal string Label(double value)
    {
        if (Math.Abs(value) < Step / 2)
        {
            return "0";
        }
        if (Math.Abs(value) >= 1e6 || Step < 1e-5)
        {
            return value.ToString("0.##e0", CultureInfo.InvariantCulture);
        }
        var digits = Math.Max(0, (int)-Math.Floor(Math.Log10(Step) + 1e-9));
        return value.ToString((Math.Abs(value) >= 10000 ? "#,##0" : "0") + (digits > 0 ? "." + new string('0', digits) : ""),
            CultureInfo.InvariantCulture);
    }
}
