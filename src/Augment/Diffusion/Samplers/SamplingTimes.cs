using Odm.Augment.Diffusion.Process;

namespace Odm.Augment.Diffusion.Samplers;

/// <summary>How the steps of a sampler are spread over the schedule.</summary>
public enum TimeSpacing
{
    /// <summary>Equally spaced times from T - 1 downwards (the trailing choice of Lin et al. 2024).</summary>
    Uniform,

    /// <summary>Levels of noise by Karras et al. 2022, which come closer to each other towards the clean image.</summary>
    Karras,
}

/// <summary>The times at which a sampler stops: falling, T - 1 first, and -1, the clean image, last.</summary>
internal static class SamplingTimes
{
    private const double Rho = 7; // Karras et al. 2022, table 1

    /// <summary>The times of S steps on a schedule.</summary>
    public static int[] Of(TimeSpacing spacing, NoiseSchedule schedule, int steps) =>
        spacing == TimeSpacing.Karras ? Karras(schedule, steps) : Uniform(schedule.Steps, steps);

    /// <summary>
    /// S times and -1: T - 1 is always the first, equally spaced from there (the trailing choice of Lin et al. 2024, which starts from
    /// pure noise; at S = T it is every step).
    /// </summary>
    public static int[] Uniform(int scheduleSteps, int steps)
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
    /// Karras et al. 2022 (arXiv 2206.00364), equation 5: σ_i = (σ_max^(1/ρ) + i / (S - 1) (σ_min^(1/ρ) - σ_max^(1/ρ)))^ρ with ρ = 7, from
    /// σ_max of time T - 1 to σ_min of time 0; a single step takes σ_max alone. The network knows whole times only: each σ_i becomes the
    /// time whose log σ is nearest. Where several σ_i become the same time, it is taken once, so there may be fewer than S steps; the times
    /// fall strictly.
    /// </summary>
    public static int[] Karras(NoiseSchedule schedule, int steps)
    {
        var (high, low) = (Math.Exp(schedule.LogSigma(schedule.Steps - 1) / Rho), Math.Exp(schedule.LogSigma(0) / Rho));
        return [.. Enumerable.Range(0, steps).Select(i => schedule
            .Nearest(Rho * Math.Log(high + i / Math.Max(1.0, steps - 1) * (low - high)))).Distinct(), -1];
    }
}
