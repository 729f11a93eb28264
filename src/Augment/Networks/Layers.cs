using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Odm.Augment;

/// <summary>Layers whose constructors TorchSharp 0.107 leaves with a flaw.</summary>
internal static class Layers
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

    /// <summary>A convolution; TorchSharp's constructor leaves a tensor behind, which this one frees.</summary>
    public static Conv2d Conv(long input, long output, long kernel, long stride = 1, long padding = 0)
    {
        using var scope = NewDisposeScope(); // the parameters outlive it
        return Conv2d(input, output, kernel, stride: stride, padding: padding);
    }
}
