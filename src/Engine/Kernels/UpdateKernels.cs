using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Odm.Engine.Kernels;

/// <summary>The constants of one step of Adam or AdamW.</summary>
/// <param name="Rate">Learning rate.</param>
/// <param name="Beta1">Decay of the mean of the gradients.</param>
/// <param name="Beta2">Decay of the mean of their squares.</param>
/// <param name="Epsilon">Added to the root of that mean.</param>
/// <param name="Decay">Weight decay.</param>
/// <param name="Decoupled">AdamW's decay instead of Adam's.</param>
/// <param name="Step">Counted from 1.</param>
internal sealed record AdamStep(double Rate, double Beta1, double Beta2, double Epsilon, double Decay, bool Decoupled, long Step);

/// <summary>The constants of one step of stochastic gradient descent.</summary>
/// <param name="Rate">Learning rate.</param>
/// <param name="Momentum">Share of the last direction that is kept; 0: there is no state.</param>
/// <param name="Decay">L2 penalty.</param>
/// <param name="Nesterov">Whether the gradient is looked up ahead.</param>
internal sealed record SgdStep(double Rate, double Momentum, double Decay, bool Nesterov);

/// <summary>
/// Updates of weights in one pass over memory, eight numbers at a time; the last ones of a block go through buffers of eight.
/// </summary>
internal static unsafe class UpdateKernels
{
    /// <summary>
    /// Adam's step (arXiv:1412.6980, algorithm 1) or AdamW's (arXiv:1711.05101, algorithm 2), in the order of operations of torch.optim.
    /// </summary>
    public static void Adam(ParameterBlock[] blocks, AdamStep step)
    {
        var constants = new AdamConstants(step);
        ParameterBlocks.ForEach(blocks, (in s, from, to, _) => AdamRange(s, from, to, constants));
    }

