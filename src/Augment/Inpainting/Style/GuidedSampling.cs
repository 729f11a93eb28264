using Odm.Augment.Diffusion.Process;
using Odm.Augment.Diffusion.Samplers;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Inpainting.Style;

/// <summary>What the losses of a guided step see.</summary>
/// <param name="Clean">The clean images that the network implies, x̂_0, [N, C + 1, H, W], differentiable.</param>
/// <param name="Mixed">x̂_0 √(1 - ᾱ_t) + x_t (1 - √(1 - ᾱ_t)), as DiffuseIT and ZeCon have it: where little noise is left, x_t
/// itself.</param>
/// <param name="Step">t in the shortened schedule.</param>
internal sealed record GuidedStep(Tensor Clean, Tensor Mixed, int Step);

/// <summary>
/// Ancestral steps under the gradient of a loss (Dhariwal and Nichol 2021, algorithm 1; Kwon and Ye 2023; Yang et al. 2023).
/// </summary>
internal static class GuidedSampling
{
    /// <summary>
    /// Noises images to the first step and runs the diffusion from there, the mean of each step but the last moved by -σ² ∇_x loss. The
    /// last channel, the mask, is given: at every step it is what noising makes of it, so the network sees it and nothing moves it.
    /// </summary>
    /// <param name="network">The network with its condition bound.</param>
    /// <param name="schedule">The shortened schedule.</param>
    /// <param name="times">The time of the network's own schedule at each step.</param>
    /// <param name="first">The first step, below the schedule's.</param>
    /// <param name="images">[N, C + 1, H, W] in [-1, 1].</param>
    /// <param name="noise">The images' noise at steps <paramref name="first"/> + 1 (the start) to 1, by purpose.</param>
    /// <param name="loss">A scalar of what a step implies.</param>
    /// <param name="clip">Keep x̂_0 within [-1, 1] in the mean.</param>
    /// <param name="cancel">Looked at before every step.</param>
    /// <returns>The last x̂_0 within [-1, 1], the mask channel as it came in.</returns>
    public static Tensor Sample(ImpliedClean network, NoiseSchedule schedule, IReadOnlyList<int> times, int first, Tensor images,
        Func<int, string, Tensor> noise, Func<GuidedStep, Tensor> loss, bool clip, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(schedule);
        ArgumentNullException.ThrowIfNull(times);
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(noise);
        using var off = no_grad();
        using var scope = NewDisposeScope();
        var mask = images[.., ^1..];
        var x = RePaint.Known(schedule, images, first, noise(first + 1, "style start"));
        for (var step = first; step > 0; step--)
        {
            cancel.ThrowIfCancellationRequested();
            using var inner = NewDisposeScope();
            var (old, t) = (x, At(step));
            var (clean, range, gradient) = Gradient(network, schedule, loss, old, t, step);
            var variance = range is null ? full(1, Number.Of(schedule.PosteriorVariance(step)), device: old.device)
                : LearnedVariance.Log(schedule, range, full_like(t, Number.Of(step))).exp();
            var mean = Ddpm.Mean(schedule, old, clip ? clean.clamp(Number.Of(-1), Number.Of(1)) : clean, step) - variance * gradient;
            var next = mean + variance.sqrt() * noise(step, "style step");
            x = cat([next[.., ..^1], RePaint.Known(schedule, mask, step - 1, noise(step, "style mask")[.., ^1..])], 1)
                .MoveToOuterDisposeScope();
            old.Dispose();
        }
        cancel.ThrowIfCancellationRequested();
        var (last, _) = network(x, At(0));
        return cat([last[.., ..^1].clamp(Number.Of(-1), Number.Of(1)), mask], 1).MoveToOuterDisposeScope();

        Tensor At(int step) => full(images.shape[0], Number.Of(times[step]), dtype: ScalarType.Int64, device: images.device);
    }

    /// <summary>
    /// x̂_0 and the range of variances at x, and the gradient of the loss with respect to x through the network; none of them
    /// differentiable.
    /// </summary>
    internal static (Tensor Clean, Tensor? Range, Tensor Gradient) Gradient(ImpliedClean network, NoiseSchedule schedule,
        Func<GuidedStep, Tensor> loss, Tensor x, Tensor t, int step)
    {
        using var scope = NewDisposeScope();
        using var on = enable_grad();
        var leaf = x.detach().clone().requires_grad_();
        var (clean, range) = network(leaf, t);
        var share = Math.Sqrt(1 - schedule.AlphaBar(step));
        var total = loss(new(clean, share * clean + (1 - share) * leaf, step));
        var gradient = autograd.grad([total], [leaf])[0];
        return (clean.detach().MoveToOuterDisposeScope(), range?.detach().MoveToOuterDisposeScope(), gradient.MoveToOuterDisposeScope());
    }
}
