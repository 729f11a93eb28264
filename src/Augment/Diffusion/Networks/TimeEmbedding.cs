using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Diffusion.Networks;

/// <summary>
/// Sinusoidal embedding of the diffusion time (Vaswani et al. 2017, section 3.5, with Ho et al.'s spacing of frequencies).
/// </summary>
internal static class TimeEmbedding
{
    /// <summary>[N] int64 times -> [N, dimension] float32: sines, then cosines, of t / 10000^(i / (dimension / 2 - 1)).</summary>
    public static Tensor Sinusoidal(Tensor t, int dimension)
    {
        var half = dimension / 2;
        var frequencies = new float[half];
        for (var i = 0; i < half; i++)
        {
            frequencies[i] = (float)Math.Exp(-Math.Log(10000) * i / Math.Max(1, half - 1));
        }
        using var scope = NewDisposeScope();
        var row = tensor(frequencies, 1, half, device: t.device);
        var angles = t.to(ScalarType.Float32).unsqueeze(1) * row; // [N, half]
        return cat([angles.sin(), angles.cos()], 1).MoveToOuterDisposeScope();
    }
}
