using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Engine.Kernels;

/// <summary>dropout(SiLU(groupnorm(x + e))) as one node of the autograd graph, in float32 or bfloat16, on the processor.</summary>
public static unsafe class GroupNormSilu
{
    /// <summary>
    /// Whether <see cref="Apply"/> can take this tensor: [N, C, H, W] on the processor, float32 or bfloat16, channels a multiple of 8.
    /// </summary>
    public static bool Takes(Tensor x) => x.device_type == DeviceType.CPU && x.shape is [_, var c, _, _] && c % 8 == 0
        && x.dtype is ScalarType.Float32 or ScalarType.BFloat16;

    /// <summary>
    /// [N, C, H, W], float32 weight and bias [C], an embedding [N, C] of any type or none -> [N, C, H, W] of x's type, channels-last.
    /// </summary>
    /// <param name="x">What is normed.</param>
    /// <param name="weight">The norm's weight.</param>
    /// <param name="bias">The norm's bias.</param>
    /// <param name="e">Added to all pixels of x before the norm.</param>
    /// <param name="groups">Groups of consecutive channels.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="silu">Whether SiLU follows.</param>
    /// <param name="dropout">Share that is dropped after it; the mask's key is drawn from torch's generator and the mask is never
    /// stored.</param>
    public static Tensor Apply(Tensor x, Tensor weight, Tensor bias, Tensor? e, long groups, double epsilon, bool silu, double dropout)
    {
        using var scope = NewDisposeScope();
        var key = dropout > 0 ? (uint)randint(int.MaxValue, [1], dtype: ScalarType.Int64).item<long>() : 0u;
        var shape = new GroupNormShape((int)x.shape[0], (int)x.shape[1], (int)(x.shape[2] * x.shape[3]), (int)groups, epsilon, silu,
            dropout, key);
        var input = Layout.ChannelsLast(x);
        var added = e is null ? null : e.to(ScalarType.Float32).contiguous();
        if (!is_grad_enabled() || !(x.requires_grad || weight.requires_grad || e is { requires_grad: true }))
        {
            return Forward(shape, input, weight, bias, added, out _, out _).MoveToOuterDisposeScope();
        }
        return Node.apply(added is null ? [shape, input, weight, bias] : [shape, input, weight, bias, added]).MoveToOuterDisposeScope();
    }

    private static Tensor Forward(GroupNormShape s, Tensor x, Tensor weight, Tensor bias, Tensor? e, out Tensor mean, out Tensor rstd)
    {
        var y = Layout.Empty(x.shape, x.dtype);
        (mean, rstd) = (empty(s.Samples, s.Groups), empty(s.Samples, s.Groups));
        byte* px = Memory.Of(x), py = Memory.Of(y);
        float* pe = Floats(e), pw = Floats(weight), pb = Floats(bias), pm = Floats(mean), pr = Floats(rstd);
        if (x.dtype == ScalarType.BFloat16)
        {
            GroupNormKernel.Forward<Bfloat16>(s, px, py, pe, pw, pb, pm, pr);
        }
        else
        {
            GroupNormKernel.Forward<Float32>(s, px, py, pe, pw, pb, pm, pr);
        }
        return y;
    }

    private static float* Floats(Tensor? x) => x is null ? null : (float*)Memory.Of(x);

#pragma warning disable CA1812 // made by TorchSharp
    private sealed class Node : autograd.SingleTensorFunction<Node>
#pragma warning restore CA1812
    {
        public override string Name => nameof(GroupNormSilu);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            using var scope = NewDisposeScope();
            var (shape, x, weight, bias) = ((GroupNormShape)vars[0], (Tensor)vars[1], (Tensor)vars[2], (Tensor)vars[3]);
            var e = vars.Length > 4 ? (Tensor)vars[4] : null;
            var y = Forward(shape, x, weight, bias, e, out var mean, out var rstd);
            // TorchSharp takes what is saved when this method has returned: it must live in the caller's scope until then
            List<Tensor> saved = [x, weight, bias, mean.MoveToOuterDisposeScope(), rstd.MoveToOuterDisposeScope()];
            if (e is not null)
            {
                saved.Add(e);
            }
            ctx.save_for_backward(saved);
            ctx.save_data("shape", shape);
            return y.MoveToOuterDisposeScope();
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor gradient)
        {
            using var scope = NewDisposeScope();
            var s = (GroupNormShape)ctx.get_data("shape");
            var saved = ctx.get_saved_variables();
            var (x, weight, bias, mean, rstd, e) = (saved[0], saved[1], saved[2], saved[3], saved[4], saved.Count > 5 ? saved[5] : null);
            var dy = Layout.ChannelsLast(gradient.to(x.dtype));
            var dx = Layout.Empty(x.shape, x.dtype);
            var parts = empty([2, s.Samples, s.Channels], ScalarType.Float64); // of weight and bias, a row a sample
            var de = e is null ? null : empty(s.Samples, s.Channels);
            var pd = (double*)Memory.Of(parts);
            byte* px = Memory.Of(x), pdy = Memory.Of(dy), pdx = Memory.Of(dx);
            float* pe = Floats(e), pw = Floats(weight), pb = Floats(bias), pm = Floats(mean), pr = Floats(rstd), pde = Floats(de);
            var dbias = pd + (nint)s.Samples * s.Channels;
            if (x.dtype == ScalarType.BFloat16)
            {
                GroupNormKernel.Backward<Bfloat16>(s, px, pdy, pdx, pe, pw, pb, pm, pr, pde, pd, dbias);
            }
            else
            {
                GroupNormKernel.Backward<Float32>(s, px, pdy, pdx, pe, pw, pb, pm, pr, pde, pd, dbias);
            }
            var sums = parts.sum([1]).to(ScalarType.Float32); // [2, C]
            List<Tensor> gradients = [null!, dx, sums[0], sums[1]];
            if (de is not null)
            {
                gradients.Add(de);
            }
            BackwardTensors.FreeWithNext(gradient, [dx, .. gradients.Skip(2)]);
            return gradients;
        }
    }
}
