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
        var (rows, columns) = (tensor(vertical, device: x.device), tensor(horizontal, device: x.device));
        return rows.matmul(x.matmul(columns.t())).MoveToOuterDisposeScope();
    }
}
