using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Odm.Engine.Kernels;

/// <summary>Shape and options of y = dropout(SiLU(groupnorm(x + e))), channels-last.</summary>
/// <param name="Samples">N.</param>
/// <param name="Channels">C, a multiple of 8 and of the groups.</param>
/// <param name="Pixels">H W.</param>
/// <param name="Groups">Groups of consecutive channels.</param>
/// <param name="Epsilon">Added to the variance.</param>
/// <param name="Silu">Whether SiLU follows.</param>
/// <param name="Dropout">Share of the results that become zero; the others are divided by 1 - share.</param>
/// <param name="Key">Names the stream of the dropout mask.</param>
internal sealed record GroupNormShape(int Samples, int Channels, int Pixels, int Groups, double Epsilon, bool Silu, double Dropout,
    uint Key);

/// <summary>
/// The fused step forward and backward (equations in docs/decisions/kernels.md). A worker takes whole samples: it reads x once for the
/// statistics and once for the result, when the sample still lies in its cache. Arithmetic in float32, sums over a sample in double.
/// </summary>
internal static unsafe class GroupNormKernel
{
    private const int FlushRows = 64; // single-precision partial sums go to double after this many pixels

    /// <summary>Writes y; keeps mean and reciprocal deviation of each group [N, G].</summary>
    public static void Forward<T>(GroupNormShape s, byte* x, byte* y, float* e, float* weight, float* bias, float* mean, float* rstd)
        where T : struct, IElement => Workers.For(s.Samples, (_, from, to) =>
    {
        var c = s.Channels;
        var scratch = (double*)NativeMemory.Alloc((nuint)(2 * c * sizeof(double) + 2 * c * sizeof(float)));
        double* sum = scratch, square = scratch + c;
        float* scale = (float*)(scratch + 2 * c), shift = scale + c;
        for (var n = from; n < to; n++)
        {
            var at = (nint)n * s.Pixels * c * T.Size;
            Sums<T>(s, x + at, sum, square);
            var added = e is null ? null : e + (nint)n * c;
            Statistics(s, sum, square, added, mean + n * s.Groups, rstd + n * s.Groups);
            Affine(s, added, weight, bias, mean + n * s.Groups, rstd + n * s.Groups, scale, shift);
            Apply<T>(s, x + at, y + at, scale, shift, (uint)((long)n * s.Pixels * c));
        }
        NativeMemory.Free(scratch);
    });

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Sums<T>(GroupNormShape s, byte* x, double* sum, double* square)
        where T : struct, IElement
    {
        var c = s.Channels;
        for (var i = 0; i < c; i += 8)
        {
            var (total, squares) = (Vector256<double>.Zero, Vector256<double>.Zero);
            var (total2, squares2) = (Vector256<double>.Zero, Vector256<double>.Zero);
            for (var first = 0; first < s.Pixels; first += FlushRows)
            {
                var last = Math.Min(first + FlushRows, s.Pixels);
                var (a, b) = (Vector256<float>.Zero, Vector256<float>.Zero);
                for (var p = first; p < last; p++)
                {
                    var v = T.Load(x, (nint)p * c + i);
                    a += v;
                    b = Vector256.FusedMultiplyAdd(v, v, b);
                }
                total += Vector256.WidenLower(a);
                total2 += Vector256.WidenUpper(a);
                squares += Vector256.WidenLower(b);
                squares2 += Vector256.WidenUpper(b);
            }
            total.Store(sum + i);
            total2.Store(sum + i + 4);
            squares.Store(square + i);
            squares2.Store(square + i + 4);
        }
    }

