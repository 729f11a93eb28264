using Odm.Augment.Diffusion.Process;
using static TorchSharp.torch;

namespace Odm.Augment.Diffusion.Samplers;

/// <summary>
/// Guidance within an interval of noise (Kynkäänniemi et al. 2024, arXiv 2404.07724): guided where low &lt; σ ≤ high, the conditional
/// network alone elsewhere, at half the cost. σ = √((1 - ᾱ) / ᾱ), the noise on a clean image, as in that paper.
/// </summary>
internal static class GuidanceInterval
{
    /// <summary>Whether a level of noise is guided; null is everywhere.</summary>
    public static bool Holds(IReadOnlyList<double>? interval, double sigma)
        => interval is null || (sigma > interval[0] && sigma <= interval[1]);

    /// <summary>The guided network within the interval, the conditional one outside. All images of a call are at one time.</summary>
    public static Denoise Within(IReadOnlyList<double>? interval, NoiseSchedule schedule, Denoise guided, Denoise conditional) =>
        interval is null ? guided : (x, t) => (Holds(interval, Sigma(schedule, t)) ? guided : conditional)(x, t);

    /// <summary>The same for what a network implies.</summary>
    public static ImpliedClean Within(IReadOnlyList<double>? interval, NoiseSchedule schedule, ImpliedClean guided,
        ImpliedClean conditional) =>
        interval is null ? guided : (x, t) => (Holds(interval, Sigma(schedule, t)) ? guided : conditional)(x, t);

    private static double Sigma(NoiseSchedule schedule, Tensor t)
    {
        using var first = t[0];
        return schedule.Sigma((int)first.item<long>()); // a sync point on a GPU
    }
}
