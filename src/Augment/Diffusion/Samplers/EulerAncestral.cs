using Odm.Augment.Diffusion.Process;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Diffusion.Samplers;

/// <summary>
/// Euler's method with part of the noise drawn anew at each step, in the variance-exploding variables of <see cref="Euler"/> (the ancestral
/// sampler of k-diffusion; the variance is that of Song et al. 2021, equation 16, so that it is DDIM at the same η).
/// </summary>
internal static class EulerAncestral
{
    /// <summary>
    /// σ' parted into what the flow goes down to and what is drawn anew: σ_up = min(σ', η √(σ'² (σ² - σ'²) / σ²)), σ_down = √(σ'² - σ_up²).
    /// </summary>
    public static (double Down, double Up) Parts(double sigma, double next, double eta)
    {
        var up = Math.Min(next, eta * Math.Sqrt(next * next * (sigma * sigma - next * next) / (sigma * sigma)));
        return (Math.Sqrt(next * next - up * up), up);
    }

    /// <summary>x̄' = x̂_0 + σ_down d + σ_up z, as x at the next time; at -1 that is x̂_0.</summary>
    public static Tensor Step(NoiseSchedule schedule, Tensor x, Tensor clean, int t, int next, double eta, Tensor z)
    {
        using var scope = NewDisposeScope();
        var (down, up) = Parts(schedule.Sigma(t), schedule.Sigma(next), eta);
        return (Math.Sqrt(schedule.AlphaBar(next)) * (clean + down * Euler.Slope(schedule, x, clean, t) + up * z))
            .MoveToOuterDisposeScope();
    }

    /// <summary>From noise to images in [-1, 1] (where clipped), [N, C, H, W]; an evaluation a step.</summary>
    /// <param name="denoise">The network with its condition bound.</param>
    /// <param name="schedule">The schedule it was trained on.</param>
    /// <param name="noise">Start and step noise of each image.</param>
    /// <param name="times">As <see cref="SamplingTimes"/> has them.</param>
    /// <param name="eta">η, 0 to 1: 0 is <see cref="Euler"/>.</param>
    /// <param name="clip">Keep the implied clean image within [-1, 1].</param>
    /// <param name="cancel">Looked at before every step.</param>
    public static Tensor Sample(Denoise denoise, NoiseSchedule schedule, ImageNoise noise, IReadOnlyList<int> times, double eta, bool clip,
        CancellationToken cancel)
    {
        using var start = noise.At(-1);
        return Walk.Down(start, times, cancel, (x, t, i) =>
            Step(schedule, x, Parameterization.Clean(schedule, denoise(x, t), x, times[i], clip), times[i], times[i + 1], eta,
                noise.At(i)));
    }
}
