using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Odm.Data.Guarding;

/// <summary>
/// 64 signs of a spectrum (frequencies u + v from 1 to 10, but for 5 + 5), each against what is usual in the images compared: images of one
/// kind, all discs say, share what is common, and their signs differ in what is their own.
/// </summary>
internal static class PerceptualHash
{
    /// <summary>The places of the 64 coefficients; transposing maps them onto themselves.</summary>
    private static readonly int[] Places = [.. from u in Enumerable.Range(0, 11) from v in Enumerable.Range(0, 11) where u + v is >= 1
        and <= 10 && (u, v) != (5, 5) select u * Spectrum.Order + v];

    /// <summary>The mean over spectra, row after row, and their mirrored and turned forms.</summary>
    public static float[] Mean(ReadOnlySpan<float> spectra)
    {
        var sum = new double[Spectrum.Length];
        for (var at = 0; at < spectra.Length; at += Spectrum.Length)
        {
            for (var i = 0; i < Spectrum.Length; i++)
            {
                sum[i] += spectra[at + i];
            }
        }
        var (result, n) = (new float[Spectrum.Length], Math.Max(1, spectra.Length / Spectrum.Length));
        for (var u = 0; u < Spectrum.Order; u += 2) // what is odd cancels
        {
            for (var v = 0; v < Spectrum.Order; v += 2)
            {
                result[u * Spectrum.Order + v] = (float)((sum[u * Spectrum.Order + v] + sum[v * Spectrum.Order + u]) / 2 / n);
            }
        }
        return result;
    }

    /// <summary>The hash of a spectrum of length 1.</summary>
    public static ulong Of(ReadOnlySpan<float> spectrum, ReadOnlySpan<float> mean)
    {
        var bits = 0UL;
        for (var b = 0; b < Places.Length; b++)
        {
            bits |= spectrum[Places[b]] > mean[Places[b]] ? 1UL << b : 0;
        }
        return bits;
    }

    /// <summary>The least number of differing bits between a hash and any of others.</summary>
    public static int Least(ulong hash, ReadOnlySpan<ulong> others)
    {
        int a = 64, b = 64, c = 64, d = 64, i = 0; // the inner loop of a search: four at a time, bounds unchecked
        ref var first = ref MemoryMarshal.GetReference(others);
        for (; i <= others.Length - 4; i += 4)
        {
            a = Math.Min(a, BitOperations.PopCount(hash ^ Unsafe.Add(ref first, i)));
            b = Math.Min(b, BitOperations.PopCount(hash ^ Unsafe.Add(ref first, i + 1)));
            c = Math.Min(c, BitOperations.PopCount(hash ^ Unsafe.Add(ref first, i + 2)));
            d = Math.Min(d, BitOperations.PopCount(hash ^ Unsafe.Add(ref first, i + 3)));
        }
        for (; i < others.Length; i++)
        {
            a = Math.Min(a, BitOperations.PopCount(hash ^ others[i]));
        }
        return Math.Min(Math.Min(a, b), Math.Min(c, d));
    }
}
