using System.Globalization;
using System.Text.Json.Serialization;
using Odm.Augment.Diffusion.Process;
using Odm.Engine.Runtime;

namespace Odm.Augment.Diffusion.Samplers;

/// <summary>How noise becomes an image.</summary>
public enum SamplerKind
{
    /// <summary>DDIM (Song et al. 2021) over any number of steps; deterministic at η = 0.</summary>
    Ddim,

    /// <summary>Ancestral DDPM over all T steps with σ² = β (ODM paper, equation 2).</summary>
    Ddpm,

    /// <summary>Ancestral DDPM over all T steps with the posterior variance (Ho et al. 2020, section 3.2).</summary>
    DdpmPosterior,

    /// <summary>Ancestral DDPM over all T steps with the variance that the network learned (Nichol and Dhariwal 2021).</summary>
    DdpmLearned,

    /// <summary>DPM-Solver++(2M) (Lu et al. 2022): second order at an evaluation a step; deterministic.</summary>
    [JsonStringEnumMemberName("dpmpp_2m")]
    Dpmpp2M,

    /// <summary>
    /// Heun's method (Karras et al. 2022, algorithm 1 without churn): second order, two evaluations a step but the last; deterministic.
    /// </summary>
    Heun,

    /// <summary>Euler's method (Karras et al. 2022); deterministic. The steps are those of DDIM at η = 0.</summary>
    Euler,

    /// <summary>
    /// Euler's method with noise drawn anew at each step, as k-diffusion has it. The steps are those of DDIM at the same η.
    /// </summary>
    EulerAncestral,
}

/// <summary>Settings of sampling.</summary>
public sealed record SamplerConfig
{
    /// <summary>Method. Paper: ddim.</summary>
    public SamplerKind Kind { get; init; } = SamplerKind.Ddim;

    /// <summary>Steps; ddpm takes all T. Paper: 100.</summary>
    public int Steps { get; init; } = 100;

    /// <summary>Where the steps lie; ddpm takes all T.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public TimeSpacing Spacing { get; init; }

    /// <summary>
    /// η of ddim and euler_ancestral: 0 adds no noise, 1 as much as ddpm. Paper: not said; Song et al.: 0; k-diffusion: 1.
    /// </summary>
    public double Eta { get; init; }

    /// <summary>Scale s of classifier-free guidance, ε = ε_∅ + s (ε_c - ε_∅); 1 is none and costs half. Paper: 2.</summary>
    public double Guidance { get; init; } = 2;

    /// <summary>
    /// [low, high]: guided where low &lt; σ ≤ high, σ = √((1 - ᾱ) / ᾱ); outside the conditional network alone is asked
    /// (<see cref="Samplers.GuidanceInterval"/>).
    /// Null: guided everywhere.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public IReadOnlyList<double>? GuidanceInterval { get; init; }

    /// <summary>Keep the implied clean image within [-1, 1] at every step (Ho et al. 2020).</summary>
    public bool Clip { get; init; } = true;

    /// <summary>Images sampled at a time.</summary>
    public int Batch { get; init; } = 32;

    /// <summary>Network evaluations an image costs on a schedule: two where it is guided, else one.</summary>
    public int Evaluations(NoiseSchedule schedule) => Evaluations(schedule, null);

    /// <summary>The same where it starts from an image of another time than the last.</summary>
    internal int Evaluations(NoiseSchedule schedule, int? from) => SamplerFactory.Of(this, schedule, from).Evaluated
        .Sum(t => Guidance != 1 && Samplers.GuidanceInterval.Holds(GuidanceInterval, schedule.Sigma(t)) ? 2 : 1);

    /// <summary>Times at which the network is asked for an image on a schedule, guided or not.</summary>
    internal int Times(NoiseSchedule schedule) => SamplerFactory.Of(this, schedule).Evaluated.Count;

    /// <summary>Whether the method takes all T steps of the schedule, whatever <see cref="Steps"/> says.</summary>
    internal bool TakesAllSteps => Kind is SamplerKind.Ddpm or SamplerKind.DdpmPosterior or SamplerKind.DdpmLearned;

    internal IEnumerable<string> Faults(string path, int scheduleSteps)
    {
        if (Steps < 1 || Steps > scheduleSteps)
        {
            yield return $"{path}.steps: {Steps}; must be 1 to schedule.steps ({scheduleSteps})";
        }
        if (TakesAllSteps && Spacing != TimeSpacing.Uniform)
        {
            yield return $"{path}.spacing: {EnumWords.Of(Spacing)}; {path}.kind {EnumWords.Of(Kind)} takes all "
                + $"steps; must be uniform";
        }
        if (Eta is not (>= 0 and <= 1))
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{path}.eta: {Eta}; must be 0 to 1");
        }
        else if (Kind is SamplerKind.Euler or SamplerKind.Heun or SamplerKind.Dpmpp2M && Eta != 0)
        {
            yield return string.Create(CultureInfo.InvariantCulture,
                $"{path}.eta: {Eta}; {path}.kind {EnumWords.Of(Kind)} adds no noise; must be 0");
        }
        else if (Kind == SamplerKind.EulerAncestral && Eta == 0)
        {
            yield return $"{path}.eta: 0; {path}.kind euler_ancestral needs more than 0, up to 1 (k-diffusion: 1); without noise it is "
                + $"euler";
        }
        if (!double.IsFinite(Guidance) || Guidance < 0)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{path}.guidance: {Guidance}; must be 0 or more");
        }
        if (GuidanceInterval is { } interval && (interval is not [>= 0, var high] || !(interval[0] < high)))
        {
            yield return $"{path}.guidance_interval: ["
                + $"{string.Join(", ", interval.Select(v => string.Create(CultureInfo.InvariantCulture, $"{v}")))}]; two levels of noise "
                + $"σ are needed, 0 <= low < high";
        }
        if (Batch < 1)
        {
            yield return $"{path}.batch: {Batch}; must be at least 1";
        }
    }
}