    private sealed class AdamConstants(AdamStep step)
    {
        public readonly float Root = (float)Math.Sqrt(1 - Math.Pow(step.Beta2, step.Step));
        public readonly float Beta1 = (float)step.Beta1;
        public readonly float Rest1 = (float)(1 - step.Beta1);
        public readonly float Beta2 = (float)step.Beta2;
        public readonly float Rest2 = (float)(1 - step.Beta2);
        public readonly float Rate = (float)(-step.Rate / (1 - Math.Pow(step.Beta1, step.Step)));
        public readonly float Epsilon = (float)step.Epsilon;
        public readonly float Kept = step.Decoupled ? (float)(1 - step.Rate * step.Decay) : 1;
        public readonly float Penalty = step.Decoupled ? 0 : (float)step.Decay;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AdamRange(in ParameterBlock s, nint from, nint to, AdamConstants k)
    {
        nint i = from;
        for (; i + 8 <= to; i += 8)
        {
            AdamEight(s.Weight + i, s.Gradient + i, s.First + i, s.Second + i, k);
        }
        if (i == to)
        {
            return;
        }
        var rest = (int)(to - i);
        var buffer = stackalloc float[32];
        for (var j = 0; j < rest; j++)
        {
            (buffer[j], buffer[8 + j], buffer[16 + j], buffer[24 + j]) =
            (s.Weight[i + j], s.Gradient[i + j], s.First[i + j], s.Second[i + j]);
        }
        AdamEight(buffer, buffer + 8, buffer + 16, buffer + 24, k);
        for (var j = 0; j < rest; j++)
        {
            (s.Weight[i + j], s.First[i + j], s.Second[i + j]) = (buffer[j], buffer[16 + j], buffer[24 + j]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AdamEight(float* weight, float* gradient, float* mean, float* square, AdamConstants k)
    {
        var w = Vector256.Load(weight) * Vector256.Create(k.Kept);
        var g = Vector256.FusedMultiplyAdd(w, Vector256.Create(k.Penalty), Vector256.Load(gradient));
        var m = Vector256.FusedMultiplyAdd(g, Vector256.Create(k.Rest1), Vector256.Load(mean) * Vector256.Create(k.Beta1));
        var v = Vector256.FusedMultiplyAdd(g * g, Vector256.Create(k.Rest2), Vector256.Load(square) * Vector256.Create(k.Beta2));
        m.Store(mean);
        v.Store(square);
        var denominator = Vector256.Sqrt(v) / Vector256.Create(k.Root) + Vector256.Create(k.Epsilon);
        Vector256.FusedMultiplyAdd(m / denominator, Vector256.Create(k.Rate), w).Store(weight);
    }

    /// <summary>A step of gradient descent with momentum, without dampening, in the order of operations of torch.optim.SGD.</summary>
    public static void Sgd(ParameterBlock[] blocks, SgdStep step)
        => ParameterBlocks.ForEach(blocks, (in s, from, to, _) => SgdRange(s, from, to, step));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SgdRange(in ParameterBlock s, nint from, nint to, SgdStep step)
    {
        nint i = from;
        for (; i + 8 <= to; i += 8)
        {
            SgdEight(s.Weight + i, s.Gradient + i, s.First is null ? null : s.First + i, step);
        }
        if (i == to)
        {
            return;
        }
        var rest = (int)(to - i);
        var buffer = stackalloc float[24];
        for (var j = 0; j < rest; j++)
        {
            (buffer[j], buffer[8 + j], buffer[16 + j]) =
            (s.Weight[i + j], s.Gradient[i + j], s.First is null ? 0 : s.First[i + j]);
        }
        SgdEight(buffer, buffer + 8, s.First is null ? null : buffer + 16, step);
        for (var j = 0; j < rest; j++)
        {
            s.Weight[i + j] = buffer[j];
            if (s.First is not null)
            {
                s.First[i + j] = buffer[16 + j];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SgdEight(float* weight, float* gradient, float* direction, SgdStep step)
    {
        var w = Vector256.Load(weight);
        var g = Vector256.FusedMultiplyAdd(w, Vector256.Create((float)step.Decay), Vector256.Load(gradient));
        if (direction is not null)
        {
            // from a buffer of zeros the first direction is the gradient itself, as in torch.optim
            var d = Vector256.FusedMultiplyAdd(Vector256.Load(direction), Vector256.Create((float)step.Momentum), g);
            d.Store(direction);
            g = step.Nesterov ? Vector256.FusedMultiplyAdd(d, Vector256.Create((float)step.Momentum), g) : d;
        }
        Vector256.FusedMultiplyAdd(g, Vector256.Create((float)-step.Rate), w).Store(weight);
    }

    /// <summary>first = kept first + (1 - kept) weight.</summary>
    public static void Average(ParameterBlock[] blocks, double kept)
        => ParameterBlocks.ForEach(blocks, (in s, from, to, _) => AverageRange(s, from, to, (float)kept, (float)(1 - kept)));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AverageRange(in ParameterBlock s, nint from, nint to, float kept, float rest)
    {
        nint i = from;
        for (; i + 8 <= to; i += 8)
        {
            Vector256.FusedMultiplyAdd(Vector256.Load(s.Weight + i), Vector256.Create(rest),
                Vector256.Load(s.First + i) * Vector256.Create(kept)).Store(s.First + i);
        }
        for (; i < to; i++)
        {
            s.First[i] = MathF.FusedMultiplyAdd(s.Weight[i], rest, s.First[i] * kept);
        }
    }

    /// <summary>The sum of the squares of all gradients, in double. The same whatever the number of workers.</summary>
    public static double SquaredNorm(ParameterBlock[] blocks)
    {
        var parts = new double[ParameterBlocks.Chunks(blocks)];
        ParameterBlocks.ForEach(blocks, (in s, from, to, chunk) => parts[chunk] = SquaredNormRange(s, from, to));
        return parts.Sum();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double SquaredNormRange(in ParameterBlock s, nint from, nint to)
    {
        Vector256<double> low = default, high = default;
        nint i = from;
        for (; i + 8 <= to; i += 8)
        {
            var (a, b) = Vector256.Widen(Vector256.Load(s.Gradient + i));
            low = Vector256.FusedMultiplyAdd(a, a, low);
            high = Vector256.FusedMultiplyAdd(b, b, high);
        }
        var sum = Vector256.Sum(low + high);
        for (; i < to; i++)
        {
            sum += (double)s.Gradient[i] * s.Gradient[i];
        }
        return sum;
    }

    /// <summary>Multiplies all gradients in place.</summary>
    public static void Scale(ParameterBlock[] blocks, double factor) => ParameterBlocks.ForEach(blocks, (in s, from, to, _) =>
    {
        nint i = from;
        for (; i + 8 <= to; i += 8)
        {
            (Vector256.Load(s.Gradient + i) * Vector256.Create((float)factor)).Store(s.Gradient + i);
        }
        for (; i < to; i++)
        {
            s.Gradient[i] *= (float)factor;
        }
    });
}
