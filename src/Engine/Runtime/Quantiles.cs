namespace Odm.Engine.Runtime;

/// <summary>Quantiles of a sample.</summary>
public static class Quantiles
{
    /// <summary>Quantile q (0 to 1) of sorted values by linear interpolation (NumPy's default, Hyndman and Fan's type 7).</summary>
    public static double At(IReadOnlyList<double> sorted, double q)
    {
        ArgumentNullException.ThrowIfNull(sorted);
        var place = q * (sorted.Count - 1);
        var below = (int)Math.Floor(place);
        return below + 1 >= sorted.Count ? sorted[^1] : sorted[below] + (place - below) * (sorted[below + 1] - sorted[below]);
    }
}
