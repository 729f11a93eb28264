using System.Globalization;
using System.Text.Json.Serialization;
using Odm.Classify.Losses;
using Odm.Classify.Networks;
using Odm.Classify.Training;
using Odm.Data.Batching;
using Odm.Engine.Runtime;
using static TorchSharp.torch;

namespace Odm.Classify.Classification;

/// <summary>
/// Everything a classifier's training needs to know: a preset with the study file's own fields put over it.
/// <c>select_by</c> is a score of the confusion matrix, or <c>loss</c>.
/// </summary>
public sealed record ClassifierRecipe : LearningRecipe
{
    /// <summary>Chooses by macro F1 unless told otherwise.</summary>
    public ClassifierRecipe() => SelectBy = "macro_f1";

    /// <summary>Train the new layers alone.</summary>
    public bool Freeze { get; init; }

    /// <summary>Units between the two new layers of a ResNet; 0: one new layer.</summary>
    public int Hidden { get; init; }

    /// <summary>Share of units dropped in the CNN.</summary>
    public double Dropout { get; init; } = .5;

    /// <summary>ResNet's first strides: <c>paper</c>, or <c>small</c> without the maximum (four times the work).</summary>
    public Stem Stem { get; init; }

    /// <summary>Weigh the loss by inverse class frequency, mean 1 over the training images.</summary>
    public bool ClassWeights { get; init; }

    /// <summary>Label smoothing of the cross entropy and of logit adjustment.</summary>
    public double LabelSmoothing { get; init; }

    // What follows came later: it is written only where it is set, so that earlier trainings keep their settings and stages their hashes

    /// <summary>The loss, in place of <see cref="ClassWeights"/>; none: cross entropy.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public LossConfig? Loss { get; init; }

    /// <summary>How often training images of each class are drawn.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Sampling Sampling { get; init; }

    /// <summary>α of MixUp (Zhang et al. 2018); 0: images are not mixed.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double Mixup { get; init; }

    /// <summary>What validation and test images are shown as; none: resized to <see cref="LearningRecipe.Size"/> as a whole.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public EvaluationConfig? Evaluation { get; init; }

    /// <summary>
    /// Whether the transforms of training images crop them, so that <see cref="Evaluation"/> leaves training images alone.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool TransformsCrop { get; init; }

    /// <summary>
    /// <c>resnet50</c> (v1.5), <c>resnet50-v1</c> (which ImageNet weights are for) or <c>cnn</c> (the IDRiD thesis' own).
    /// </summary>
    public required ClassifierNetwork Network { get; init; } // here, so that it stands before the common fields in classifier.json

    /// <summary>The loss as a loss, <see cref="ClassWeights"/> included.</summary>
    internal LossConfig WholeLoss => Loss ?? new() { Weights = ClassWeights ? ClassWeighting.Inverse : ClassWeighting.None };

    /// <summary>Loss and MixUp in a few words for tables: <c>focal γ=2</c>, <c>cross_entropy, mixup α=0.2</c>.</summary>
    [JsonIgnore]
    public string LossWords => WholeLoss.Words() + (Mixup > 0 ? string.Create(CultureInfo.InvariantCulture, $", mixup α={Mixup}") : "");

    /// <summary>The sampling in a word for tables: <c>square_root</c>.</summary>
    [JsonIgnore]
    public string SamplingWords => EnumWords.Of(Sampling);

    /// <summary>Validation and test images [N, C, H, W] as the network sees them.</summary>
    internal Tensor Seen(Tensor images) => Evaluation is { } e ? Resizing.Centre(images, e.Resize, e.Crop) : Resizing.To(images, Size);

    /// <summary>Training images [N, C, H, W], their transforms done, as the network sees them.</summary>
    internal Tensor SeenInTraining(Tensor images) => TransformsCrop ? Resizing.To(images, Size) : Seen(images);

    /// <summary>The presets by name.</summary>
    public static IReadOnlyDictionary<string, ClassifierRecipe> Presets { get; } = new Dictionary<string,
        ClassifierRecipe>(StringComparer.Ordinal)
    {
        // a few hundred steps at 32 px from scratch on two cores. One run each: 715 drawn eyes of EyePACS' skew (17 of each rare grade),
        // 250 steps: balanced accuracy .72 on 390 others; RetinaMNIST (1,080 images; in PyTorch), 200 steps: .37, and .26 at best with SGD
        // at .05. While the rate is high, running statistics lag behind the weights and validation is poor (step 100 of 250: loss 14); the
        // cosine's end mends it
        ["cpu"] = new()
        {
            Network = ClassifierNetwork.ResNet50,
            Optimizer = OptimizerKind.AdamW,
            LearningRate = 1e-3,
            WeightDecay = .05,
            Schedule = RateSchedule.Cosine,
            Warmup = .15,
            Clip = 1,
            Batch = 32,
            Steps = 250,
            ValidateEvery = 50,
        },
        // Li et al. 2024, 3.2; momentum, weight decay and normalisation kind from their code (mmcls defaults)
        ["iois"] = new()
        {
            Network = ClassifierNetwork.ResNet50V1,
            Weights = "imagenet",
            Size = 224,
            Optimizer = OptimizerKind.Sgd,
            LearningRate = .0125,
            WeightDecay = 1e-4,
            Schedule = RateSchedule.Steps,
            Milestones = [.3, .6, .9],
            Batch = 32,
            Epochs = 200,
            ValidateEachEpoch = true,
            Normalisation = NormalisationKind.Dataset,
        },
        // Berdjouh and Lakas 2023, chapters 4 and 5; the rate is Adam's own default, the thesis gives none
        ["thesis-cnn"] = new()
        {
            Network = ClassifierNetwork.Cnn,
            Optimizer = OptimizerKind.Adam,
            LearningRate = 1e-3,
            Batch = 25,
            Epochs = 80,
            Normalisation = NormalisationKind.ZScore,
        },
        // the same; the thesis gives no width of the first new layer
        ["thesis-resnet50"] = new()
        {
            Network = ClassifierNetwork.ResNet50V1,
            Weights = "imagenet",
            Freeze = true,
            Hidden = 256,
            Optimizer = OptimizerKind.Adam,
            LearningRate = 1e-3,
            Batch = 25,
            Epochs = 25,
            Normalisation = NormalisationKind.ZScore,
        },
    };
}
