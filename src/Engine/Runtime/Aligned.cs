using static TorchSharp.torch;

namespace Odm.Engine.Runtime;

/// <summary>
/// Tensors in memory of libtorch's own. <c>torch.tensor</c> of an array borrows the array, which lies wherever the collector put it, and
/// the last bits of a matrix product depend on how its operands are aligned: the same numbers would give other bits in the next run.
/// What enters a matrix product or a convolution as it is, is made here.
/// </summary>
public static class Aligned
{
    /// <summary>A copy of values, in row-major order.</summary>
    /// <param name="values">As many as the shape holds.</param>
    /// <param name="shape">Any shape.</param>
    /// <param name="device">Where they are needed.</param>
    public static Tensor Of(float[] values, ReadOnlySpan<long> shape, Device device)
    {
        using var lent = tensor(values, shape, device: device);
        return lent.clone();
    }

    /// <inheritdoc cref="Of(float[], ReadOnlySpan{long}, Device)"/>
    public static Tensor Of(double[] values, ReadOnlySpan<long> shape, Device device)
    {
        using var lent = tensor(values, shape, device: device);
        return lent.clone();
    }
}
