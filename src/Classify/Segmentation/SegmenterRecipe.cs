using Odm.Classify.Losses;
using Odm.Classify.Metrics;
using Odm.Classify.Training;
using Odm.Data.Batching;

namespace Odm.Classify.Segmentation;

/// <summary>
/// Everything a segmenter's training needs to know: a preset with the study file's own fields put over it.
/// <c>select_by</c> is one of the scores of <see cref="SegmentationMetrics"/> on the validation images, or <c>loss</c>.
/// </summary>
public sealed record SegmenterRecipe : LearningRecipe
{
    /// <summary>Chooses by the mean IoU of the validation images unless told otherwise.</summary>
    public SegmenterRecipe() => SelectBy = "iou";

    /// <summary>
    /// What halves the image: <c>se_resnext50_32x4d</c>, <c>resnet50</c> (v1.5), <c>resnet50-v1</c> (which ImageNet weights are for) or
    /// <c>resnet18</c>.
    /// </summary>
    public required SegmenterEncoder Encoder { get; init; }

    /// <summary>Decoder channels from the coarsest to the image's own resolution.</summary>
    public IReadOnlyList<int> Decoder { get; init; } = [256, 128, 64, 32, 16];

    /// <summary><c>dice</c> (of the whole batch, smoothed by 1) or <c>dice_bce</c> (the sum of it and binary cross entropy).</summary>
    public MaskLoss Loss { get; init; }

    /// <summary><c>unet++</c>.</summary>
    public required SegmenterNetwork Network { get; init; } // here, so that it stands before the common fields in segmenter.json

    /// <summary>The presets by name.</summary>
    public static IReadOnlyDictionary<string, SegmenterRecipe> Presets { get; } = new Dictionary<string,
        SegmenterRecipe>(StringComparer.Ordinal)
    {
        // a few hundred steps from scratch on two cores, meant for images of 64 px
        ["cpu"] = new()
        {
            Network = SegmenterNetwork.UNetPlusPlus,
            Encoder = SegmenterEncoder.ResNet18,
            Loss = MaskLoss.DiceBce,
            Optimizer = OptimizerKind.AdamW,
            LearningRate = 1e-3,
            WeightDecay = .01,
            Schedule = RateSchedule.Cosine,
            Warmup = .1,
            Clip = 1,
            Batch = 16,
            Steps = 300,
            ValidateEvery = 50,
        },
        // Saragih, Hibi and Tyrrell, with their code for what the text leaves open: Adam at 1e-4, from epoch 50 of 150 on at 1e-5, batch
        // 32, smp's Dice, best by validation IoU. Their code starts from ImageNet weights and shows the network raw values from 0 to 255
        // (normalisation: raw); the default here is ImageNet's statistics, and weights are those that the user has
        ["paper"] = new()
        {
            Network = SegmenterNetwork.UNetPlusPlus,
            Encoder = SegmenterEncoder.SeResNeXt50,
            Optimizer = OptimizerKind.Adam,
            LearningRate = 1e-4,
            Schedule = RateSchedule.Steps,
            Milestones = [1.0 / 3],
            Batch = 32,
            Epochs = 150,
            ValidateEachEpoch = true,
            Normalisation = NormalisationKind.ImageNet,
        },
    };
}
