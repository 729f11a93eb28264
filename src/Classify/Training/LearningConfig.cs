using System.Globalization;
using System.Text.Json.Serialization;
using Odm.Data.Batching;

namespace Odm.Classify.Training;

/// <summary>
/// What the settings of every downstream network have: a recipe by name, and what is to differ from it. Each field's meaning:
/// <see cref="LearningRecipe"/>.
/// </summary>
public abstract record LearningConfig : DownstreamConfig
{
    /// <summary>Name of a preset.</summary>
    [JsonPropertyOrder(-2)]
    public string Recipe { get; init; } = "cpu";

    /// <inheritdoc cref="LearningRecipe.Weights"/>
    public string? Weights { get; init; }

    /// <inheritdoc cref="LearningRecipe.Size"/>
    public int? Size { get; init; }

    /// <inheritdoc cref="LearningRecipe.Optimizer"/>
    public OptimizerKind? Optimizer { get; init; }

    /// <inheritdoc cref="LearningRecipe.LearningRate"/>
    public double? LearningRate { get; init; }

    /// <inheritdoc cref="LearningRecipe.Momentum"/>
    public double? Momentum { get; init; }

    /// <inheritdoc cref="LearningRecipe.WeightDecay"/>
    public double? WeightDecay { get; init; }

    /// <inheritdoc cref="LearningRecipe.Schedule"/>
    public RateSchedule? Schedule { get; init; }

    /// <inheritdoc cref="LearningRecipe.Milestones"/>
    public IReadOnlyList<double>? Milestones { get; init; }

    /// <inheritdoc cref="LearningRecipe.Gamma"/>
    public double? Gamma { get; init; }

    /// <inheritdoc cref="LearningRecipe.Warmup"/>
    public double? Warmup { get; init; }

    /// <inheritdoc cref="LearningRecipe.Clip"/>
    public double? Clip { get; init; }

    /// <inheritdoc cref="LearningRecipe.Batch"/>
    public int? Batch { get; init; }

    /// <inheritdoc cref="LearningRecipe.Epochs"/>
    public int? Epochs { get; init; }

    /// <inheritdoc cref="LearningRecipe.Steps"/>
    public long? Steps { get; init; }

    /// <inheritdoc cref="LearningRecipe.ValidateEvery"/>
    public long? ValidateEvery { get; init; }

    /// <inheritdoc cref="LearningRecipe.Normalisation"/>
    public NormalisationKind? Normalisation { get; init; }

    /// <inheritdoc cref="LearningRecipe.SelectBy"/>
    public string? SelectBy { get; init; }

    /// <summary>The preset with this record's common fields put over it; of the preset's own type.</summary>
    private protected LearningRecipe Over(LearningRecipe preset) => preset with
    {
        Weights = Weights ?? preset.Weights,
        Size = Size ?? preset.Size,
        Optimizer = Optimizer ?? preset.Optimizer,
        LearningRate = LearningRate ?? preset.LearningRate,
        Momentum = Momentum ?? preset.Momentum,
        WeightDecay = WeightDecay ?? preset.WeightDecay,
        Schedule = Schedule ?? preset.Schedule,
        Milestones = Milestones ?? preset.Milestones,
        Gamma = Gamma ?? preset.Gamma,
        Warmup = Warmup ?? preset.Warmup,
        Clip = Clip ?? preset.Clip,
        Batch = Batch ?? preset.Batch,
        Epochs = Epochs ?? preset.Epochs,
        Steps = Steps ?? preset.Steps,
        ValidateEvery = ValidateEvery ?? preset.ValidateEvery,
        Normalisation = Normalisation ?? preset.Normalisation,
        SelectBy = SelectBy ?? preset.SelectBy,
    };

    /// <summary>The recipe with its steps counted: given, or epochs over so many images.</summary>
    private protected LearningRecipe Counted(LearningRecipe merged, int images)
    {
        var epoch = Math.Max(1, images / merged.Batch);
        var steps = Steps ?? (Epochs is null && merged.Steps > 0 ? merged.Steps : (long)merged.Epochs * epoch);
        return merged with
        {
            Steps = steps,
            ValidateEvery = merged.ValidateEvery > 0 ? merged.ValidateEvery
                : merged.ValidateEachEpoch && Steps is null ? epoch : Math.Max(1, steps / 20)
        };
    }

    /// <summary>Everything wrong with the common fields, each named below <paramref name="path"/>.</summary>
    private protected IEnumerable<string> CommonFaults(string path, LearningRecipe r, string kind, IEnumerable<string> scores) =>
    [
        .. OneOf(path, "kind", Kind, [kind]),
        .. OneOf(path, "select_by", r.SelectBy, scores),
        .. Check(r.Size is 0 or >= 8, path, "size", r.Size, "0 (as they are) or at least 8 pixels"),
        .. Check(r.LearningRate is > 0 and < 10, path, "learning_rate", r.LearningRate, "above 0 and below 10"),
        .. Check(r.Momentum is >= 0 and < 1, path, "momentum", r.Momentum, "0 up to, not including, 1"),
        .. Check(r.WeightDecay is >= 0 and < 1, path, "weight_decay", r.WeightDecay, "0 up to, not including, 1"),
        .. Check(r.Milestones.All(m => m is > 0 and < 1), path, "milestones", string.Join(", ", r.Milestones),
            "shares of the training between 0 and 1"),
        .. Check(r.Gamma is > 0 and <= 1, path, "gamma", r.Gamma, "above 0 up to 1"),
        .. Check(r.Warmup is >= 0 and < 1, path, "warmup", r.Warmup, "a share of the training, 0 up to, not including, 1"),
        .. Check(r.Clip >= 0, path, "clip", r.Clip, "0 (off) or more"),
        .. Check(r.Batch >= 2, path, "batch", r.Batch, "at least 2: batch norm needs more than one image"),
        .. Check(Epochs is null or >= 1, path, "epochs", Epochs ?? 0, "at least 1"),
        .. Check(Epochs is null || Steps is null, path, "epochs", Epochs ?? 0, "steps or epochs, not both"),
        .. Check(Steps is null or >= 1, path, "steps", Steps ?? 0, "at least 1"),
        .. Check(r.ValidateEvery >= 0, path, "validate_every", r.ValidateEvery, "0 (twenty times) or more steps"),
    ];

    /// <summary>A fault where a word is not one of the allowed ones.</summary>
    private protected static IEnumerable<string> OneOf(string path, string field, string value, IEnumerable<string> allowed) =>
        allowed.Contains(value, StringComparer.Ordinal) ? []
        : [$"{path}.{field}: \"{value}\"; must be one of {string.Join(", ", allowed)}"];

    /// <summary>A fault unless <paramref name="right"/>.</summary>
    private protected static IEnumerable<string> Check(bool right, string path, string field, object value, string allowed) =>
        right ? [] : [string.Create(CultureInfo.InvariantCulture, $"{path}.{field}: {value}; must be {allowed}")];
}
