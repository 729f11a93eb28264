using Odm.Classify.Training;

namespace Odm.Classify.Classification;

/// <summary>
/// <c>downstream</c> of a study file with <c>kind: classifier</c>: a recipe, and what is to differ from it. Each field's meaning:
/// <see cref="ClassifierRecipe"/>.
/// </summary>
public sealed record ClassifierConfig : LearningConfig
{
    /// <summary>Networks by name.</summary>
    public static IReadOnlyList<string> Networks { get; } = ["resnet50", "resnet50-v1", "cnn"];

    private static readonly string[] Scores = ["accuracy", "balanced_accuracy", "macro_f1", "weighted_f1", "mcc", "qwk", "loss"];

    /// <summary>The <c>cpu</c> recipe; others are <c>iois</c>, <c>thesis-cnn</c>, <c>thesis-resnet50</c>.</summary>
    public ClassifierConfig() => Kind = "classifier";

    /// <inheritdoc cref="ClassifierRecipe.Freeze"/>
    public bool? Freeze { get; init; }

    /// <inheritdoc cref="ClassifierRecipe.Hidden"/>
    public int? Hidden { get; init; }

    /// <inheritdoc cref="ClassifierRecipe.Dropout"/>
    public double? Dropout { get; init; }

    /// <inheritdoc cref="ClassifierRecipe.Stem"/>
    public string? Stem { get; init; }

    /// <inheritdoc cref="ClassifierRecipe.ClassWeights"/>
    public bool? ClassWeights { get; init; }

    /// <inheritdoc cref="ClassifierRecipe.LabelSmoothing"/>
    public double? LabelSmoothing { get; init; }

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
            .. CommonFaults(path, r, "classifier", Networks, Scores),
            .. OneOf(path, "stem", r.Stem, ["paper", "small"]),
            .. Check(r.Weights != "imagenet" || r.Network == "resnet50-v1", path, "weights", r.Weights,
                "none or a path for this network; those of ImageNet belong to network: resnet50-v1"),
            .. Check(!r.Freeze || r.Network != "cnn" && r.Weights != "none", path, "freeze", r.Freeze, "false unless a ResNet has weights"),
            .. Check(r.Hidden >= 0, path, "hidden", r.Hidden, "0 (one new layer) or more"),
            .. Check(r.Dropout is >= 0 and < 1, path, "dropout", r.Dropout, "0 up to, not including, 1"),
            .. Check(r.LabelSmoothing is >= 0 and < 1, path, "label_smoothing", r.LabelSmoothing, "0 up to, not including, 1"),
        ];
    }

    private ClassifierRecipe Merged(ClassifierRecipe preset) => (ClassifierRecipe)Over(preset) with
    {
        Freeze = Freeze ?? preset.Freeze,
        Hidden = Hidden ?? preset.Hidden,
        Dropout = Dropout ?? preset.Dropout,
        Stem = Stem ?? preset.Stem,
        ClassWeights = ClassWeights ?? preset.ClassWeights,
        LabelSmoothing = LabelSmoothing ?? preset.LabelSmoothing,
    };
}
