using Odm.Data;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Odm.Classify;

/// <summary>The one place where a classifier's products choose their number format; norms, pooling, softmax and loss stay float32.</summary>
internal static class Mixed
{
    /// <summary>Convolution with operands in the given precision; weights and their gradients stay float32.</summary>
    public static Tensor Convolution(Conv2d conv, Tensor x, Precision precision)
    {
        if (precision == Precision.Fp32)
        {
            return conv.call(x);
        }
        using var scope = NewDisposeScope();
        var bias = conv.bias is null ? null : conv.bias.to(ScalarType.BFloat16);
        return F.conv2d(x.to(ScalarType.BFloat16), conv.weight.to(ScalarType.BFloat16), bias, conv.stride, conv.padding)
            .to(ScalarType.Float32).MoveToOuterDisposeScope();
    }
}
