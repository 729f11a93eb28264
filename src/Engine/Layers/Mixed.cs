using Odm.Engine.Runtime;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Odm.Engine.Layers;

/// <summary>
/// Products whose operands take the chosen number format; master weights and their gradients stay float32. TorchSharp has no autocast, so
/// the casts are written out. Under <see cref="Precision.Bf16"/> the result is handed on as bfloat16.
/// </summary>
public static class Mixed
{
    /// <summary>The convolution of [N, C, H, W], with its strides, padding, dilation and groups.</summary>
    public static Tensor Convolution(Conv2d conv, Tensor x, Precision precision)
    {
        ArgumentNullException.ThrowIfNull(conv);
        if (precision == Precision.Fp32)
        {
            return conv.call(x);
        }
        using var scope = NewDisposeScope();
        var bias = conv.bias is null ? null : Half(conv.bias);
        return F.conv2d(Half(x), Half(conv.weight), bias, conv.stride, conv.padding, conv.dilation, conv.groups).MoveToOuterDisposeScope();
    }

    /// <summary>The linear layer of [..., I].</summary>
    public static Tensor Linear(Linear linear, Tensor x, Precision precision)
    {
        ArgumentNullException.ThrowIfNull(linear);
        if (precision == Precision.Fp32)
        {
            return linear.call(x);
        }
        using var scope = NewDisposeScope();
        var bias = linear.bias is null ? null : Half(linear.bias);
        return F.linear(Half(x), Half(linear.weight), bias).MoveToOuterDisposeScope();
    }

    private static Tensor Half(Tensor x) => x.to(ScalarType.BFloat16);
}
