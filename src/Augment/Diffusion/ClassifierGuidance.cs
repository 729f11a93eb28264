using Odm.Augment.Diffusion.Process;
using Odm.Augment.Diffusion.Samplers;
using Odm.Augment.Generators;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Diffusion;

/// <summary>
/// Guidance by the gradient of a classifier that has learned on clean images (Li et al. 2024, equation 4; Dhariwal and Nichol 2021,
/// algorithm 2), over any denoiser: one with its class bound and guided already, or one that knows no classes.
/// </summary>
internal static class ClassifierGuidance
{
    /// <summary>The noise less the scaled gradient: ε - √(1 - ᾱ_t) s ∇_{x_t} log p(y | ·), or without the root as printed.</summary>
    /// <param name="denoise">The denoiser.</param>
    /// <param name="schedule">The schedule it was trained on.</param>
    /// <param name="guide">Classifier, scale, what it sees.</param>
    /// <param name="labels">The classes asked for, int64 [N].</param>
    public static Denoise Guided(Denoise denoise, NoiseSchedule schedule, ClassifierGuide guide, Tensor labels) =>
        guide.Scale == 0 ? denoise : (x, t) =>
        {
            using var scope = NewDisposeScope();
            var (eps, gradient) = Gradient(denoise, schedule, guide, labels, x, t);
            var step = guide.Form == GuidanceForm.Printed ? gradient : schedule.Noise(t) * gradient;
            return (eps - Number.Of(guide.Scale) * step).MoveToOuterDisposeScope();
        };

    /// <summary>
    /// The denoiser's noise and ∇_{x_t} log p of what the classifier sees; neither is differentiable. With
    /// <see cref="GuidanceOn.Clean"/> the chain rule's ∂x̂_0/∂x_t is taken as √ᾱ_t, what it is where the data are standard normal (the
    /// choice r² = 1 - ᾱ of Song et al. 2023, ΠGDM); with <see cref="GuidanceOn.CleanThrough"/> it is the generator's own.
    /// </summary>
    internal static (Tensor Eps, Tensor Gradient) Gradient(Denoise denoise, NoiseSchedule schedule, ClassifierGuide guide, Tensor labels,
        Tensor x, Tensor t)
    {
        using var scope = NewDisposeScope();
        Tensor eps, gradient;
        if (guide.On == GuidanceOn.CleanThrough)
        {
            using var on = enable_grad();
            var leaf = x.detach().clone().requires_grad_();
            var differentiable = denoise(leaf, t);
            gradient = Of(Parameterization.Clean(schedule, differentiable, leaf, t), leaf);
            eps = differentiable.detach();
        }
        else
        {
            using (no_grad())
            {
                eps = denoise(x, t);
            }
            using var on = enable_grad();
            var seen = guide.On == GuidanceOn.Noisy ? x : Parameterization.Clean(schedule, eps.detach(), x, t);
            var leaf = seen.detach().clone().requires_grad_();
            gradient = guide.On == GuidanceOn.Noisy ? Of(leaf, leaf) : schedule.Signal(t) * Of(leaf, leaf);
        }
        return (eps.MoveToOuterDisposeScope(), gradient.detach().MoveToOuterDisposeScope());

        // the images of a batch have nothing to do with each other, so one sum gives the gradient of each
        Tensor Of(Tensor images, Tensor leaf) => autograd.grad([guide.Classifier(images, labels).sum()], [leaf])[0];
    }
}
