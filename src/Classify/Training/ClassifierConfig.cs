using Odm.Data;

namespace Odm.Classify;

/// <summary><c>downstream</c> of a study file with <c>kind: classifier</c>: a recipe, and what is to differ from it. Each field's meaning: <see cref="ClassifierRecipe"/>.</summary>
public sealed record ClassifierConfig
{
    /// <summary>Networks by name.</summary>
    public static IReadOnlyList<string> Networks { get; } = ["resnet50", "resnet50-v1", "cnn"];

    private static readonly string[] Scores = ["accuracy", "balanced_accuracy", "macro_f1", "weighted_f1", "mcc", "qwk", "loss"];

    /// <summary>Always <c>classifier</c> here.</summary>
    public string Kind { get; init; } = "classifier";

    /// <summary>Name of a preset: <c>cpu</c>, <c>iois</c>, <c>thesis-cnn</c>, <c>thesis-resnet50</c>.</summary>
    public string Recipe { get; init; } = "cpu";

    /// <inheritdoc cref="ClassifierRecipe.Network"/>
    public string? Network { get; init; }

    /// <inheritdoc cref="ClassifierRecipe.Weights"/>
    public string? Weights { get; init; }

    /// <inheritdoc cref="ClassifierRecipe.Freeze"/>
    public bool? Freeze { get; init; }

    /// <inheritdoc cref="ClassifierRecipe.Hidden"/>
    public int? Hidden { get; init; }

    /// <inheritdoc cref="ClassifierRecipe.Dropout"/>
    public double? Dropout { get; init; }

    /// <inheritdoc cref="ClassifierRecipe.Stem"/>
    public string? Stem { get; init; }

    /// <inheritdoc cref="ClassifierRecipe.Size"/>
    public int? Size { get; init; }

    /// <inheritdoc cref="ClassifierRecipe.Optimizer"/>
    public string? Optimizer { get; init; }

    /// <inheritdoc cref="ClassifierRecipe.LearningRate"/>
    public double? LearningRate { get; init; }

    /// <inheritdoc cref="ClassifierRecipe.Momentum"/>
    public double? Momentum { get; init; }

    /// <inheritdoc cref="ClassifierRecipe.WeightDecay"/>
    public double? WeightDecay { get; init; }

    /// <inheritdoc cref="ClassifierRecipe.Schedule"/>
    public string? Schedule { get; init; }

    /// <inheritdoc cref="ClassifierRecipe.Milestones"/>
    public IReadOnlyList<double>? Milestones { get; init; }

    /// <inheritdoc cref="ClassifierRecipe.Gamma"/>
    public double? Gamma { get; init; }

    /// <inheritdoc cref="ClassifierRecipe.Warmup"/>
    public double? Warmup { get; init; }

    /// <inheritdoc cref="ClassifierRecipe.Clip"/>
    public double? Clip { get; init; }

    /// <inheritdoc cref="ClassifierRecipe.Batch"/>
    public int? Batch { get; init; }

    /// <inheritdoc cref="ClassifierRecipe.Epochs"/>
    public int? Epochs { get; init; }

    /// <inheritdoc cref="ClassifierRecipe.Steps"/>
    public long? Steps { get; init; }

    /// <inheritdoc cref="ClassifierRecipe.ValidateEvery"/>
    public long? ValidateEvery { get; init; }

    /// <inheritdoc cref="ClassifierRecipe.Normalisation"/>
    public string? Normalisation { get; init; }

    /// <inheritdoc cref="ClassifierRecipe.SelectBy"/>
    public string? SelectBy { get; init; }

    /// <inheritdoc cref="ClassifierRecipe.ClassWeights"/>
    public bool? ClassWeights { get; init; }

    /// <inheritdoc cref="ClassifierRecipe.LabelSmoothing"/>
    public double? LabelSmoothing { get; init; }

    /// <summary>The preset with these fields put over it, and steps counted.</summary>
    /// <param name="images">Images that an epoch means where the recipe counts epochs. A study gives one number for all its arms (its
    /// largest training set), so that each arm trains for the same number of steps.</param>
    public ClassifierRecipe Resolve(int images)
    {
        var merged = Merged(ClassifierRecipe.Presets[Recipe]);
        var steps = Steps ?? (Epochs is null && merged.Steps > 0 ? merged.Steps : (long)merged.Epochs * Math.Max(1, images / merged.Batch));
        return merged with { Steps = steps, ValidateEvery = merged.ValidateEvery > 0 ? merged.ValidateEvery : Math.Max(1, steps / 20) };
    }

