using System.Text.Json.Serialization;
using Odm.Augment.Diffusion.Networks;
using Odm.Augment.Diffusion.Process;
using Odm.Augment.Diffusion.Samplers;
using Odm.Engine.Runtime;

namespace Odm.Augment.Diffusion;

/// <summary>How the images of a training batch are drawn, with replacement.</summary>
public enum BatchSampling
{
    /// <summary>
    /// Whole triplets of three different grades, with or without the ordinal term, every choice of three grades equally often; what is left
    /// over as <see cref="Natural"/>.
    /// </summary>
    Triplets,

    /// <summary>Independent slots, each grade equally often; triplets only as the ordinal term asks for them.</summary>
    Balanced,

    /// <summary>Independent slots, each image equally often; triplets only as the ordinal term asks for them.</summary>
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

/// <summary>Rule that moves the weights.</summary>
public enum UpdateRule
{
    /// <summary>Adam (Kingma and Ba 2015; the papers).</summary>
    Adam,

    /// <summary>Adam with decoupled weight decay (Loshchilov and Hutter 2019; guided-diffusion).</summary>
    [JsonStringEnumMemberName("adamw")]
    AdamW,

    /// <summary>Muon (Jordan et al. 2024): orthogonal updates of weight matrices, Adam for the rest; learns in fewer steps.</summary>
    Muon,
}

/// <summary>
/// Training times whose ln σ is normally distributed, σ = √((1 - ᾱ) / ᾱ). Karras et al. 2022: mean -1.2, deviation 1.2. The logit-normal
/// times of flow matching (Esser et al. 2024) are mean 0, deviation 1, since on the straight path logit t = ln σ.
/// </summary>
public sealed record NoiseLevels
{
    /// <summary>Mean of ln σ.</summary>
    public double Mean { get; init; } = -1.2;

    /// <summary>Standard deviation of ln σ.</summary>
    public double Deviation { get; init; } = 1.2;
}

/// <summary>
/// A diffusion generator: <c>generators.NAME</c> of a study file with <c>kind: diffusion</c>. "Paper" is Takezaki and Uchida's ODM.
/// </summary>
public sealed record DiffusionConfig
{
    /// <summary>Settings to start from: <see cref="OfPreset"/>. Left out: the defaults.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public string? Preset { get; init; }

    /// <summary>
    /// Generate the mask as a further channel after the image's, background -1, foreground 1 (Saragih, Hibi and Tyrrell 2024).
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Masks { get; init; }

    /// <summary>Tell the network the class. Left out: yes, without <see cref="Masks"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool? Conditional { get; init; }

    /// <summary>The U-Net. Paper: Ho et al.'s.</summary>
    public UNetConfig Network { get; init; } = new();

    /// <summary>The noise schedule. Paper: linear, 1e-4 to 0.02, 1000 steps.</summary>
    public ScheduleConfig Schedule { get; init; } = new();

    /// <summary>
    /// What the network predicts; the ordinal term always acts on the implied ε. Paper: eps; v learns faster. A narrow network with patches
    /// draws noise with both and wants x0 (<see cref="Budget"/>).
    /// </summary>
    public PredictionKind Prediction { get; init; } = PredictionKind.V;

    /// <summary>
    /// Whose squared error is minimised. Left out: that of what is predicted, as in the papers. <c>flow</c> with
    /// <see cref="PredictionKind.X0"/> is Li and He 2025.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public PredictionKind? Loss { get; init; }

    /// <summary>Which times are trained. Left out: all equally often, as in the papers.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public NoiseLevels? NoiseLevels { get; init; }

    /// <summary>γ of min-SNR weighting (Hang et al. 2023: 5); 0 weights all times alike, as the paper does.</summary>
    public double MinSnr { get; init; }

    /// <summary>
    /// Learn σ² between the posterior variance and β, by twice the output channels and the bound's gradient (Nichol and Dhariwal 2021).
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool LearnedVariance { get; init; }

    /// <summary>The ordinal term.</summary>
    public OrdinalConfig Ordinal { get; init; } = new();

    /// <summary>How batches are drawn. The paper does not say; <c>ordinal: { triplets: images }</c> takes whole triplets.</summary>
    public BatchSampling Sampling { get; init; } = BatchSampling.Balanced;