    /// <summary>Mean and reciprocal deviation of each group of x + e from the sums of x and x² of each channel.</summary>
    private static void Statistics(GroupNormShape s, double* sum, double* square, float* e, float* mean, float* rstd)
    {
        var width = s.Channels / s.Groups;
        for (var g = 0; g < s.Groups; g++)
        {
            var (m, q) = (0.0, 0.0);
            for (var i = g * width; i < (g + 1) * width; i++)
            {
                var added = e is null ? 0.0 : e[i];
                m += sum[i] + s.Pixels * added;
                q += square[i] + 2 * added * sum[i] + s.Pixels * added * added;
            }
            m /= (double)width * s.Pixels;
            q = Math.Max(0, q / ((double)width * s.Pixels) - m * m);
            (mean[g], rstd[g]) = ((float)m, (float)(1 / Math.Sqrt(q + s.Epsilon)));
        }
    }

    /// <summary>groupnorm(x + e) = scale x + shift, per channel.</summary>
    private static void Affine(GroupNormShape s, float* e, float* weight, float* bias, float* mean, float* rstd, float* scale, float* shift)
    {
        var width = s.Channels / s.Groups;
        for (var i = 0; i < s.Channels; i++)
        {
            var g = i / width;
            scale[i] = rstd[g] * weight[i];
            shift[i] = ((e is null ? 0 : e[i]) - mean[g]) * scale[i] + bias[i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Apply<T>(GroupNormShape s, byte* x, byte* y, float* scale, float* shift, uint counter)
        where T : struct, IElement
    {
        var c = s.Channels;
        var (threshold, kept) = Dropout(s);
        for (var p = 0; p < s.Pixels; p++)
        {
            var row = (nint)p * c;
            for (var i = 0; i < c; i += 8)
            {
                var z = Vector256.FusedMultiplyAdd(T.Load(x, row + i), Vector256.Load(scale + i), Vector256.Load(shift + i));
                if (s.Silu)
                {
                    z *= VectorMath.Sigmoid(z);
                }
                if (threshold > 0)
                {
                    z = z * kept & VectorMath.Kept(counter + (uint)(row + i), s.Key, threshold);
                }
                T.Store(z, y, row + i);
            }
        }
    }

    private static (uint Threshold, Vector256<float> Kept) Dropout(GroupNormShape s) =>
        ((uint)Math.Min(uint.MaxValue, s.Dropout * 4294967296.0), Vector256.Create((float)(1 / (1 - s.Dropout))));

    /// <summary>
    /// Writes dx, and, where there is an e, its gradient [N, C]; the gradients of weight and bias are left as the parts of each sample [N,
    /// C].
    /// </summary>
    public static void Backward<T>(GroupNormShape s, byte* x, byte* dy, byte* dx, float* e, float* weight, float* bias, float* mean,
        float* rstd, float* de, double* dweight, double* dbias)
        where T : struct, IElement => Workers.For(s.Samples, (_, from, to) =>
    {
        var c = s.Channels;
        var scratch = (double*)NativeMemory.Alloc((nuint)(3 * c * sizeof(double) + 4 * c * sizeof(float)
            + (nint)s.Pixels * c * sizeof(float)));
        double* dz = scratch, dzx = scratch + c, sum = scratch + 2 * c;
        float* scale = (float*)(scratch + 3 * c), shift = scale + c, slope = scale + 2 * c, offset = scale + 3 * c, kept = scale + 4 * c;
        for (var n = from; n < to; n++)
        {
            var at = (nint)n * s.Pixels * c * T.Size;
            var added = e is null ? null : e + (nint)n * c;
            float* m = mean + n * s.Groups, r = rstd + n * s.Groups;
            Affine(s, added, weight, bias, m, r, scale, shift);
            OuterGradient<T>(s, x + at, dy + at, kept, scale, shift, (uint)((long)n * s.Pixels * c), dz, dzx, sum);
            GroupGradient(s, added, weight, m, r, dz, dzx, sum, scale, slope, offset, de is null ? null : de + (nint)n * c,
                dweight + (nint)n * c, dbias + (nint)n * c);
            InnerGradient<T>(s, x + at, dx + at, kept, scale, slope, offset);
        }
        NativeMemory.Free(scratch);
    });

    /// <summary>dz, the gradient of the norm's output, kept as float32, and per channel its sum, that of dz x, and that of x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OuterGradient<T>(GroupNormShape s, byte* x, byte* dy, float* kept, float* scale, float* shift, uint counter,
        double* dz, double* dzx, double* sum)
        where T : struct, IElement
    {
        var c = s.Channels;
        var (threshold, factor) = Dropout(s);
        for (var i = 0; i < 3 * c; i++)
        {
            dz[i] = 0; // dz, dzx and sum follow each other
        }
        for (var i = 0; i < c; i += 8)
        {
            var (a, b) = (Vector256.Load(scale + i), Vector256.Load(shift + i));
            for (var first = 0; first < s.Pixels; first += FlushRows)
            {
                var last = Math.Min(first + FlushRows, s.Pixels);
                var (t, u, w) = (Vector256<float>.Zero, Vector256<float>.Zero, Vector256<float>.Zero);
                for (var p = first; p < last; p++)
                {
                    var at = (nint)p * c + i;
                    var (v, g) = (T.Load(x, at), T.Load(dy, at));
                    if (threshold > 0)
                    {
                        g = g * factor & VectorMath.Kept(counter + (uint)at, s.Key, threshold);
                    }
                    if (s.Silu)
                    {
                        var z = Vector256.FusedMultiplyAdd(v, a, b);
                        var sigmoid = VectorMath.Sigmoid(z);
                        g *= sigmoid * Vector256.FusedMultiplyAdd(z, Vector256<float>.One - sigmoid, Vector256<float>.One);
                    }
                    g.Store(kept + at);
                    t += g;
                    u = Vector256.FusedMultiplyAdd(g, v, u);
                    w += v;
                }
                Add(dz + i, t);
                Add(dzx + i, u);
                Add(sum + i, w);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(double* total, Vector256<float> part)
    {
        (Vector256.Load(total) + Vector256.WidenLower(part)).Store(total);
        (Vector256.Load(total + 4) + Vector256.WidenUpper(part)).Store(total + 4);
    }

    /// <summary>dx = scale dz + slope x + offset, per channel, and what the sums give of the other gradients.</summary>
    private static void GroupGradient(GroupNormShape s, float* e, float* weight, float* mean, float* rstd, double* dz, double* dzx,
        double* sum,
        float* scale, float* slope, float* offset, float* de, double* dweight, double* dbias)
    {
        var width = s.Channels / s.Groups;
        for (var g = 0; g < s.Groups; g++)
        {
            var (m, r) = ((double)mean[g], (double)rstd[g]);
            var (first, second) = (0.0, 0.0); // means of w dz and of w dz x̂ over the group
            for (var i = g * width; i < (g + 1) * width; i++)
            {
                var centre = (e is null ? 0 : e[i]) - m;
                dbias[i] = dz[i];
                dweight[i] = r * (dzx[i] + centre * dz[i]);
                first += weight[i] * dz[i];
                second += weight[i] * dweight[i];
            }
            first /= (double)width * s.Pixels;
            second /= (double)width * s.Pixels;
            for (var i = g * width; i < (g + 1) * width; i++)
            {
                var centre = (e is null ? 0 : e[i]) - m;
                var (k, o) = (-r * r * second, -r * first - r * r * centre * second);
                (slope[i], offset[i]) = ((float)k, (float)o);
                if (de is not null)
                {
                    de[i] = (float)(r * weight[i] * dz[i] + k * sum[i] + s.Pixels * o);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void InnerGradient<T>(GroupNormShape s, byte* x, byte* dx, float* kept, float* scale, float* slope, float* offset)
        where T : struct, IElement
    {
        var c = s.Channels;
        for (var p = 0; p < s.Pixels; p++)
        {
            var row = (nint)p * c;
            for (var i = 0; i < c; i += 8)
            {
                var straight = Vector256.FusedMultiplyAdd(Vector256.Load(kept + row + i), Vector256.Load(scale + i),
                    Vector256.Load(offset + i));
                T.Store(Vector256.FusedMultiplyAdd(T.Load(x, row + i), Vector256.Load(slope + i), straight), dx, row + i);
            }
        }
    }
}
