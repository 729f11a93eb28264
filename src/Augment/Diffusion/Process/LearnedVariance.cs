using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Diffusion.Process;

/// <summary>
/// Variances that the network learns, and the bound that teaches them (Nichol and Dhariwal 2021, arXiv 2102.09672). The second half
/// of its output, the range, says where log σ² lies between the smallest and the largest that make sense: -1 the posterior's, 1 β's.
/// </summary>
internal static class LearnedVariance
{
    private const double Bin = 1 / 255.0; // half a grey level in [-1, 1]
    private const double Least = 1e-12;   // probability that the logarithm still takes

    /// <summary>log σ² of equation 15, v log β + (1 - v) log β~ with v = (range + 1) / 2; float32, the shape of the range.</summary>
    public static Tensor Log(NoiseSchedule schedule, Tensor range, Tensor t)
    {
        using var scope = NewDisposeScope();
        var v = (range + 1) / 2;
        return (v * schedule.Column(t, i => Math.Log(schedule.Beta(i))) + (1 - v) * schedule.Column(t, schedule.PosteriorLogVariance))
            .MoveToOuterDisposeScope();
    }

    /// <summary>
    /// One term of the variational bound an image, in bits a dimension: the divergence of p(x_{t-1} | x_t) from q(x_{t-1} | x_t, x_0)
    /// (equation 5), at t = 0 the negative log likelihood of the 256 grey levels (equation 4; Ho et al. 2020, equation 13).
    /// </summary>
    /// <param name="schedule">The schedule.</param>
    /// <param name="clean">x_0 in [-1, 1], [N, C, H, W].</param>
    /// <param name="noisy">x_t.</param>
    /// <param name="t">int64 [N].</param>
    /// <param name="predicted">The x_0 that the network implies; detach it where the bound shall teach the variance alone.</param>
    /// <param name="range">The network's range.</param>
    /// <returns>float32 [N].</returns>
    public static Tensor Bound(NoiseSchedule schedule, Tensor clean, Tensor noisy, Tensor t, Tensor predicted, Tensor range)
    {
        using var scope = NewDisposeScope();
        var log = Log(schedule, range, t);
        var least = schedule.Column(t, schedule.PosteriorLogVariance);
        var weight = schedule.Column(t, i => schedule.PosteriorMean(i).Clean);
        var apart = (weight * (clean - predicted)).square(); // both means take the same share of x_t
        var divergence = 0.5 * (log - least - 1 + (least - log).exp() + apart * (-log).exp());
        var mean = weight * predicted + schedule.Column(t, i => schedule.PosteriorMean(i).Noisy) * noisy;
        var first = t.eq(Number.Of(0)).reshape(-1, 1, 1, 1);
        var nats = where(first, -LogLikelihood(clean, mean, log), divergence);
        return (nats.mean([1L, 2, 3]) / Math.Log(2)).MoveToOuterDisposeScope();
    }

    /// <summary>log of the normal distribution's mass in the grey level's bin, open at both ends of the scale.</summary>
    private static Tensor LogLikelihood(Tensor x, Tensor mean, Tensor logVariance)
    {
        using var scope = NewDisposeScope();
        var scale = (-0.5 * logVariance).exp();
        var above = Phi((x - mean + Bin) * scale);
        var below = Phi((x - mean - Bin) * scale);
        var mass = where(x.lt(Number.Of(-0.999)), above, where(x.gt(Number.Of(0.999)), 1 - below, above - below));
        return mass.clamp_min(Number.Of(Least)).log().MoveToOuterDisposeScope();
    }

    private static Tensor Phi(Tensor x) => 0.5 * (1 + (x * Math.Sqrt(0.5)).erf());
}
