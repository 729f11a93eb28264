using System.Text.Json.Serialization;
using Odm.Classify.Losses;
using Odm.Classify.Networks;
using Odm.Classify.Training;
using Odm.Data.Batching;

namespace Odm.Classify.Classification;

/// <summary>
/// <c>downstream</c> of a study file with <c>kind: classifier</c>: a recipe, and what is to differ from it. Each field's meaning:
/// <see cref="ClassifierRecipe"/>.
/// </summary>
public sealed record ClassifierConfig : LearningConfig
{
    private static readonly string[] Scores = ["accuracy", "balanced_accuracy", "macro_f1", "weighted_f1", "mcc", "qwk", "loss"];

    /// <summary>The <c>cpu</c> recipe; others are <c>iois</c>, <c>thesis-cnn</c>, <c>thesis-resnet50</c>.</summary>
    public ClassifierConfig() => Kind = "classifier";

    /// <inheritdoc cref="ClassifierRecipe.Network"/>
    [JsonPropertyOrder(-1)]
    public ClassifierNetwork? Network { get; init; }

    /// <inheritdoc cref="ClassifierRecipe.Freeze"/>
    public bool? Freeze { get; init; }

    /// <inheritdoc cref="ClassifierRecipe.Hidden"/>
    public int? Hidden { get; init; }

    /// <inheritdoc cref="ClassifierRecipe.Dropout"/>
    public double? Dropout { get; init; }

    /// <inheritdoc cref="ClassifierRecipe.Stem"/>
    public Stem? Stem { get; init; }

    /// <inheritdoc cref="ClassifierRecipe.ClassWeights"/>
    public bool? ClassWeights { get; init; }

    /// <inheritdoc cref="ClassifierRecipe.LabelSmoothing"/>
    public double? LabelSmoothing { get; init; }

    /// <inheritdoc cref="ClassifierRecipe.Loss"/>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public LossConfig? Loss { get; init; }

    /// <inheritdoc cref="ClassifierRecipe.Sampling"/>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Sampling? Sampling { get; init; }

    /// <inheritdoc cref="ClassifierRecipe.Mixup"/>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double? Mixup { get; init; }

    /// <inheritdoc cref="ClassifierRecipe.Evaluation"/>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public EvaluationConfig? Evaluation { get; init; }

    /// <inheritdoc cref="ClassifierRecipe.TransformsCrop"/>
    [JsonIgnore]
    public bool TransformsCrop { get; init; }

    /// <summary>
    /// The same with an arm's own loss (which takes the place of <see cref="ClassWeights"/> too), sampling and MixUp. What is the default
    /// is left out, so that equal trainings have equal settings.
    /// </summary>
    /// <param name="loss">The arm's loss; null for this one.</param>
    /// <param name="sampling">Its sampling; null for this one.</param>
    /// <param name="mixup">Its α of MixUp; null for this one.</param>
    /// <param name="transformsCrop">Whether its transforms crop.</param>
    public ClassifierConfig For(LossConfig? loss, Sampling? sampling, double? mixup, bool transformsCrop) => this with
    {
        Loss = (loss ?? Loss) is { Plain: false } own ? own.Resolve() : null,
        ClassWeights = loss is null ? ClassWeights : null,
        Sampling = (sampling ?? Sampling) is { } drawn and not Data.Batching.Sampling.Natural ? drawn : null,
        Mixup = (mixup ?? Mixup) is { } alpha and not 0 ? alpha : null,
        TransformsCrop = transformsCrop && Evaluation is not null,
    };

    /// <inheritdoc/>
    public override bool HasDropout => (Network ?? ClassifierRecipe.Presets.GetValueOrDefault(Recipe)?.Network) == ClassifierNetwork.Cnn;

    /// <summary>The preset with these fields put over it, and steps counted.</summary>
    /// <param name="images">Images that an epoch means where the recipe counts epochs. A study gives one number for all its arms (its
    /// largest training set), so that each arm trains for the same number of steps.</param>
    public ClassifierRecipe Resolve(int images) => (ClassifierRecipe)Counted(Merged(ClassifierRecipe.Presets[Recipe]), images);

