using Odm.Engine.Kernels;
using Odm.Engine.Layers;
using Odm.Engine.Runtime;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Odm.Augment.Diffusion.Networks;

/// <summary>
/// The U-Net's steps that the engine does in one pass on a processor (docs/decisions/kernels.md); everywhere else each is composed of
/// published operators. Under <see cref="Precision.Bf16"/> products take bfloat16 operands and hand on bfloat16; norms and softmax compute
/// in float32.
/// </summary>
internal static class Fused
{
    /// <inheritdoc cref="Mixed.Convolution"/>
    public static Tensor Convolution(Conv2d conv, Tensor x, Precision precision) => Mixed.Convolution(conv, x, precision);

    /// <inheritdoc cref="Mixed.Linear"/>
    public static Tensor Linear(Linear linear, Tensor x, Precision precision) => Mixed.Linear(linear, x, precision);

    /// <summary>Group norm, computed in float32 and handed on in the given precision: [N, C, H, W] -> the same.</summary>
    public static Tensor GroupNorm(GroupNorm norm, Tensor x, Precision precision)
    {
        using var scope = NewDisposeScope();
        var h = Cast(x, precision);
        return (Fusion.Enabled && GroupNormSilu.Takes(h)
            ? GroupNormSilu.Apply(h, norm.weight!, norm.bias!, null, norm.num_groups, norm.eps, silu: false, 0) : norm.call(h))
            .MoveToOuterDisposeScope();
    }

    /// <summary>
    /// dropout(SiLU(norm(x + e))): [N, C, H, W], an embedding [N, C] or none -> [N, C, H, W].
    /// The dropout mask is drawn from torch's generator, which training seeds at each step; a rate of 0 drops nothing.
    /// </summary>
    public static Tensor NormSilu(GroupNorm norm, Tensor x, Precision precision, Tensor? e = null, double dropout = 0)
    {
        using var scope = NewDisposeScope();
        var h = Cast(x, precision);
        if (Fusion.Enabled && GroupNormSilu.Takes(h))
        {
            return GroupNormSilu.Apply(h, norm.weight!, norm.bias!, e, norm.num_groups, norm.eps, silu: true, dropout)
                .MoveToOuterDisposeScope();
        }
        var y = F.silu(norm.call(e is null ? h : h + e.unsqueeze(-1).unsqueeze(-1))); // [N, C] -> [N, C, 1, 1]
        return (dropout > 0 ? F.dropout(y, dropout, training: true) : y).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// dropout(SiLU(norm(x) (1 + scale) + shift)): [N, C, H, W] and the C scales, then C shifts [N, 2 C] -> [N, C, H, W], computed in
    /// float32.
    /// </summary>
    public static Tensor ScaledNormSilu(GroupNorm norm, Tensor x, Tensor scaleShift, Precision precision, double dropout = 0)
    {
        using var scope = NewDisposeScope();
        var (scale, shift) = Float(scaleShift).unsqueeze(-1).unsqueeze(-1).chunk(2, 1) is [var a, var b] // [N, C, 1, 1] each
            ? (a, b) : throw new ArgumentException("an even number of channels is needed", nameof(scaleShift));
        var y = Cast(F.silu(GroupNorm(norm, x, Precision.Fp32) * (1 + scale) + shift), precision);
        return (dropout > 0 ? F.dropout(y, dropout, training: true) : y).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Attention of q over k and v: [N, heads, L, D] each. libtorch's own kernel does not hold the [L, L] weights; composed, products are
    /// in the operands' type and softmax in float32.
    /// </summary>
    public static Tensor Attention(Tensor q, Tensor k, Tensor v)
    {
        if (Fusion.Enabled)
        {
            return F.scaled_dot_product_attention(q, k, v);
        }
        using var scope = NewDisposeScope();
        var (a, b, c) = (q.flatten(0, 1), k.flatten(0, 1), v.flatten(0, 1));               // [N heads, L, D]
        var weights = Float(bmm(a, b.transpose(1, 2)) * Math.Pow(q.shape[3], -0.5)).softmax(-1).to(v.dtype); // [N heads, L, L]
        return bmm(weights, c).view(q.shape).MoveToOuterDisposeScope();
    }

    private static Tensor Float(Tensor x) => x.dtype == ScalarType.Float32 ? x : x.to(ScalarType.Float32);

    private static Tensor Cast(Tensor x, Precision precision)
    {
        var type = precision == Precision.Bf16 ? ScalarType.BFloat16 : ScalarType.Float32;
        return x.dtype == type ? x : x.to(type);
    }
}
