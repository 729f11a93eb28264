using Odm.Data;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Odm.Augment;

/// <summary>
/// The U-Net's steps that a native kernel can do in one pass. Here each is composed of published operators. Under
/// <see cref="Precision.Bf16"/> products take bfloat16 operands and hand on bfloat16; norms and softmax compute in float32.
/// </summary>
internal static class Fused
{
    /// <summary>Convolution with operands in the given precision; the weights stay float32 and receive float32 gradients.</summary>
    public static Tensor Convolution(Conv2d conv, Tensor x, Precision precision)
    {
        if (precision == Precision.Fp32)
        {
            return conv.call(x);
        }
        using var scope = NewDisposeScope();
        return F.conv2d(x.to(ScalarType.BFloat16), conv.weight.to(ScalarType.BFloat16), conv.bias!.to(ScalarType.BFloat16),
            conv.stride, conv.padding).MoveToOuterDisposeScope();
    }

    /// <summary>Linear layer with operands in the given precision.</summary>
    public static Tensor Linear(Linear linear, Tensor x, Precision precision)
    {
        if (precision == Precision.Fp32)
        {
            return linear.call(x);
        }
        using var scope = NewDisposeScope();
        return F.linear(x.to(ScalarType.BFloat16), linear.weight.to(ScalarType.BFloat16), linear.bias!.to(ScalarType.BFloat16))
            .MoveToOuterDisposeScope();
    }

    /// <summary>Group norm in float32, handed on in the given precision.</summary>
    public static Tensor GroupNorm(GroupNorm norm, Tensor x, Precision precision)
    {
        using var scope = NewDisposeScope();
        var y = norm.call(Float(x)); // libtorch 1.13 wants input and weight of one type
        return Cast(y, precision).MoveToOuterDisposeScope();
    }

    /// <summary>SiLU of a group norm, both in float32, handed on in the given precision.</summary>
    public static Tensor GroupNormSilu(GroupNorm norm, Tensor x, Precision precision)
    {
        using var scope = NewDisposeScope();
        var y = F.silu(norm.call(Float(x)));
        return Cast(y, precision).MoveToOuterDisposeScope();
    }

    /// <summary>SiLU of a group norm, then dropout; the mask comes from torch's generator, seeded each training step.</summary>
    public static Tensor GroupNormSiluDropout(GroupNorm norm, Tensor x, double dropout, bool training, Precision precision)
    {
        if (!training || dropout == 0)
        {
            return GroupNormSilu(norm, x, precision);
        }
        using var scope = NewDisposeScope();
        return F.dropout(GroupNormSilu(norm, x, precision), dropout, training).MoveToOuterDisposeScope();
    }

    /// <summary>Attention of q over k and v: [B, L, D] each. Products in the operands' type, softmax in float32.</summary>
    public static Tensor Attention(Tensor q, Tensor k, Tensor v)
    {
        using var scope = NewDisposeScope();
        var scale = Math.Pow(q.shape[2], -0.5);
        var weights = Float(bmm(q, k.transpose(1, 2)) * scale).softmax(-1).to(v.dtype); // [B, L, L]
        return bmm(weights, v).MoveToOuterDisposeScope();                                // [B, L, D]
    }

    private static Tensor Float(Tensor x) => x.dtype == ScalarType.Float32 ? x : x.to(ScalarType.Float32);

    private static Tensor Cast(Tensor x, Precision precision) => precision == Precision.Bf16 ? x.to(ScalarType.BFloat16) : x;
}
