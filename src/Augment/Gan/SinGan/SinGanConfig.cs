using System.Text.Json.Serialization;
using Odm.Engine.Runtime;

namespace Odm.Augment.Gan.SinGan;

/// <summary>
/// The training of a SinGAN for each image. Defaults are those of Shaham, Dekel and Michaeli 2019, which SinGAN-Seg (Thambawita et al.
/// 2022) takes over.
/// </summary>
public sealed record SinGanConfig
{
    /// <summary>
    /// How many training images get a SinGAN, chosen by the seed, a smaller choice within every larger one. Left out: all of them.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int? Sources { get; init; }

    /// <summary>Side of a scale over that of the next finer one, at least; the exact factor is the one that ends at min_size.</summary>
    public double ScaleFactor { get; init; } = 0.75;

    /// <summary>Side of the coarsest scale in pixels.</summary>
    public int MinSize { get; init; } = 25;

    /// <summary>Channels of the coarsest scale's maps; doubled every fourth scale, up to 128.</summary>
    public int Channels { get; init; } = 32;

    /// <summary>Steps of each scale.</summary>
    public long Steps { get; init; } = 2000;

    /// <summary>Discriminator updates a step.</summary>
    public int DiscriminatorSteps { get; init; } = 3;

    /// <summary>Generator updates a step.</summary>
    public int GeneratorSteps { get; init; } = 3;

    /// <summary>Adam's rate of both networks.</summary>
    public double LearningRate { get; init; } = 5e-4;

    /// <summary>Share of a scale's steps after which the rate is a tenth.</summary>
    public double DecayAt { get; init; } = 0.8;

    /// <summary>Adam's β1: decay of the mean of the gradients.</summary>
    public double Beta1 { get; init; } = 0.5;

    /// <summary>Adam's β2: decay of the mean of their squares.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>λ of the penalty on gradients between the image and generated ones.</summary>
    public double GradientPenalty { get; init; } = 0.1;

    /// <summary>α: weight of the image made again from the fixed noise.</summary>
    public double Reconstruction { get; init; } = 10;

    /// <summary>Amplitude of a finer scale's noise over the root mean square of what the scales below it miss.</summary>
    public double Noise { get; init; } = 0.1;

    /// <summary>Train this generator anew for each seed of the study instead of once.</summary>
    public bool PerSeed { get; init; }

    /// <summary>What is wrong with these settings; empty where nothing is.</summary>
    /// <param name="path">Name of the generator in the study file.</param>
    public IEnumerable<string> Faults(string path)
    {
        const int Least = 2 * SinGanStack.Layers + 2; // two places are left, as batch norm wants several
        return
        [
            .. Check(Sources is null or >= 1, "sources", Sources ?? 0, "at least 1"),
            .. Check(ScaleFactor is >= .1 and <= .95, "scale_factor", ScaleFactor, "0.1 to 0.95"),
            .. Check(MinSize >= Least, "min_size", MinSize, $"at least {Least}"),
            .. Check(Channels is >= 1 and <= 128, "channels", Channels, "1 to 128"),
            .. Check(Steps >= 1, "steps", Steps, "at least 1"),
            .. Check(DiscriminatorSteps >= 1, "discriminator_steps", DiscriminatorSteps, "at least 1"),
            .. Check(GeneratorSteps >= 1, "generator_steps", GeneratorSteps, "at least 1"),
            .. Check(LearningRate is > 0 and < 1, "learning_rate", LearningRate, "above 0 and below 1"),
            .. Check(DecayAt is > 0 and <= 1, "decay_at", DecayAt, "above 0, up to 1 (no decay)"),
            .. Check(Beta1 is >= 0 and < 1, "beta1", Beta1, "0 up to, not including, 1"),
            .. Check(Beta2 is > 0 and < 1, "beta2", Beta2, "above 0 and below 1"),
            .. Check(GradientPenalty > 0 && double.IsFinite(GradientPenalty), "gradient_penalty", GradientPenalty, "above 0"),
            .. Check(Reconstruction > 0 && double.IsFinite(Reconstruction), "reconstruction", Reconstruction, "above 0"),
            .. Check(Noise >= 0 && double.IsFinite(Noise), "noise", Noise, "0 or more"),
        ];

        IEnumerable<string> Check(bool right, string field, double value, string allowed)
            => Fault.Unless(right, $"{path}.{field}", value, allowed);
    }
}

/// <summary>Settings of drawing images.</summary>
public sealed record SinGanSampling
{
    /// <summary>
    /// The first scale with noise, 0 the coarsest: below it the source is made again, so a later start keeps its layout (Shaham et al.
    /// 2019, section 4).
    /// </summary>
    public int StartScale { get; init; }
}
