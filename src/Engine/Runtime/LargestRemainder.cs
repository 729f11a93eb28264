namespace Odm.Engine.Runtime;

/// <summary>Whole numbers that come as near as they can to exact amounts and keep their sum (Hamilton's method).</summary>
public static class LargestRemainder
{
    /// <summary>The whole part of each exact amount, then one more for the largest remainders, the first among equals.</summary>
    /// <param name="amount">What the result sums to; the sum of <paramref name="exact"/> up to rounding.</param>
    /// <param name="exact">0 or more each.</param>
    public static int[] Deal(int amount, IReadOnlyList<decimal> exact)
    {
        ArgumentNullException.ThrowIfNull(exact);
        var dealt = exact.Select(x => (int)x).ToArray();
        foreach (var k in Enumerable.Range(0, exact.Count).OrderByDescending(k => exact[k] - dealt[k]).Take(amount - dealt.Sum()))
        {
            dealt[k]++;
        }
        return dealt;
    }
}
