using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Gan.Networks;

/// <summary>
/// Separable filters with up- and downsampling, written as one small matrix for each axis: products of matrices are faster on a processor
/// than short depthwise convolutions, and gradients of gradients pass. What lies outside a signal counts as 0.
/// </summary>
internal static class Filters
{
    /// <summary>[1, 3, 3, 1] / 8 of StyleGAN2.</summary>
    public static IReadOnlyList<double> Binomial { get; } = [1 / 8.0, 3 / 8.0, 3 / 8.0, 1 / 8.0];

    /// <summary>
    /// y[i] = gain Σ_k taps[k] x[(down i + k - before) / up], where the fraction is whole and inside; as upfirdn with the taps reversed.
    /// </summary>
    /// <param name="taps">The filter.</param>
    /// <param name="input">Length of the signal.</param>
    /// <param name="output">Length of the result.</param>
    /// <param name="before">Taps that lie before the first sample.</param>
    /// <param name="up">Zeros are put in, so that the signal is so many times longer.</param>
    /// <param name="down">Every so many-th result is kept.</param>
    /// <param name="gain">Factor.</param>
    /// <returns>Row-major [output, input].</returns>
    public static float[,] Matrix(IReadOnlyList<double> taps, int input, int output, int before, int up = 1, int down = 1, double gain = 1)
    {
        var matrix = new float[output, input];
        for (var i = 0; i < output; i++)
        {
            for (var k = 0; k < taps.Count; k++)
            {
                var place = down * i + k - before;
                if (place >= 0 && place % up == 0 && place / up < input)
                {
                    matrix[i, place / up] += (float)(gain * taps[k]);
                }
            }
        }
        return matrix;
    }

    /// <summary>Twice as long by a filter of even length, of the same mean.</summary>
    public static float[,] Up(IReadOnlyList<double> taps, int input) => Matrix(taps, input, 2 * input, taps.Count / 2, up: 2, gain: 2);

    /// <summary>Half as long by a filter of even length.</summary>
    public static float[,] Down(IReadOnlyList<double> taps, int input)
        => Matrix(taps, input, input / 2, (taps.Count - 1) / 2, down: 2);

    /// <summary>The matrix as a tensor on a device.</summary>
    public static Tensor ToTensor(float[,] matrix, Device device) => tensor(matrix, device: device);

    /// <summary>The matrices along rows and columns: [N, C, H, W] to [N, C, H', W'].</summary>
    /// <param name="x">Maps.</param>
    /// <param name="vertical">[H', H].</param>
    /// <param name="horizontal">[W', W].</param>
    public static Tensor Apply(Tensor x, Tensor vertical, Tensor horizontal)
    {
        using var scope = NewDisposeScope();
        return vertical.matmul(x.matmul(horizontal.t())).MoveToOuterDisposeScope();
    }
}
