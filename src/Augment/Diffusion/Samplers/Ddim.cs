using Odm.Augment.Diffusion.Process;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Diffusion.Samplers;

/// <summary>Denoising diffusion implicit models (Song, Meng and Ermon 2021).</summary>
internal static class Ddim
{
    /// <summary>
    /// Equation 12: x_s = √ᾱ_s x̂_0 + √(1 - ᾱ_s - σ²) ε + σ z with σ² = η² (1 - ᾱ_s)/(1 - ᾱ_t) (1 - ᾱ_t/ᾱ_s). Where the clean
    /// image is clipped, ε is what the clipped one implies.
    /// </summary>
    public static Tensor Step(NoiseSchedule schedule, Tensor x, Tensor eps, int t, int next, double eta, Tensor? z, bool clip)
    {
        using var scope = NewDisposeScope();
        var (a, b) = (schedule.AlphaBar(t), schedule.AlphaBar(next));
        var sigma = eta * Math.Sqrt((1 - b) / (1 - a) * (1 - a / b));
        var clean = Parameterization.Clean(schedule, eps, x, t, clip);
        if (clip)
        {
            eps = (x - Math.Sqrt(a) * clean) / Math.Sqrt(1 - a);
        }
        var mean = Math.Sqrt(b) * clean + Math.Sqrt(Math.Max(0, 1 - b - sigma * sigma)) * eps;
        return (sigma == 0 || z is null ? mean : mean + sigma * z).MoveToOuterDisposeScope();
    }

    /// <summary>From noise to images in [-1, 1] (where clipped), [N, C, H, W].</summary>
    /// <param name="denoise">The network with its condition bound.</param>
    /// <param name="schedule">The schedule it was trained on.</param>
    /// <param name="noise">Start and step noise of each image.</param>
    /// <param name="times">As <see cref="SamplingTimes"/> has them.</param>
    /// <param name="eta">η.</param>
    /// <param name="clip">Keep the implied clean image within [-1, 1].</param>
    /// <param name="cancel">Looked at before every step.</param>
    public static Tensor Sample(Denoise denoise, NoiseSchedule schedule, ImageNoise noise, IReadOnlyList<int> times, double eta, bool clip,
        CancellationToken cancel)
    {
        using var start = noise.At(-1);
        return Walk.Down(start, times, cancel, (x, t, i) =>
            Step(schedule, x, denoise(x, t), times[i], times[i + 1], eta, eta == 0 ? null : noise.At(i), clip));
    }
}