    /// <summary>
    /// Spread a batch's times evenly over 0..T-1 (Kingma et al. 2021, appendix I.1): the same expectation, less variance.
    /// </summary>
    public bool StratifiedTimes { get; init; } = true;

    /// <summary>Mirror every other image left to right, with its mask.</summary>
    public bool HorizontalFlip { get; init; }

    /// <summary>Moves of training images that the network is told of, and so does not draw. Left out: none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public NonLeakingConfig? Augment { get; init; }

    /// <summary>Images a step; without classes at most as many as the training set has. Paper: 32.</summary>
    public int Batch { get; init; } = 32;

    /// <summary>Images that memory has to hold at a time; the gradients of a batch add up over these. 0: the whole batch.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int MicroBatch { get; init; }

    /// <summary>Training steps. Paper: 200,000.</summary>
    public long Steps { get; init; } = 200_000;

    /// <summary>Rule that moves the weights. Paper: adam.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public UpdateRule Optimizer { get; init; }

    /// <summary>
    /// Times the rate: share that each weight loses a step; with adam times the weight, added to the gradient. guided-diffusion: 0.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double WeightDecay { get; init; }

    /// <summary>The rule's learning rate. Paper: 1e-4.</summary>
    public double LearningRate { get; init; } = 1e-4;

    /// <summary>Steps of linear warm-up. Ho et al.: 5000 of 800,000; the paper says nothing.</summary>
    public long Warmup { get; init; } = 100;

    /// <summary>Course of the learning rate after the warm-up. Paper: none.</summary>
    public RateDecay Decay { get; init; } = RateDecay.None;

    /// <summary>Largest norm of the gradient; 0 turns clipping off. Ho et al.: 1.</summary>
    public double Clip { get; init; } = 1;

    /// <summary>
    /// Decay of the averaged weights that sample (Ho et al.: 0.9999), at most (1 + n) / (10 + n) after n steps so that short trainings
    /// average too.
    /// </summary>
    public double Ema { get; init; } = 0.9999;

    /// <summary>Probability of training an image without its label, for classifier-free guidance (Ho and Salimans 2022: 0.1).</summary>
    public double LabelDrop { get; init; } = 0.1;

    /// <summary>How images are drawn from the trained network.</summary>
    public SamplerConfig Sampler { get; init; } = new();

    /// <summary>
    /// Network evaluations of a training step, images counted singly: with <see cref="TripletKind.Condition"/> the images that carry the
    /// term are asked under two further grades (those trained without their label are not, which is known in the step alone).
    /// </summary>
    internal long EvaluationsOfStep(int classes)
        => Batch + (Ordinal.Triplets == TripletKind.Condition && classes >= 3 ? 2L * Ordinal.Slots(Batch) : 0);

    /// <summary>Train this generator anew for each seed of the study instead of once.</summary>
    public bool PerSeed { get; init; }

    /// <summary>Whether the network is told the class.</summary>
    [JsonIgnore]
    public bool IsConditional => Conditional ?? !Masks;

    /// <summary>
    /// <c>paper</c>: the mask generators of Saragih, Hibi and Tyrrell 2024 as their code has them, 256 pixels, for a GPU (a cluster's
    /// 3,600 steps of at most 128 images; attention at 16 pixels, of a model on all images also at 32 and 8). <c>cpu</c>: images of 64
    /// pixels with masks on two cores in a minute or two. Null: there is no such preset.
    /// </summary>
    public static DiffusionConfig? OfPreset(string name) => name switch
    {
        "paper" => new()
        {
            Preset = name,
            Masks = true,
            Network = new()
            {
                Channels = 256,
                Multipliers = [1, 1, 2, 2, 4, 4],
                Blocks = 2,
                HeadChannels = 64,
                Dropout = 0,
                ScaleShift = true,
                ResidualSampling = true,
            },
            Prediction = PredictionKind.Eps,
            LearnedVariance = true,
            StratifiedTimes = false,
            HorizontalFlip = true,
            Batch = 128,
            MicroBatch = 4,
            Steps = 3600,
            Optimizer = UpdateRule.AdamW,
            LearningRate = 5e-5,
            Warmup = 0,
            Clip = 0,
            LabelDrop = 0,
            Sampler = new() { Guidance = 1 },
        },
        "cpu" => new()
        {
            Preset = name,
            Masks = true,
            Network = new() { Channels = 32, Multipliers = [1, 2, 2], Blocks = 1, Dropout = 0, Patch = 2 },
            Schedule = new() { Kind = ScheduleKind.Cosine },
            Prediction = PredictionKind.X0,
            HorizontalFlip = true,
            Batch = 16,
            Steps = 400,
            LearningRate = 2e-3,
            Warmup = 20,
            Decay = RateDecay.Cosine,
            Ema = 0.995,
            LabelDrop = 0,
            Sampler = new() { Guidance = 1 },
        },
        _ => null,
    };

