using Odm.Augment.Gan.Losses;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Odm.Augment.Gan.SinGan;

/// <summary>What a scale's networks minimise: WGAN-GP on patches, and the image made again (Shaham et al. 2019, section 3.2).</summary>
internal static class SinGanLosses
{
    /// <summary>
    /// The gradient penalty of a discriminator that judges patches: the mean over pixels of (‖∇_p Σ D‖ - 1)², the norm over the channels
    /// of pixel p. Each patch is a sample, and a pixel lies in 11 x 11 of them; the norm over the whole image, of WGAN-GP's equation 3,
    /// would let the discriminator grow steeper with the image's size.
    /// </summary>
    /// <param name="logits">The discriminator's map, [N, 1, H', W'].</param>
    /// <param name="images">What it judged, [N, C, H, W], requiring a gradient.</param>
    public static Tensor PixelPenalty(Tensor logits, Tensor images)
    {
        using var scope = NewDisposeScope();
        var gradient = autograd.grad([logits.sum()], [images], retain_graph: true, create_graph: true)[0];
        var norm = (gradient.square().sum([1L]) + Number.Of(1e-16)).sqrt(); // finite where the gradient is zero
        return (norm - Number.Of(1)).square().mean().MoveToOuterDisposeScope();
    }

    /// <summary>The discriminator's loss without the penalty: E D(fake) - E D(real), the mean over the map's patches.</summary>
    public static Tensor Discriminator(Tensor onReal, Tensor onFake)
    {
        using var scope = NewDisposeScope();
        return (AdversarialLosses.Real(AdversarialLoss.WganGp, onReal) + AdversarialLosses.Fake(AdversarialLoss.WganGp, onFake))
            .MoveToOuterDisposeScope();
    }

    /// <summary>The generator's: -E D(fake) + α ‖G(z*) - x‖², the mean over pixels and channels.</summary>
    /// <param name="onFake">The discriminator's map of a drawn image.</param>
    /// <param name="again">The image made again.</param>
    /// <param name="real">The image.</param>
    /// <param name="weight">α.</param>
    public static (Tensor Loss, Tensor Reconstruction) Generator(Tensor onFake, Tensor again, Tensor real, double weight)
    {
        using var scope = NewDisposeScope();
        var reconstruction = F.mse_loss(again, real);
        var loss = AdversarialLosses.Generator(AdversarialLoss.WganGp, onFake) + reconstruction * Number.Of(weight);
        return (loss.MoveToOuterDisposeScope(), reconstruction.MoveToOuterDisposeScope());
    }

    /// <summary>
    /// Amplitude of a scale's noise: 1 at the coarsest, else a share of the root mean square difference between the image and what the
    /// scales below make of it (Shaham et al. 2019, section 3.2).
    /// </summary>
    /// <param name="scale">The scale, 0 the coarsest.</param>
    /// <param name="below">The image made again by the scales below, in this scale's size.</param>
    /// <param name="real">The image in this scale's size.</param>
    /// <param name="share">The share.</param>
    public static double Amplitude(int scale, Tensor below, Tensor real, double share)
    {
        using var off = no_grad();
        using var scope = NewDisposeScope();
        return scale == 0 ? 1 : share * Math.Sqrt((below - real).to(ScalarType.Float64).square().mean().item<double>());
    }
}
