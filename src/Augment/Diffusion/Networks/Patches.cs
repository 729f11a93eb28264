using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Diffusion.Networks;

/// <summary>
/// Space to depth and back, in the channel order of PyTorch's <c>pixel_unshuffle</c>: channel, row in patch, column in patch.
/// </summary>
internal static class Patches
{
    /// <summary>[N, C, H, W] -> [N, C p p, H / p, W / p].</summary>
    public static Tensor Fold(Tensor x, int p)
    {
        using var scope = NewDisposeScope();
        var (n, c, h, w) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3]);
        return x.reshape(n, c, h / p, p, w / p, p).permute(0, 1, 3, 5, 2, 4)
            .reshape(n, c * p * p, h / p, w / p).MoveToOuterDisposeScope();
    }

    /// <summary>[N, C p p, H, W] -> [N, C, H p, W p].</summary>
    public static Tensor Unfold(Tensor x, int p)
    {
        using var scope = NewDisposeScope();
        var (n, c, h, w) = (x.shape[0], x.shape[1] / (p * p), x.shape[2], x.shape[3]);
        return x.reshape(n, c, p, p, h, w).permute(0, 1, 4, 2, 5, 3)
            .reshape(n, c, h * p, w * p).MoveToOuterDisposeScope();
    }
}
