using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment;

/// <summary>Denoising diffusion implicit models (Song, Meng and Ermon 2021).</summary>
public static class Ddim
{
    /// <summary>
    /// The times of S steps, falling, then -1: T-1 is always the first, equally spaced from there (the trailing choice of Lin
    /// et al. 2024, which starts from pure noise; at S = T it is every step).
    /// </summary>
    public static int[] Times(int scheduleSteps, int steps)
    {
        var times = new int[steps + 1];
        for (var i = 0; i < steps; i++)
        {
            times[i] = (int)Math.Round((steps - i) * (double)scheduleSteps / steps, MidpointRounding.AwayFromZero) - 1;
        }
        times[steps] = -1;
        return times;
    }

    /// <summary>
    /// Equation 12: x_s = √ᾱ_s x̂_0 + √(1 - ᾱ_s - σ²) ε + σ z with σ² = η² (1 - ᾱ_s)/(1 - ᾱ_t) (1 - ᾱ_t/ᾱ_s). Where the clean
    /// image is clipped, ε is what the clipped one implies.
    /// </summary>
    public static Tensor Step(NoiseSchedule schedule, Tensor x, Tensor eps, int t, int next, double eta, Tensor? z, bool clip)
    {
        using var scope = NewDisposeScope();
        var (a, b) = (schedule.AlphaBar(t), schedule.AlphaBar(next));
        var sigma = eta * Math.Sqrt((1 - b) / (1 - a) * (1 - a / b));
        var clean = (x - Math.Sqrt(1 - a) * eps) / Math.Sqrt(a);
        if (clip)
        {
            clean = clean.clamp(-1, 1);
            eps = (x - Math.Sqrt(a) * clean) / Math.Sqrt(1 - a);
        }
        var mean = Math.Sqrt(b) * clean + Math.Sqrt(Math.Max(0, 1 - b - sigma * sigma)) * eps;
        return (sigma == 0 || z is null ? mean : mean + sigma * z).MoveToOuterDisposeScope();
    }

    /// <summary>From noise to images in [-1, 1] (where clipped), [N, C, H, W].</summary>
    /// <param name="denoise">The network with its condition bound.</param>
    /// <param name="schedule">The schedule it was trained on.</param>
    /// <param name="noise">Start and step noise of each image.</param>
    /// <param name="steps">S, the number of steps.</param>
    /// <param name="eta">η.</param>
    /// <param name="clip">Keep the implied clean image within [-1, 1].</param>
    /// <param name="cancel">Looked at before every step.</param>
    public static Tensor Sample(Denoise denoise, NoiseSchedule schedule, ImageNoise noise, int steps, double eta, bool clip, CancellationToken cancel)
    {
        using var off = no_grad();
        using var scope = NewDisposeScope();
        var x = noise.At(-1);
        var times = Times(schedule.Steps, steps);
        for (var i = 0; i < steps; i++)
        {
            cancel.ThrowIfCancellationRequested();
            using var step = NewDisposeScope();
            var t = full(x.shape[0], times[i], dtype: ScalarType.Int64, device: x.device); // [N]
            var z = eta == 0 ? null : noise.At(i);
            var old = x;
            x = Step(schedule, old, denoise(old, t), times[i], times[i + 1], eta, z, clip).MoveToOuterDisposeScope();
            old.Dispose();
        }
        return x.MoveToOuterDisposeScope();
    }
}
