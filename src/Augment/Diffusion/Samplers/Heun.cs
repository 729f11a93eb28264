using Odm.Augment.Diffusion.Process;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Diffusion.Samplers;

/// <summary>
/// Heun's method of second order on the probability flow, in the variance-exploding variables x̄ = x / √ᾱ and σ = √((1 - ᾱ) / ᾱ)
/// (Karras et al. 2022, arXiv 2206.00364, algorithm 1 with σ(t) = t and s(t) = 1, without churn).
/// </summary>
/// <remarks>
/// Its error in a step from σ to σ' is about σ / (4 σ'³) of σ' where both are large, so the first steps must be short. The uniform times of
/// a cosine schedule, whose σ ends at 20,000, are too far apart there; Karras' spacing with twenty steps or more is not.
/// </remarks>
internal static class Heun
{
    /// <summary>
    /// x̄' = x̄ + (σ' - σ) (d + d') / 2 with the slopes d at x̄ and d' where Euler's step ends (lines 4 to 8); to σ' = 0 Euler's step
    /// alone.
    /// </summary>
    public static Tensor Step(Denoise denoise, NoiseSchedule schedule, Tensor x, int t, int next, bool clip)
    {
        using var scope = NewDisposeScope();
        var clean = Parameterization.Clean(schedule, denoise(x, Walk.At(x, t)), x, t, clip);
        var end = Euler.Step(schedule, x, clean, t, next);
        if (next < 0)
        {
            return end.MoveToOuterDisposeScope();
        }
        var cleanThere = Parameterization.Clean(schedule, denoise(end, Walk.At(end, next)), end, next, clip);
        var slope = (Euler.Slope(schedule, x, clean, t) + Euler.Slope(schedule, end, cleanThere, next)) / 2;
        var exploding = x / Math.Sqrt(schedule.AlphaBar(t)) + (schedule.Sigma(next) - schedule.Sigma(t)) * slope;
        return (Math.Sqrt(schedule.AlphaBar(next)) * exploding).MoveToOuterDisposeScope();
    }

    /// <summary>The times at which the network is asked: two in each step, one in the last.</summary>
    public static IReadOnlyList<int> Evaluated(IReadOnlyList<int> times) =>
        [.. Enumerable.Range(0, times.Count - 1).SelectMany(i => times[i + 1] < 0 ? new[] { times[i] } : [times[i], times[i + 1]])];

    /// <summary>From noise to images in [-1, 1] (where clipped), [N, C, H, W]; two evaluations a step but the last.</summary>
    /// <param name="denoise">The network with its condition bound.</param>
    /// <param name="schedule">The schedule it was trained on.</param>
    /// <param name="start">Standard normal noise, [N, C, H, W].</param>
    /// <param name="times">As <see cref="SamplingTimes"/> has them.</param>
    /// <param name="clip">Keep the implied clean image within [-1, 1].</param>
    /// <param name="cancel">Looked at before every step.</param>
    public static Tensor Sample(Denoise denoise, NoiseSchedule schedule, Tensor start, IReadOnlyList<int> times, bool clip,
        CancellationToken cancel) =>
        Walk.Down(start, times, cancel, (x, _, i) => Step(denoise, schedule, x, times[i], times[i + 1], clip));
}
