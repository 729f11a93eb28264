using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Gan.Losses;

/// <summary>Penalties on gradients of networks. Each is a scalar that can be taken back through once more.</summary>
internal static class GradientPenalties
{
    /// <summary>R1: half of E ‖∇D(x)‖² over real images, to be weighted by γ (Mescheder et al. 2018, equation 9).</summary>
    /// <param name="logits">The discriminator's answer to the images, any shape [N, ...].</param>
    /// <param name="images">The real images [N, C, H, W], which require a gradient.</param>
    public static Tensor R1(Tensor logits, Tensor images)
    {
        using var scope = NewDisposeScope();
        var gradient = autograd.grad([logits.sum()], [images], retain_graph: true, create_graph: true)[0];
        return (gradient.square().sum([1L, 2, 3]).mean() * Number.Of(.5)).MoveToOuterDisposeScope();
    }

    /// <summary>E (‖∇D(x̂)‖ - 1)², to be weighted by λ (Gulrajani et al. 2017, equation 3).</summary>
    /// <param name="logits">The discriminator's answer to the images, any shape [N, ...].</param>
    /// <param name="images">Images between real and generated ones (<see cref="Between"/>), which require a gradient.</param>
    public static Tensor UnitNorm(Tensor logits, Tensor images)
    {
        using var scope = NewDisposeScope();
        var gradient = autograd.grad([logits.sum()], [images], retain_graph: true, create_graph: true)[0];
        var norm = (gradient.square().sum([1L, 2, 3]) + Number.Of(1e-16)).sqrt(); // finite where the gradient is zero
        return (norm - Number.Of(1)).square().mean().MoveToOuterDisposeScope();
    }

    /// <summary>x̂ = u x + (1 - u) G(z), u uniform in [0, 1) for each image; requires a gradient.</summary>
    public static Tensor Between(Tensor real, Tensor fake, ulong seed)
    {
        using var scope = NewDisposeScope();
        var rng = new Rng(seed);
        var shares = tensor(Enumerable.Range(0, (int)real.shape[0]).Select(_ => (float)rng.NextDouble()).ToArray(), device: real.device)
            .reshape(-1, 1, 1, 1);
        return (fake + shares * (real - fake)).detach().requires_grad_(true).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Path lengths ‖Jᵀy‖ of images, y normal noise times 1/√(H W) (Karras et al. 2020, "Analyzing and improving", equation 4 and
    /// appendix B): one for each image, [N]. Where a layer has a style of its own, the squared lengths are averaged over the layers.
    /// </summary>
    /// <param name="images">Generated images [N, C, H, W].</param>
    /// <param name="styles">What they were made from, [N, layers, width], requiring a gradient.</param>
    /// <param name="noise">Standard normal, the shape of the images.</param>
    public static Tensor PathLengths(Tensor images, Tensor styles, Tensor noise)
    {
        using var scope = NewDisposeScope();
        var scaled = noise * Number.Of(1 / Math.Sqrt(images.shape[2] * images.shape[3]));
        var gradient = autograd.grad([(images * scaled).sum()], [styles], retain_graph: true, create_graph: true)[0];
        return gradient.square().sum([2L]).mean([1L]).sqrt().MoveToOuterDisposeScope();
    }
}
