using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Odm.Augment.Gan.Losses;

/// <summary>What discriminator and generator minimise.</summary>
public enum AdversarialLoss
{
    /// <summary>Cross entropy; the generator raises the discriminator's odds (Goodfellow et al. 2014, section 3).</summary>
    NonSaturating,

    /// <summary>Hinge of margin 1 (Lim and Ye 2017; Miyato et al. 2018, equations 16 and 17).</summary>
    Hinge,

    /// <summary>Wasserstein distance; wants the gradient penalty (Gulrajani et al. 2017, equation 3).</summary>
    WganGp,

    /// <summary>Squares, 0 for generated and 1 for real images (Mao et al. 2017, equation 9).</summary>
    LeastSquares,
}

/// <summary>The losses as functions of logits of any shape; each is a scalar, the mean over all of them.</summary>
internal static class AdversarialLosses
{
    /// <summary>The discriminator's loss of real images.</summary>
    public static Tensor Real(AdversarialLoss loss, Tensor logits)
    {
        using var scope = NewDisposeScope();
        return (loss switch
        {
            AdversarialLoss.NonSaturating => F.softplus(-logits),
            AdversarialLoss.Hinge => F.relu(Number.Of(1) - logits),
            AdversarialLoss.WganGp => -logits,
            AdversarialLoss.LeastSquares => (logits - Number.Of(1)).square() * Number.Of(.5),
            _ => throw new ArgumentOutOfRangeException(nameof(loss), loss, "no such loss"),
        }).mean().MoveToOuterDisposeScope();
    }

    /// <summary>The discriminator's loss of generated images.</summary>
    public static Tensor Fake(AdversarialLoss loss, Tensor logits)
    {
        using var scope = NewDisposeScope();
        return (loss switch
        {
            AdversarialLoss.NonSaturating => F.softplus(logits),
            AdversarialLoss.Hinge => F.relu(Number.Of(1) + logits),
            AdversarialLoss.WganGp => logits.alias(),
            AdversarialLoss.LeastSquares => logits.square() * Number.Of(.5),
            _ => throw new ArgumentOutOfRangeException(nameof(loss), loss, "no such loss"),
        }).mean().MoveToOuterDisposeScope();
    }

    /// <summary>The generator's loss.</summary>
    public static Tensor Generator(AdversarialLoss loss, Tensor logits)
    {
        using var scope = NewDisposeScope();
        return (loss switch
        {
            AdversarialLoss.NonSaturating => F.softplus(-logits),
            AdversarialLoss.Hinge or AdversarialLoss.WganGp => -logits,
            AdversarialLoss.LeastSquares => (logits - Number.Of(1)).square() * Number.Of(.5),
            _ => throw new ArgumentOutOfRangeException(nameof(loss), loss, "no such loss"),
        }).mean().MoveToOuterDisposeScope();
    }
}
