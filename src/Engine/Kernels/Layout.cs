using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Engine.Kernels;

/// <summary>
/// Channels-last order: [N, C, H, W] that lies in memory as [N, H, W, C]. oneDNN convolves it without reordering the activations, and the
/// fused steps read whole pixels. Convolutions, sums, concatenations and resizing hand it on.
/// </summary>
public static class Layout
{
    /// <summary>
    /// The same numbers in channels-last order, differentiable; <paramref name="x"/> itself where it is in that order already, and on other
    /// devices.
    /// </summary>
    public static Tensor ChannelsLast(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (!Fusion.Enabled || x.device_type != DeviceType.CPU || IsChannelsLast(x))
        {
            return x;
        }
        using var scope = NewDisposeScope();
        return x.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }

    /// <summary>Whether [N, C, H, W] lies in memory as [N, H, W, C].</summary>
    internal static bool IsChannelsLast(Tensor x)
    {
        var (s, t) = (x.shape, x.stride());
        return (s[1] == 1 || t[1] == 1) && (s[3] == 1 || t[3] == s[1]) && (s[2] == 1 || t[2] == s[1] * s[3])
            && (s[0] == 1 || t[0] == s[1] * s[2] * s[3]);
    }

    /// <summary>An uninitialised tensor of that order.</summary>
    internal static Tensor Empty(long[] s, ScalarType type) => empty_strided(s, [s[1] * s[2] * s[3], 1, s[1] * s[3], s[1]], dtype: type);
}

/// <summary>Addresses of tensors in main memory.</summary>
internal static unsafe class Memory
{
    /// <summary>
    /// The first number of a tensor that is contiguous, or [N, C, H, W] in channels-last order. Valid while the tensor lives.
    /// </summary>
    public static byte* Of(Tensor x)
    {
        if (x.is_contiguous())
        {
            return Address(x);
        }
        using var flat = x.permute(0, 2, 3, 1);
        return Address(flat);
    }

    private static byte* Address(Tensor x)
    {
        fixed (byte* first = x.bytes)
        {
            return first; // native memory: nothing moves it
        }
    }
}
