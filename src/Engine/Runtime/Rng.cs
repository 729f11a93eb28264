using System.Numerics;
using System.Text;

namespace Odm.Engine.Runtime;

/// <summary>
/// The only source of randomness: xoshiro256** (Blackman and Vigna 2018), seeded through SplitMix64.
/// Randomness is stateless across a run: everything is drawn from <see cref="Seed"/> of (run seed, purpose, index), so a
/// resumed run continues the same stream without saving a generator. Equal seeds give equal numbers on every machine;
/// one instance belongs to one thread.
/// </summary>
public sealed class Rng
{
    private ulong s0, s1, s2, s3;

    /// <summary>A stream of its own for every seed.</summary>
    public Rng(ulong seed)
    {
        s0 = SplitMix(ref seed);
        s1 = SplitMix(ref seed);
        s2 = SplitMix(ref seed);
        s3 = SplitMix(ref seed);
    }

    /// <summary>
    /// The seed for one purpose (<c>"noise"</c>, <c>"epoch"</c>) and index (step, image) of a run: a 64-bit hash of the three.
    /// </summary>
    public static ulong Seed(ulong run, string purpose, long index = 0)
    {
        ArgumentNullException.ThrowIfNull(purpose);
        var hash = 0xCBF29CE484222325UL; // FNV-1a over the purpose
        foreach (var b in Encoding.UTF8.GetBytes(purpose))
        {
            hash = (hash ^ b) * 0x100000001B3UL;
        }
        var state = run;
        state = SplitMix(ref state) ^ hash;
        state = SplitMix(ref state) ^ (ulong)index;
        return SplitMix(ref state);
    }

    /// <summary>A generator seeded with <see cref="Seed"/>.</summary>
    public static Rng For(ulong run, string purpose, long index = 0) => new(Seed(run, purpose, index));

    /// <summary>64 random bits.</summary>
    public ulong NextUInt64()
    {
        var result = BitOperations.RotateLeft(s1 * 5, 7) * 9;
        var t = s1 << 17;
        s2 ^= s0;
        s3 ^= s1;
        s1 ^= s2;
        s0 ^= s3;
        s2 ^= t;
        s3 = BitOperations.RotateLeft(s3, 45);
        return result;
    }

    /// <summary>Uniform in [0, 1), 53 bits.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [0, maxExclusive), without bias (Lemire 2019).</summary>
    public int NextInt(int maxExclusive)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxExclusive);
        var range = (uint)maxExclusive;
        var product = (ulong)(uint)(NextUInt64() >> 32) * range;
        if ((uint)product < range)
        {
            for (var floor = (0u - range) % range; (uint)product < floor;)
            {
                product = (ulong)(uint)(NextUInt64() >> 32) * range;
            }
        }
        return (int)(product >> 32);
    }

    /// <summary>Uniform in [low, high).</summary>
    public double Uniform(double low, double high) => low + (high - low) * NextDouble();

    /// <summary>True with probability <paramref name="p"/>.</summary>
    public bool NextBool(double p) => NextDouble() < p;

    /// <summary>Standard normal, by <see cref="Ziggurat"/>.</summary>
    public double NextGaussian() => Ziggurat.Draw(this);

    /// <summary>Fills with standard normal values; fast enough for a training step's noise.</summary>
    public void FillNormal(Span<float> values)
    {
        foreach (ref var value in values)
        {
            value = (float)Ziggurat.Draw(this);
        }
    }

    /// <summary>Fisher-Yates, in place.</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = NextInt(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    /// <summary>0 .. n-1 in random order.</summary>
    public int[] Permutation(int n)
    {
        var order = Enumerable.Range(0, n).ToArray();
        Shuffle(order.AsSpan());
        return order;
    }

    private static ulong SplitMix(ref ulong state)
    {
        var z = state += 0x9E3779B97F4A7C15UL;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
