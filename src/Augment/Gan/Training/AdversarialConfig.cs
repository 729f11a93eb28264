using System.Text.Json.Serialization;
using Odm.Augment.Gan.Augmenting;
using Odm.Augment.Gan.Losses;
using Odm.Engine.Runtime;

namespace Odm.Augment.Gan.Training;

/// <summary>The adversarial training of a generator: what all families of GANs share. Each family has defaults of its own.</summary>
public sealed record AdversarialConfig
{
    /// <summary>What discriminator and generator minimise.</summary>
    public AdversarialLoss Loss { get; init; }

    /// <summary>γ of the R1 penalty on real images; 0 turns it off. Left out: what the family's paper takes, or 0.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double? R1 { get; init; }

    /// <summary>Discriminator updates from one R1 penalty to the next, which counts as many times (StyleGAN2: 16).</summary>
    public int R1Every { get; init; } = 1;

    /// <summary>λ of the penalty on gradients between real and generated images; 0 turns it off. WGAN-GP: 10.</summary>
    public double GradientPenalty { get; init; }

    /// <summary>Weight of path-length regularisation; 0 turns it off. Only of generators with styles (StyleGAN2: 2).</summary>
    public double PathLength { get; init; }

    /// <summary>Generator updates from one path-length term to the next, which counts as many times (StyleGAN2: 4).</summary>
    public int PathLengthEvery { get; init; } = 4;

    /// <summary>Discriminator updates a step.</summary>
    public int DiscriminatorSteps { get; init; } = 1;

    /// <summary>Generator updates a step.</summary>
    public int GeneratorSteps { get; init; } = 1;

    /// <summary>Images an update.</summary>
    public int Batch { get; init; } = 32;

    /// <summary>
    /// Images that memory has to hold at a time; the gradients of a batch add up over these. 0: the whole batch. Batch norm and the
    /// minibatch standard deviation then see these alone.
    /// </summary>
    public int MicroBatch { get; init; }

    /// <summary>Training steps.</summary>
    public long Steps { get; init; } = 10_000;

    /// <summary>Adam's rate of both networks.</summary>
    public double LearningRate { get; init; } = 2e-4;

    /// <summary>The discriminator's rate, where it is another one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double? DiscriminatorRate { get; init; }

    /// <summary>Adam's β1: decay of the mean of the gradients.</summary>
    public double Beta1 { get; init; } = 0.5;

    /// <summary>Adam's β2: decay of the mean of their squares.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>
    /// Decay of the averaged generator that draws the images, at most (1 + n) / (10 + n) after n steps; 0 draws with the last weights.
    /// </summary>
    public double Ema { get; init; } = 0.999;

    /// <summary>What is done to all images that the discriminator sees.</summary>
    public DiscriminatorAugmentation Augment { get; init; }

    /// <summary>Operations of <c>augment: diffaugment</c>: color, translation, cutout.</summary>
    public IReadOnlyList<DiffAugmentation> Diffaugment { get; init; } =
        [DiffAugmentation.Color, DiffAugmentation.Translation, DiffAugmentation.Cutout];

    /// <summary>Settings of <c>augment: ada</c>.</summary>
    public AdaConfig Ada { get; init; } = new();

    /// <summary>How the images of a batch are drawn.</summary>
    public ClassSampling Sampling { get; init; }

    /// <summary>Mirror every other real image left to right, with its mask.</summary>
    public bool HorizontalFlip { get; init; }

    /// <summary>Mirror every other real image top to bottom, with its mask.</summary>
    public bool VerticalFlip { get; init; }

    /// <summary>Steps from one sheet of images of fixed latents to the next; 0 draws none. Left out: a tenth of the steps.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long? SheetEvery { get; init; }

    /// <summary>Train this generator anew for each seed of the study instead of once.</summary>
    public bool PerSeed { get; init; }

    /// <summary>Images that pass a network in a step, the generator's and the discriminator's alike, without the penalties.</summary>
    internal long EvaluationsOfStep => Batch * (3L * DiscriminatorSteps + 2L * GeneratorSteps);

    /// <summary>What is wrong with these settings; empty where nothing is.</summary>
    /// <param name="path">Name of the generator in the study file.</param>
    public IEnumerable<string> Faults(string path)
    {
        return
        [
            .. Check(R1 is null or >= 0, "r1", R1 ?? 0, "0 (off) or more"),
            .. Check(R1Every >= 1, "r1_every", R1Every, "at least 1"),
            .. Check(GradientPenalty >= 0, "gradient_penalty", GradientPenalty, "0 (off) or more"),
            .. Check(Loss != AdversarialLoss.WganGp || GradientPenalty > 0, "gradient_penalty", GradientPenalty,
                "above 0 with loss: wgan_gp"),
            .. Check(PathLength >= 0, "path_length", PathLength, "0 (off) or more"),
            .. Check(PathLengthEvery >= 1, "path_length_every", PathLengthEvery, "at least 1"),
            .. Check(DiscriminatorSteps >= 1, "discriminator_steps", DiscriminatorSteps, "at least 1"),
            .. Check(GeneratorSteps >= 1, "generator_steps", GeneratorSteps, "at least 1"),
            .. Check(Batch >= 2, "batch", Batch, "at least 2"),
            .. Check(MicroBatch is 0 or >= 2, "micro_batch", MicroBatch, "0 (the whole batch) or at least 2"),
            .. Check(MicroBatch == 0 || Batch % MicroBatch == 0, "micro_batch", MicroBatch, "a divisor of batch"),
            .. Check(Steps >= 1, "steps", Steps, "at least 1"),
            .. Check(LearningRate is > 0 and < 1, "learning_rate", LearningRate, "above 0 and below 1"),
            .. Check(DiscriminatorRate is null or (> 0 and < 1), "discriminator_rate", DiscriminatorRate ?? 0, "above 0 and below 1"),
            .. Check(Beta1 is >= 0 and < 1, "beta1", Beta1, "0 up to, not including, 1"),
            .. Check(Beta2 is > 0 and < 1, "beta2", Beta2, "above 0 and below 1"),
            .. Check(Ema is >= 0 and < 1, "ema", Ema, "0 (off) up to, not including, 1"),
            .. Check(SheetEvery is null or >= 0, "sheet_every", SheetEvery ?? 0, "0 (none) or more"),
            .. Augment == DiscriminatorAugmentation.Diffaugment && Diffaugment.Count == 0
                ? [$"{path}.diffaugment: empty; at least one of color, translation, cutout"] : Array.Empty<string>(),
        ];

        IEnumerable<string> Check(bool right, string field, double value, string allowed)
            => Fault.Unless(right, $"{path}.{field}", value, allowed);
    }
}
