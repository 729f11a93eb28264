using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Odm.Engine.Kernels;

/// <summary>Functions of eight single-precision numbers.</summary>
internal static class VectorMath
{
    /// <summary>
    /// exp(x), within two units in the last place, for x clamped to [-87, 88]: 2^n e^r with |r| at most ln(2) / 2 and the minimax
    /// polynomial of degree 6 for e^r (S. L. Moshier, Cephes, expf).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Exp(Vector256<float> x)
    {
        x = Vector256.Min(Vector256.Max(x, Vector256.Create(-87f)), Vector256.Create(88f));
        var n = Vector256.Round(x * Vector256.Create(1.44269504f));
        var r = Vector256.FusedMultiplyAdd(n, Vector256.Create(-0.693359375f), x);
        r = Vector256.FusedMultiplyAdd(n, Vector256.Create(2.12194440e-4f), r);
        var p = Vector256.Create(1.9875691500e-4f);
        p = Vector256.FusedMultiplyAdd(p, r, Vector256.Create(1.3981999507e-3f));
        p = Vector256.FusedMultiplyAdd(p, r, Vector256.Create(8.3334519073e-3f));
        p = Vector256.FusedMultiplyAdd(p, r, Vector256.Create(4.1665795894e-2f));
        p = Vector256.FusedMultiplyAdd(p, r, Vector256.Create(1.6666665459e-1f));
        p = Vector256.FusedMultiplyAdd(p, r, Vector256.Create(5.0000001201e-1f));
        p = Vector256.FusedMultiplyAdd(p, r * r, r + Vector256<float>.One);
        var power = Vector256.ShiftLeft(Vector256.ConvertToInt32(n) + Vector256.Create(127), 23).AsSingle(); // 2^n
        return p * power;
    }

    /// <summary>1 / (1 + exp(-x)).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Sigmoid(Vector256<float> x) => Vector256<float>.One / (Vector256<float>.One + Exp(-x));

    /// <summary>The sum of eight numbers, in double precision.</summary>
    public static double Sum(Vector256<float> x)
    {
        var (low, high) = Vector256.Widen(x);
        return Vector256.Sum(low + high);
    }

    /// <summary>
    /// All bits set where a number of a counter-based stream is at least <paramref name="threshold"/>, for counters
    /// <paramref name="counter"/> to <paramref name="counter"/> + 7: the finaliser of MurmurHash3 (A. Appleby) over counter and key.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Kept(uint counter, uint key, uint threshold)
    {
        var h = (Vector256.Create(counter) + Vector256.Create(0u, 1u, 2u, 3u, 4u, 5u, 6u, 7u))
            * Vector256.Create(0x9e3779b9u) ^ Vector256.Create(key);
        h ^= Vector256.ShiftRightLogical(h, 16);
        h *= Vector256.Create(0x85ebca6bu);
        h ^= Vector256.ShiftRightLogical(h, 13);
        h *= Vector256.Create(0xc2b2ae35u);
        h ^= Vector256.ShiftRightLogical(h, 16);
        return Vector256.GreaterThanOrEqual(h, Vector256.Create(threshold)).AsSingle();
    }
}
