using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Odm.Engine.Layers;

/// <summary>Layers whose constructors TorchSharp 0.107 leaves with a flaw.</summary>
public static class Layers
{
    /// <summary>Group norm with weight 1 and bias 0; TorchSharp 0.104 to 0.107 leave both uninitialised.</summary>
    public static GroupNorm Norm(int groups, int channels)
    {
        var norm = GroupNorm(groups, channels);
        using var aliases = NewDisposeScope(); // init hands back a second name of each weight
        init.ones_(norm.weight!);
        init.zeros_(norm.bias!);
        return norm;
    }

    /// <summary>A convolution with a square kernel; TorchSharp's constructor leaves a tensor behind, which this one frees.</summary>
    public static Conv2d Conv(long input, long output, long kernel, long stride = 1, long padding = 0, long groups = 1, bool bias = true)
    {
        using var scope = NewDisposeScope(); // the parameters outlive it
        return Conv2d(input, output, kernel, stride: stride, padding: padding, groups: groups, bias: bias);
    }

    /// <summary>As the other one, with a kernel, strides and padding of height and width, and without a bias.</summary>
    public static Conv2d Conv(long input, long output, (long, long) kernel, (long, long) stride, (long, long) padding)
    {
        using var scope = NewDisposeScope();
        return Conv2d(input, output, kernel, stride: stride, padding: padding, bias: false);
    }
}
