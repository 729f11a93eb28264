using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment;

/// <summary>Ancestral sampling of denoising diffusion probabilistic models (Ho et al. 2020, algorithm 2).</summary>
public static class Ddpm
{
    /// <summary>
    /// One step t -> t - 1: the mean of q(x_{t-1} | x_t, x̂_0) (equation 7, which without clipping is the ODM paper's equation 2)
    /// plus σ z with σ² = β_t or the posterior variance; no noise at t = 0.
    /// </summary>
    public static Tensor Step(NoiseSchedule schedule, Tensor x, Tensor eps, int t, bool posteriorVariance, Tensor? z, bool clip)
    {
        using var scope = NewDisposeScope();
        var a = schedule.AlphaBar(t);
        var clean = (x - Math.Sqrt(1 - a) * eps) / Math.Sqrt(a);
        if (clip)
        {
            clean = clean.clamp(-1, 1);
        }
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

    /// <summary>One step t -> t - 1 from the implied clean image, with the learned variance where there is a range, else the posterior's; no noise at t = 0.</summary>
    public static Tensor Step(NoiseSchedule schedule, Tensor x, Tensor clean, Tensor? range, int t, Tensor z)
    {
        using var scope = NewDisposeScope();
        var mean = Mean(schedule, x, clean, t);
        if (t == 0)
        {
            return mean.MoveToOuterDisposeScope();
        }
        if (range is null)
        {
            return (mean + Math.Sqrt(schedule.PosteriorVariance(t)) * z).MoveToOuterDisposeScope();
        }
        var times = full(x.shape[0], t, dtype: ScalarType.Int64, device: x.device);
        return (mean + (0.5 * LearnedVariance.Log(schedule, range, times)).exp() * z).MoveToOuterDisposeScope();
    }

    /// <summary>From noise to images over all T steps with the variance that the network learned, [N, C, H, W].</summary>
    public static Tensor Sample(ImpliedClean network, NoiseSchedule schedule, ImageNoise noise, bool clip, CancellationToken cancel) =>
        Walk(schedule, noise, cancel, (x, t, time, z) =>
        {
            var (clean, range) = network(x, t);
            return Step(schedule, x, clip ? clean.clamp(-1, 1) : clean, range, time, z);
        });

    /// <summary>From noise to images in [-1, 1] (where clipped) over all T steps, [N, C, H, W].</summary>
    /// <param name="denoise">The network with its condition bound.</param>
    /// <param name="schedule">The schedule it was trained on.</param>
    /// <param name="noise">Start and step noise of each image.</param>
    /// <param name="posteriorVariance">σ² is the posterior variance instead of β.</param>
    /// <param name="clip">Keep the implied clean image within [-1, 1].</param>
    /// <param name="cancel">Looked at before every step.</param>
    public static Tensor Sample(Denoise denoise, NoiseSchedule schedule, ImageNoise noise, bool posteriorVariance, bool clip, CancellationToken cancel) =>
        Walk(schedule, noise, cancel, (x, t, time, z) => Step(schedule, x, denoise(x, t), time, posteriorVariance, z, clip));

    private static Tensor Walk(NoiseSchedule schedule, ImageNoise noise, CancellationToken cancel, Func<Tensor, Tensor, int, Tensor, Tensor> move)
    {
        using var off = no_grad();
        using var scope = NewDisposeScope();
        var x = noise.At(-1);
        for (var time = schedule.Steps - 1; time >= 0; time--)
        {
            cancel.ThrowIfCancellationRequested();
            using var step = NewDisposeScope();
            var t = full(x.shape[0], time, dtype: ScalarType.Int64, device: x.device); // [N]
            var old = x;
            x = move(old, t, time, time == 0 ? old : noise.At(time)).MoveToOuterDisposeScope();
            old.Dispose();
        }
        return x.MoveToOuterDisposeScope();
    }
}
