using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Diffusion.Process;

/// <summary>Form of the noise schedule.</summary>
public enum ScheduleKind
{
    /// <summary>β linear in t (Ho et al. 2020; the ODM paper's equation 1).</summary>
    Linear,

    /// <summary>ᾱ a squared cosine (Nichol and Dhariwal 2021, equation 17), β at most 0.999.</summary>
    Cosine,
}

/// <summary>Settings of the noise schedule.</summary>
public sealed record ScheduleConfig
{
    /// <summary>Form of the schedule. Papers: linear.</summary>
    public ScheduleKind Kind { get; init; } = ScheduleKind.Linear;

    /// <summary>T, the number of diffusion steps. Papers: 1000.</summary>
    public int Steps { get; init; } = 1000;

    /// <summary>β at the first step, linear only. Papers: 1e-4.</summary>
    public double BetaStart { get; init; } = 1e-4;

    /// <summary>β at the last step, linear only. Papers: 0.02.</summary>
    public double BetaEnd { get; init; } = 0.02;

    internal IEnumerable<string> Faults(string path)
    {
        if (Steps < 2)
        {
            yield return $"{path}.steps: {Steps}; must be at least 2";
        }
        if (!(BetaStart > 0 && BetaStart <= BetaEnd && BetaEnd < 1))
        {
            yield return string.Create(CultureInfo.InvariantCulture,
                $"{path}.beta_start, beta_end: {BetaStart}, {BetaEnd}; must be 0 < beta_start <= beta_end < 1");
        }
    }
}

/// <summary>
/// The forward process x_t = √ᾱ_t x_0 + √(1 - ᾱ_t) ε in double. Time t = 0..T-1 is the papers' t = 1..T;
/// t = -1 is the clean image, where ᾱ = 1.
/// </summary>
public sealed class NoiseSchedule
{
    private readonly double[] beta;
    private readonly double[] alphaBar;

    private NoiseSchedule(double[] beta)
    {
        this.beta = beta;
        alphaBar = new double[beta.Length];
        var product = 1.0;
        for (var t = 0; t < beta.Length; t++)
        {
            alphaBar[t] = product *= 1 - beta[t];
        }
    }

    /// <summary>The schedule that the settings describe.</summary>
    public static NoiseSchedule From(ScheduleConfig config) =>
        config.Kind == ScheduleKind.Linear ? Linear(config.Steps, config.BetaStart, config.BetaEnd) : Cosine(config.Steps);

    /// <summary>β from start to end in equal steps (ODM, below equation 1).</summary>
    public static NoiseSchedule Linear(int steps = 1000, double start = 1e-4, double end = 0.02)
    {
        var beta = new double[steps];
        for (var t = 0; t < steps; t++)
        {
            beta[t] = start + (end - start) * t / (steps - 1);
        }
        return new(beta);
    }

    /// <summary>ᾱ(t) = cos²((t/T + 0.008) / 1.008 · π/2), normalised to ᾱ(0) = 1 (Nichol and Dhariwal 2021, equation 17).</summary>
    public static NoiseSchedule Cosine(int steps = 1000)
    {
        static double F(double u) => Math.Pow(Math.Cos((u + 0.008) / 1.008 * Math.PI / 2), 2);
        var beta = new double[steps];
        for (var t = 0; t < steps; t++)
        {
            beta[t] = Math.Min(1 - F((t + 1.0) / steps) / F((double)t / steps), 0.999);
        }
        return new(beta);
    }

    /// <summary>
    /// The chain that visits these times alone, rising: β'_i = 1 - ᾱ_{t_i} / ᾱ_{t_(i-1)}, so that its ᾱ are theirs (Nichol and Dhariwal
    /// 2021, section 4).
    /// </summary>
    public NoiseSchedule Respaced(IReadOnlyList<int> times)
    {
        var shorter = new double[times.Count];
        for (var i = 0; i < shorter.Length; i++)
        {
            shorter[i] = 1 - AlphaBar(times[i]) / AlphaBar(i == 0 ? -1 : times[i - 1]);
        }
        return new(shorter);
    }

    /// <summary>
    /// S times of T, rising, equally spaced from 0 to T - 1 and rounded (half to even); guided-diffusion's <c>space_timesteps</c>.
    /// </summary>
    public static int[] SpacedTimes(int scheduleSteps, int steps)
    {
        var times = new int[steps];
        for (var i = 0; i < steps; i++)
        {
            times[i] = steps == 1 ? 0 : (int)Math.Round(i * ((scheduleSteps - 1.0) / (steps - 1)), MidpointRounding.ToEven);
        }
        return times;
    }

