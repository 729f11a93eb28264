using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Odm.Augment.Gan.Networks;

/// <summary>How StyleGAN2's filter resamples maps. Outside them is 0.</summary>
internal enum Resampling
{
    /// <summary>n to 2 n, of the same mean.</summary>
    Double,

    /// <summary>n to n / 2.</summary>
    Halve,

    /// <summary>2 n + 1, as a transposed convolution of 3 x 3 with stride 2 gives them, to 2 n; gain 4.</summary>
    AfterDoubling,

    /// <summary>n to n + 1, which a convolution of 3 x 3 with stride 2 halves.</summary>
    BeforeHalving,
}

/// <summary>
/// The separable filter [1, 3, 3, 1] of StyleGAN2 (Karras et al. 2020, "Analyzing and improving"; Zhang 2019) on every channel, as a
/// depthwise convolution: on a processor faster than a matrix for each axis (docs/gans.md). No weight: no checkpoint holds it.
/// </summary>
/// <param name="kind">How it resamples.</param>
internal sealed class FixedFilter(Resampling kind) : IDisposable
{
    private static readonly double[] Taps = [1 / 8.0, 3 / 8.0, 3 / 8.0, 1 / 8.0];
    private Tensor? held;

    /// <summary>[N, C, H, W] to [N, C, H', W'].</summary>
    public Tensor Apply(Tensor x)
    {
        if (held is null || held.device.ToString() != x.device.ToString())
        {
            held?.Dispose();
            held = Kernel(kind is Resampling.Double or Resampling.AfterDoubling ? 4 : 1, x.device).DetachFromDisposeScope();
        }
        using var scope = NewDisposeScope();
        var channels = x.shape[1];
        var kernel = held.expand(channels, 1, Taps.Length, Taps.Length);
        return (kind switch
        {
            Resampling.Double => F.conv_transpose2d(x, kernel, null, [2, 2], [1, 1], groups: channels),
            Resampling.Halve => F.conv2d(x, kernel, null, [2, 2], [1, 1], groups: channels),
            Resampling.AfterDoubling => F.conv2d(x, kernel, null, [1, 1], [1, 1], groups: channels),
            _ => F.conv2d(x, kernel, null, [1, 1], [2, 2], groups: channels),
        }).MoveToOuterDisposeScope();
    }

    public void Dispose() => held?.Dispose();

    private static Tensor Kernel(double gain, Device device)
    {
        var values = Taps.SelectMany(a => Taps.Select(b => (float)(gain * a * b))).ToArray();
        return Aligned.Of(values, [1, 1, Taps.Length, Taps.Length], device);
    }
}
