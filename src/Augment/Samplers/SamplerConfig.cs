namespace Odm.Augment;

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
}

/// <summary>Settings of sampling.</summary>
public sealed record SamplerConfig
{
    /// <summary>Method. Paper: ddim.</summary>
    public SamplerKind Kind { get; init; } = SamplerKind.Ddim;

    /// <summary>Steps of ddim; ddpm takes all T. Paper: 100.</summary>
    public int Steps { get; init; } = 100;

    /// <summary>η of ddim: 0 adds no noise, 1 as much as ddpm. Paper: not said; Song et al.: 0.</summary>
    public double Eta { get; init; }

    /// <summary>Scale s of classifier-free guidance, ε = ε_∅ + s (ε_c - ε_∅); 1 is none and costs half. Paper: 2.</summary>
    public double Guidance { get; init; } = 2;

    /// <summary>Keep the implied clean image within [-1, 1] at every step (Ho et al. 2020).</summary>
    public bool Clip { get; init; } = true;

    /// <summary>Images sampled at a time.</summary>
    public int Batch { get; init; } = 32;

    /// <summary>Network evaluations an image costs on a schedule of this many steps.</summary>
    public int Evaluations(int scheduleSteps) => (Kind == SamplerKind.Ddim ? Steps : scheduleSteps) * (Guidance == 1 ? 1 : 2);

    internal IEnumerable<string> Faults(string path, int scheduleSteps)
    {
        if (Steps < 1 || Steps > scheduleSteps)
        {
            yield return $"{path}.steps is {Steps}; allowed is 1 to schedule.steps ({scheduleSteps})";
        }
        if (Eta is not (>= 0 and <= 1))
        {
            yield return FormattableString.Invariant($"{path}.eta is {Eta}; allowed is 0 to 1");
        }
        if (!double.IsFinite(Guidance) || Guidance < 0)
        {
            yield return FormattableString.Invariant($"{path}.guidance is {Guidance}; 0 or more is needed");
        }
        if (Batch < 1)
        {
            yield return $"{path}.batch is {Batch}; at least 1 is needed";
        }
    }
}
