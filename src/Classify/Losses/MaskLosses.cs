using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Odm.Classify.Losses;

/// <summary>Losses of two-class logits [N, 2, H, W] (background, lesion) against masks [N, 1, H, W] of 0 and 1; float scalars.</summary>
internal static class MaskLosses
{
    /// <summary>What a recipe names.</summary>
    public static Tensor Of(MaskLoss loss, Tensor logits, Tensor masks)
    {
        using var scope = NewDisposeScope();
        return (loss switch
        {
            MaskLoss.Dice => Dice(logits, masks),
            MaskLoss.DiceBce => Dice(logits, masks) + Bce(logits, masks),
            _ => throw new ArgumentException($"no loss of masks is called {loss}", nameof(loss)),
        }).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// 1 - (2 I + 1) / (P + T + 1) over the whole batch, of the lesion's softmax probability: segmentation_models.pytorch's
    /// <c>utils.losses.DiceLoss</c> with
    /// <c>eps=1, ignore_channels=[0]</c>.
    /// </summary>
    public static Tensor Dice(Tensor logits, Tensor masks)
    {
        using var scope = NewDisposeScope();
        var p = logits.softmax(1).narrow(1, 1, 1); // [N, 1, H, W]
        return (1 - (2 * (p * masks).sum() + 1) / (p.sum() + masks.sum() + 1)).MoveToOuterDisposeScope();
    }

    /// <summary>Binary cross entropy a pixel; the softmax of two classes is the sigmoid of the logits' difference.</summary>
    public static Tensor Bce(Tensor logits, Tensor masks)
    {
        using var scope = NewDisposeScope();
        return F.binary_cross_entropy_with_logits(logits.narrow(1, 1, 1) - logits.narrow(1, 0, 1), masks).MoveToOuterDisposeScope();
    }
}