    /// <summary>T.</summary>
    public int Steps => beta.Length;

    /// <summary>β_t.</summary>
    public double Beta(int t) => beta[t];

    /// <summary>ᾱ_t; 1 at t = -1.</summary>
    public double AlphaBar(int t) => t < 0 ? 1 : alphaBar[t];

    /// <summary>
    /// σ_t = √((1 - ᾱ_t) / ᾱ_t), the noise on a clean image in the variance-exploding variables x / √ᾱ (Karras et al. 2022); 0 at t = -1.
    /// </summary>
    public double Sigma(int t) => Math.Sqrt((1 - AlphaBar(t)) / AlphaBar(t));

    /// <summary>Signal to noise ratio ᾱ_t / (1 - ᾱ_t).</summary>
    public double Snr(int t) => AlphaBar(t) / (1 - AlphaBar(t));

    /// <summary>Variance of q(x_{t-1} | x_t, x_0): β_t (1 - ᾱ_{t-1}) / (1 - ᾱ_t) (Ho et al. 2020, equation 7).</summary>
    public double PosteriorVariance(int t) => beta[t] * (1 - AlphaBar(t - 1)) / (1 - AlphaBar(t));

    /// <summary>Weights of x_0 and x_t in the mean of q(x_{t-1} | x_t, x_0) (Ho et al. 2020, equation 7).</summary>
    public (double Clean, double Noisy) PosteriorMean(int t)
    {
        var rest = 1 - AlphaBar(t);
        return (Math.Sqrt(AlphaBar(t - 1)) * beta[t] / rest, Math.Sqrt(1 - beta[t]) * (1 - AlphaBar(t - 1)) / rest);
    }

    /// <summary>
    /// log of the posterior variance; at t = 0, where that is zero, its value at t = 1 (Nichol and Dhariwal 2021, section 3.1).
    /// </summary>
    public double PosteriorLogVariance(int t) => Math.Log(PosteriorVariance(Math.Max(t, 1)));

    /// <summary>√ᾱ_t for each image, float32 [N, 1, 1, 1] on t's device.</summary>
    public Tensor Signal(Tensor t) => Column(t, i => Math.Sqrt(alphaBar[i]));

    /// <summary>√(1 - ᾱ_t) for each image, float32 [N, 1, 1, 1] on t's device.</summary>
    public Tensor Noise(Tensor t) => Column(t, i => Math.Sqrt(1 - alphaBar[i]));

    /// <summary>x_t = √ᾱ_t x_0 + √(1 - ᾱ_t) ε (Ho et al. 2020, equation 4).</summary>
    /// <param name="clean">x_0, [N, C, H, W].</param>
    /// <param name="noise">ε, the same shape.</param>
    /// <param name="t">int64 [N].</param>
    public Tensor Diffuse(Tensor clean, Tensor noise, Tensor t)
    {
        using var scope = NewDisposeScope();
        return (Signal(t) * clean + Noise(t) * noise).MoveToOuterDisposeScope();
    }

    /// <summary>A function of √ᾱ_t and √(1 - ᾱ_t) for each image, float32 [N, 1, 1, 1] on t's device.</summary>
    internal Tensor Column(Tensor t, Func<double, double, double> of)
        => Column(t, i => of(Math.Sqrt(alphaBar[i]), Math.Sqrt(1 - alphaBar[i])));

    /// <summary>The time whose σ = √(1/SNR) is nearest on the logarithmic scale.</summary>
    public int Nearest(double logSigma)
    {
        var (low, high) = (0, Steps - 1); // ln σ rises with t
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = LogSigma(middle) < logSigma ? (middle + 1, high) : (low, middle);
        }
        return low > 0 && logSigma - LogSigma(low - 1) < LogSigma(low) - logSigma ? low - 1 : low;
    }

    /// <summary>ln σ_t = -½ ln SNR_t.</summary>
    public double LogSigma(int t) => Math.Log(Sigma(t));

    /// <summary>A function of the time for each image, float32 [N, 1, 1, 1] on t's device.</summary>
    internal Tensor Column(Tensor t, Func<int, double> of)
    {
        using var scope = NewDisposeScope();
        var table = tensor([.. Enumerable.Range(0, Steps).Select(i => (float)of(i))], device: t.device);
        return table.index_select(0, t).reshape(-1, 1, 1, 1).MoveToOuterDisposeScope();
    }
}
