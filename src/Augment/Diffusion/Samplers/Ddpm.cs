using Odm.Augment.Diffusion.Process;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Diffusion.Samplers;

/// <summary>Ancestral sampling of denoising diffusion probabilistic models (Ho et al. 2020, algorithm 2).</summary>
internal static class Ddpm
{
    /// <summary>
    /// One step t -> t - 1: the mean of q(x_{t-1} | x_t, x̂_0) (equation 7, which without clipping is the ODM paper's equation 2)
    /// plus σ z with σ² = β_t or the posterior variance; no noise at t = 0.
    /// </summary>
    public static Tensor Step(NoiseSchedule schedule, Tensor x, Tensor eps, int t, bool posteriorVariance, Tensor? z, bool clip)
    {
        using var scope = NewDisposeScope();
        var clean = Parameterization.Clean(schedule, eps, x, t, clip);
        var sigma = Math.Sqrt(posteriorVariance ? schedule.PosteriorVariance(t) : schedule.Beta(t));
        var mean = Mean(schedule, x, clean, t);
        return (t == 0 || z is null ? mean : mean + sigma * z).MoveToOuterDisposeScope();
    }

    /// <summary>Mean of q(x_{t-1} | x_t, x̂_0) (Ho et al. 2020, equation 7).</summary>
    public static Tensor Mean(NoiseSchedule schedule, Tensor x, Tensor clean, int t)
    {
        using var scope = NewDisposeScope();
        var (w0, wt) = schedule.PosteriorMean(t);
        return (w0 * clean + wt * x).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// One step t -> t - 1 from the implied clean image with the variance σ² that the network learned; no noise at t = 0.
    /// </summary>
    public static Tensor Step(NoiseSchedule schedule, Tensor x, Tensor clean, Tensor range, int t, Tensor z)
    {
        using var scope = NewDisposeScope();
        var mean = Mean(schedule, x, clean, t);
        return (t == 0 ? mean : mean + (0.5 * LearnedVariance.Log(schedule, range, Walk.At(x, t))).exp() * z).MoveToOuterDisposeScope();
    }

    /// <summary>The same with a variance σ² for all pixels.</summary>
    public static Tensor Step(NoiseSchedule schedule, Tensor x, Tensor clean, double variance, int t, Tensor z)
    {
        using var scope = NewDisposeScope();
        var mean = Mean(schedule, x, clean, t);
        return (t == 0 ? mean : mean + Math.Sqrt(variance) * z).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// From noise to images over all T steps with the variance that the network learned, [N, C, H, W]; or from another time than T - 1.
    /// </summary>
    public static Tensor Sample(ImpliedClean network, NoiseSchedule schedule, ImageNoise noise, bool clip, CancellationToken cancel,
        int? from = null) => Down(schedule, noise, from, cancel, (x, t, time, z) =>
        {
            var (clean, range) = network(x, t);
            return Step(schedule, x, clip ? clean.clamp(Number.Of(-1), Number.Of(1)) : clean, range
                ?? throw new ArgumentException("the network has learned no variance", nameof(network)), time, z);
        });

    /// <summary>From noise to images in [-1, 1] (where clipped) over all T steps, [N, C, H, W].</summary>
    /// <param name="denoise">The network with its condition bound.</param>
    /// <param name="schedule">The schedule it was trained on.</param>
    /// <param name="noise">Start and step noise of each image.</param>
    /// <param name="posteriorVariance">σ² is the posterior variance instead of β.</param>
    /// <param name="clip">Keep the implied clean image within [-1, 1].</param>
    /// <param name="cancel">Looked at before every step.</param>
    /// <param name="from">The time of what it starts from; null: T - 1.</param>
    public static Tensor Sample(Denoise denoise, NoiseSchedule schedule, ImageNoise noise, bool posteriorVariance, bool clip,
        CancellationToken cancel, int? from = null) =>
        Down(schedule, noise, from, cancel, (x, t, time, z) => Step(schedule, x, denoise(x, t), time, posteriorVariance, z, clip));

    private static Tensor Down(NoiseSchedule schedule, ImageNoise noise, int? from, CancellationToken cancel,
        Func<Tensor, Tensor, int, Tensor, Tensor> move)
    {
        int[] times = [.. Enumerable.Range(-1, (from ?? schedule.Steps - 1) + 2).Reverse()];
        using var start = noise.At(-1);
        return Walk.Down(start, times, cancel, (x, t, i) => move(x, t, times[i], times[i] == 0 ? x : noise.At(times[i])));
    }
}
