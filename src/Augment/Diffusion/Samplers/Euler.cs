using Odm.Augment.Diffusion.Process;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Diffusion.Samplers;

/// <summary>
/// Euler's method on the probability flow in the variance-exploding variables x̄ = x / √ᾱ and σ = √((1 - ᾱ) / ᾱ) (Karras et al. 2022,
/// arXiv 2206.00364). It is DDIM at η = 0 (Song et al. 2021, equation 14), here as the first order of <see cref="Heun"/>.
/// </summary>
internal static class Euler
{
    /// <summary>The slope of the flow, dx̄/dσ = (x̄ - x̂_0) / σ (algorithm 1, line 4): the noise ε that the clean image implies.</summary>
    public static Tensor Slope(NoiseSchedule schedule, Tensor x, Tensor clean, int t)
    {
        using var scope = NewDisposeScope();
        return ((x / Math.Sqrt(schedule.AlphaBar(t)) - clean) / schedule.Sigma(t)).MoveToOuterDisposeScope();
    }

    /// <summary>x̄' = x̄ + (σ' - σ) d = x̂_0 + σ' d (algorithm 1, line 5), as x at the next time; at -1 that is x̂_0.</summary>
    public static Tensor Step(NoiseSchedule schedule, Tensor x, Tensor clean, int t, int next)
    {
        using var scope = NewDisposeScope();
        return (Math.Sqrt(schedule.AlphaBar(next)) * (clean + schedule.Sigma(next) * Slope(schedule, x, clean, t)))
            .MoveToOuterDisposeScope();
    }

    /// <summary>From noise to images in [-1, 1] (where clipped), [N, C, H, W]; an evaluation a step.</summary>
    /// <param name="denoise">The network with its condition bound.</param>
    /// <param name="schedule">The schedule it was trained on.</param>
    /// <param name="start">Standard normal noise, [N, C, H, W].</param>
    /// <param name="times">As <see cref="SamplingTimes"/> has them.</param>
    /// <param name="clip">Keep the implied clean image within [-1, 1].</param>
    /// <param name="cancel">Looked at before every step.</param>
    public static Tensor Sample(Denoise denoise, NoiseSchedule schedule, Tensor start, IReadOnlyList<int> times, bool clip,
        CancellationToken cancel) =>
        Walk.Down(start, times, cancel, (x, t, i) =>
            Step(schedule, x, Parameterization.Clean(schedule, denoise(x, t), x, times[i], clip), times[i], times[i + 1]));
}
