namespace Odm.Augment;

/// <summary>How the images of a training batch are drawn, with replacement.</summary>
public enum BatchSampling
{
    /// <summary>Whole triplets of three different grades, every choice of three grades equally often; what is left over as <see cref="Natural"/>.</summary>
    Triplets,

    /// <summary>Each grade equally often; triplets are formed of what the batch happens to hold.</summary>
    Balanced,

    /// <summary>Each image equally often; triplets are formed of what the batch happens to hold.</summary>
    Natural,
}

/// <summary>Course of the learning rate after the warm-up.</summary>
public enum RateDecay
{
    /// <summary>Constant (papers).</summary>
    None,

    /// <summary>Times half a cosine that falls to zero at the last step; what short trainings need.</summary>
    Cosine,
}

/// <summary>A diffusion generator: <c>generators.NAME</c> of a study file with <c>kind: diffusion</c>. "Paper" is Takezaki and Uchida's ODM.</summary>
public sealed record DiffusionConfig
{
    /// <summary>The U-Net. Paper: Ho et al.'s.</summary>
    public UNetConfig Network { get; init; } = new();

    /// <summary>The noise schedule. Paper: linear, 1e-4 to 0.02, 1000 steps.</summary>
    public ScheduleConfig Schedule { get; init; } = new();

    /// <summary>What the network predicts; the ordinal term always acts on the implied ε. Paper: eps; v learns faster.</summary>
    public PredictionKind Prediction { get; init; } = PredictionKind.V;

    /// <summary>γ of min-SNR weighting (Hang et al. 2023: 5); 0 weights all times alike, as the paper does.</summary>
    public double MinSnr { get; init; }

    /// <summary>The ordinal term.</summary>
    public OrdinalConfig Ordinal { get; init; } = new();

    /// <summary>How batches are drawn. The paper does not say.</summary>
    public BatchSampling Sampling { get; init; } = BatchSampling.Triplets;

    /// <summary>Spread a batch's times evenly over 0..T-1 (Kingma et al. 2021, appendix I.1): the same expectation, less variance.</summary>
    public bool StratifiedTimes { get; init; } = true;

    /// <summary>Mirror every other image left to right.</summary>
    public bool HorizontalFlip { get; init; }

    /// <summary>Images a step. Paper: 32.</summary>
    public int Batch { get; init; } = 32;

    /// <summary>Training steps. Paper: 200,000.</summary>
    public long Steps { get; init; } = 200_000;

    /// <summary>Adam's learning rate. Paper: 1e-4.</summary>
    public double LearningRate { get; init; } = 1e-4;

    /// <summary>Steps of linear warm-up. Ho et al.: 5000 of 800,000; the paper says nothing.</summary>
    public long Warmup { get; init; } = 100;

    /// <summary>Course of the learning rate after the warm-up. Paper: none.</summary>
    public RateDecay Decay { get; init; } = RateDecay.None;

    /// <summary>Largest norm of the gradient; 0 turns clipping off. Ho et al.: 1.</summary>
    public double Clip { get; init; } = 1;

    /// <summary>Decay of the averaged weights that sample (Ho et al.: 0.9999), at most (1 + n) / (10 + n) after n steps so that short trainings average too.</summary>
    public double Ema { get; init; } = 0.9999;

    /// <summary>Probability of training an image without its label, for classifier-free guidance (Ho and Salimans 2022: 0.1).</summary>
    public double LabelDrop { get; init; } = 0.1;

    /// <summary>How images are drawn from the trained network.</summary>
    public SamplerConfig Sampler { get; init; } = new();

    /// <summary>Train this generator anew for each seed of the study instead of once.</summary>
    public bool PerSeed { get; init; }

    /// <summary>What is wrong with these settings; empty where nothing is.</summary>
    /// <param name="path">Name of this section in the study file, e.g. <c>generators.odm</c>.</param>
    /// <param name="size">Side of the images in pixels; 0 where it is not known yet.</param>
    public IEnumerable<string> Faults(string path, int size = 0)
    {
        IEnumerable<string> own =
        [
            .. Check(MinSnr >= 0, "min_snr", MinSnr, "0 (off) or more"),
            .. Check(Batch >= 1, "batch", Batch, "at least 1"),
            .. Check(Steps >= 1, "steps", Steps, "at least 1"),
            .. Check(LearningRate > 0 && LearningRate < 1, "learning_rate", LearningRate, "above 0 and below 1"),
            .. Check(Warmup >= 0, "warmup", Warmup, "0 or more"),
            .. Check(Clip >= 0, "clip", Clip, "0 (off) or more"),
            .. Check(Ema is >= 0 and < 1, "ema", Ema, "0 (off) up to, not including, 1"),
            .. Check(LabelDrop is >= 0 and < 1, "label_drop", LabelDrop, "0 up to, not including, 1"),
            .. Check(LabelDrop > 0 || Sampler.Guidance == 1, "label_drop", LabelDrop, "above 0 where sampler.guidance is not 1"),
        ];
        return own.Concat(Network.Faults($"{path}.network", size)).Concat(Schedule.Faults($"{path}.schedule"))
            .Concat(Ordinal.Faults($"{path}.ordinal")).Concat(Sampler.Faults($"{path}.sampler", Schedule.Steps));

        IEnumerable<string> Check(bool right, string field, double value, string allowed) =>
            right ? [] : [FormattableString.Invariant($"{path}.{field} is {value}; allowed is {allowed}")];
    }
}