    /// <summary>Everything wrong with the fields, each named below <paramref name="path"/>.</summary>
    public IEnumerable<string> Faults(string path)
    {
        if (!ClassifierRecipe.Presets.ContainsKey(Recipe))
        {
            return [$"{path}.recipe: \"{Recipe}\"; allowed are {string.Join(", ", ClassifierRecipe.Presets.Keys)}"];
        }
        var r = Merged(ClassifierRecipe.Presets[Recipe]);
        return
        [
            .. OneOf("kind", Kind, "classifier"),
            .. OneOf("network", r.Network, [.. Networks]),
            .. OneOf("stem", r.Stem, "paper", "small"),
            .. OneOf("optimizer", r.Optimizer, "sgd", "adam", "adamw"),
            .. OneOf("schedule", r.Schedule, "constant", "steps", "cosine"),
            .. OneOf("normalisation", r.Normalisation, [.. Odm.Data.Normalisation.Kinds]),
            .. OneOf("select_by", r.SelectBy, Scores),
            .. Check(r.Weights != "imagenet" || r.Network == "resnet50-v1", "weights", r.Weights, "none or a path for this network; those of ImageNet belong to network: resnet50-v1"),
            .. Check(!r.Freeze || r.Network != "cnn" && r.Weights != "none", "freeze", r.Freeze, "false unless a ResNet has weights"),
            .. Check(r.Hidden >= 0, "hidden", r.Hidden, "0 (one new layer) or more"),
            .. Check(r.Dropout is >= 0 and < 1, "dropout", r.Dropout, "0 up to, not including, 1"),
            .. Check(r.Size is 0 or >= 8, "size", r.Size, "0 (as they are) or at least 8 pixels"),
            .. Check(r.LearningRate is > 0 and < 10, "learning_rate", r.LearningRate, "above 0 and below 10"),
            .. Check(r.Momentum is >= 0 and < 1, "momentum", r.Momentum, "0 up to, not including, 1"),
            .. Check(r.WeightDecay is >= 0 and < 1, "weight_decay", r.WeightDecay, "0 up to, not including, 1"),
            .. Check(r.Milestones.All(m => m is > 0 and < 1), "milestones", string.Join(", ", r.Milestones), "shares of the training between 0 and 1"),
            .. Check(r.Gamma is > 0 and <= 1, "gamma", r.Gamma, "above 0 up to 1"),
            .. Check(r.Warmup is >= 0 and < 1, "warmup", r.Warmup, "a share of the training, 0 up to, not including, 1"),
            .. Check(r.Clip >= 0, "clip", r.Clip, "0 (off) or more"),
            .. Check(r.Batch >= 2, "batch", r.Batch, "at least 2: batch norm needs more than one image"),
            .. Check(Epochs is null or >= 1, "epochs", Epochs ?? 0, "at least 1"),
            .. Check(Epochs is null || Steps is null, "epochs", Epochs ?? 0, "steps or epochs, not both"),
            .. Check(Steps is null or >= 1, "steps", Steps ?? 0, "at least 1"),
            .. Check(r.ValidateEvery >= 0, "validate_every", r.ValidateEvery, "0 (twenty times) or more steps"),
            .. Check(r.LabelSmoothing is >= 0 and < 1, "label_smoothing", r.LabelSmoothing, "0 up to, not including, 1"),
        ];

        IEnumerable<string> OneOf(string field, string value, params string[] allowed) =>
            allowed.Contains(value, StringComparer.Ordinal) ? [] : [$"{path}.{field}: \"{value}\"; allowed are {string.Join(", ", allowed)}"];

        IEnumerable<string> Check(bool right, string field, object value, string allowed) =>
            right ? [] : [FormattableString.Invariant($"{path}.{field}: {value}; allowed is {allowed}")];
    }

    private ClassifierRecipe Merged(ClassifierRecipe preset) => new()
    {
        Network = Network ?? preset.Network,
        Weights = Weights ?? preset.Weights,
        Freeze = Freeze ?? preset.Freeze,
        Hidden = Hidden ?? preset.Hidden,
        Dropout = Dropout ?? preset.Dropout,
        Stem = Stem ?? preset.Stem,
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
        ClassWeights = ClassWeights ?? preset.ClassWeights,
        LabelSmoothing = LabelSmoothing ?? preset.LabelSmoothing,
    };
}
