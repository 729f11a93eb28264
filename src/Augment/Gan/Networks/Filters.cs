using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Gan.Networks;

/// <summary>Linear maps of rows and columns.</summary>
internal static class Filters
{
    /// <summary>The matrices along rows and columns: [N, C, H, W] to [N, C, H', W'].</summary>
    /// <param name="x">Maps.</param>
    /// <param name="vertical">Row-major [H', H].</param>
    /// <param name="horizontal">Row-major [W', W].</param>
    public static Tensor Apply(Tensor x, float[,] vertical, float[,] horizontal)
    {
        using var scope = NewDisposeScope();
        var (rows, columns) = (Of(vertical), Of(horizontal));
        return rows.matmul(x.matmul(columns.t())).MoveToOuterDisposeScope();

        Tensor Of(float[,] matrix) => Aligned.Of([.. matrix.Cast<float>()], [matrix.GetLength(0), matrix.GetLength(1)], x.device);
    }
}