    /// <summary>Everything wrong with the fields, each named below <paramref name="path"/>.</summary>
    public IEnumerable<string> Faults(string path)
    {
        if (!ClassifierRecipe.Presets.ContainsKey(Recipe))
        {
            return OneOf(path, "recipe", Recipe, ClassifierRecipe.Presets.Keys);
        }
        var r = Merged(ClassifierRecipe.Presets[Recipe]);
        return
        [
            .. CommonFaults(path, r, "classifier", Scores),
            .. Check(r.Weights != "imagenet" || r.Network == ClassifierNetwork.ResNet50V1, path, "weights", r.Weights,
                "none or a path for this network; those of ImageNet belong to network: resnet50-v1"),
            .. Check(!r.Freeze || r.Network != ClassifierNetwork.Cnn && r.Weights != "none", path, "freeze", r.Freeze,
                "false unless a ResNet has weights"),
            .. Check(r.Hidden >= 0, path, "hidden", r.Hidden, "0 (one new layer) or more"),
            .. Check(r.Dropout is >= 0 and < 1, path, "dropout", r.Dropout, "0 up to, not including, 1"),
            .. Check(r.LabelSmoothing is >= 0 and < 1, path, "label_smoothing", r.LabelSmoothing, "0 up to, not including, 1"),
            .. Check(!r.ClassWeights || Loss is null, path, "class_weights", "true",
                "false beside loss, whose field weights says the same"),
            .. Check(Evaluation is not { } e || r.Size == e.Crop, path, "size", r.Size,
                $"evaluation's crop, {Evaluation?.Crop}: the network sees images of one size"),
            .. Loss?.Faults($"{path}.loss") ?? [],
            .. Evaluation?.Faults($"{path}.evaluation") ?? [],
            .. ImbalanceFaults(path),
        ];
    }

    /// <summary>
    /// Everything that does not fit together in loss, sampling and MixUp, each named below <paramref name="path"/>: of these settings, or
    /// of an arm that has its own.
    /// </summary>
    public IEnumerable<string> ImbalanceFaults(string path)
    {
        var r = Merged(ClassifierRecipe.Presets[Recipe]);
        var kind = r.WholeLoss.Kind;
        return
        [
            .. Check(r.Mixup is >= 0 and <= 100, path, "mixup", r.Mixup, "alpha, 0 (off) to 100"),
            .. Check(r.LabelSmoothing == 0 || kind is not (LossKind.Focal or LossKind.CbFocal), path, "loss", r.WholeLoss.Words(),
                "cross_entropy or logit_adjustment beside label_smoothing"),
            .. Check(r.Sampling == Data.Batching.Sampling.Natural || kind != LossKind.LogitAdjustment, path, "loss", r.WholeLoss.Words(),
                "another one beside sampling other than natural: it adjusts for shares that re-sampling changes"),
        ];
    }

    private ClassifierRecipe Merged(ClassifierRecipe preset) => (ClassifierRecipe)Over(preset) with
    {
        Network = Network ?? preset.Network,
        Freeze = Freeze ?? preset.Freeze,
        Hidden = Hidden ?? preset.Hidden,
        Dropout = Dropout ?? preset.Dropout,
        Stem = Stem ?? preset.Stem,
        ClassWeights = ClassWeights ?? preset.ClassWeights,
        LabelSmoothing = LabelSmoothing ?? preset.LabelSmoothing,
        Loss = (Loss ?? preset.Loss) is { Plain: false } loss ? loss.Resolve() : null,
        Sampling = Sampling ?? preset.Sampling,
        Mixup = Mixup ?? preset.Mixup,
        Evaluation = Evaluation ?? preset.Evaluation,
        Size = (Size ?? preset.Size) is > 0 and var side ? side : Evaluation?.Crop ?? 0,
        TransformsCrop = TransformsCrop,
    };
}