    /// <summary>What is wrong with these settings; empty where nothing is.</summary>
    /// <param name="path">Name of this section in the study file, e.g. <c>generators.odm</c>.</param>
    /// <param name="size">Side of the images in pixels; 0 where it is not known yet.</param>
    public IEnumerable<string> Faults(string path, int size = 0)
    {
        IEnumerable<string> own =
        [
            .. Check(MinSnr >= 0, "min_snr", MinSnr, "0 (off) or more"),
            .. Check(MinSnr == 0 || Loss is null, "min_snr", MinSnr, "0 (off) where loss is given: both weight the times"),
            .. Check(NoiseLevels is null || double.IsFinite(NoiseLevels.Mean), "noise_levels.mean", NoiseLevels?.Mean ?? 0, "a number"),
            .. Check(NoiseLevels is null || (double.IsFinite(NoiseLevels.Deviation) && NoiseLevels.Deviation > 0),
                "noise_levels.deviation", NoiseLevels?.Deviation ?? 1, "above 0"),
            .. Preset is null || OfPreset(Preset) is not null ? Array.Empty<string>()
                : [$"{path}.preset: '{Preset}'; must be one of paper, cpu"],
            .. Check(Batch >= 1, "batch", Batch, "at least 1"),
            .. Check(Steps >= 1, "steps", Steps, "at least 1"),
            .. Check(LearningRate > 0 && LearningRate < 1, "learning_rate", LearningRate, "above 0 and below 1"),
            .. Check(Warmup >= 0, "warmup", Warmup, "0 or more"),
            .. Check(Clip >= 0, "clip", Clip, "0 (off) or more"),
            .. Check(Ema is >= 0 and < 1, "ema", Ema, "0 (off) up to, not including, 1"),
            .. Sampler.Kind != SamplerKind.DdpmLearned || LearnedVariance ? Array.Empty<string>()
                : [$"{path}.sampler.kind: ddpm_learned; that needs {path}.learned_variance: true"],
            .. Sampler is not { Kind: SamplerKind.Heun, Spacing: TimeSpacing.Uniform } || Schedule.Kind != ScheduleKind.Cosine
                ? Array.Empty<string>()
                : [$"{path}.sampler.spacing: uniform; heun on a cosine schedule overshoots in its first steps; must be karras (or "
                    + $"kind: dpmpp_2m)"],
            .. Check(LabelDrop is >= 0 and < 1, "label_drop", LabelDrop, "0 up to, not including, 1"),
            .. Check(MicroBatch >= 0, "micro_batch", MicroBatch, "0 (the whole batch) or more"),
            .. Check(!IsConditional || MicroBatch % 3 == 0, "micro_batch", MicroBatch,
                "a multiple of 3 where classes are told, so that no triplet is parted"),
            .. Check(WeightDecay is >= 0 and < 1, "weight_decay", WeightDecay, "0 up to, not including, 1"),
            .. Check(!IsConditional || LabelDrop > 0 || Sampler.Guidance == 1, "label_drop", LabelDrop,
                "above 0 where sampler.guidance is not 1"),
        ];
        return own.Concat(Network.Faults($"{path}.network", size)).Concat(Schedule.Faults($"{path}.schedule"))
            .Concat(Augment?.Faults($"{path}.augment") ?? [])
            .Concat(Ordinal.Faults($"{path}.ordinal")).Concat(Sampler.Faults($"{path}.sampler", Schedule.Steps));

        IEnumerable<string> Check(bool right, string field, double value, string allowed)
            => Fault.Unless(right, $"{path}.{field}", value, allowed);
    }
}
