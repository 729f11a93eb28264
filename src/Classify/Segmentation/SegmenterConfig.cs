using System.Text.Json.Serialization;
using Odm.Classify.Losses;
using Odm.Classify.Training;

namespace Odm.Classify.Segmentation;

/// <summary>
/// <c>downstream</c> of a study file with <c>kind: segmenter</c>: a recipe, and what is to differ from it. Each field's meaning:
/// <see cref="SegmenterRecipe"/>.
/// </summary>
public sealed record SegmenterConfig : LearningConfig
{
    private static readonly string[] Scores = ["iou", "dice_hard", "dice_soft", "iou_global", "dice_global", "loss"];

    /// <summary>The <c>cpu</c> recipe; the other is <c>paper</c>.</summary>
    public SegmenterConfig() => Kind = "segmenter";

    /// <inheritdoc cref="SegmenterRecipe.Network"/>
    [JsonPropertyOrder(-1)]
    public SegmenterNetwork? Network { get; init; }

    /// <inheritdoc cref="SegmenterRecipe.Encoder"/>
    public SegmenterEncoder? Encoder { get; init; }

    /// <inheritdoc cref="SegmenterRecipe.Decoder"/>
    public IReadOnlyList<int>? Decoder { get; init; }

    /// <inheritdoc cref="SegmenterRecipe.Loss"/>
    public MaskLoss? Loss { get; init; }

    /// <inheritdoc/>
    public override bool Masks => true;

    /// <summary>The preset with these fields put over it, and steps counted.</summary>
    /// <param name="images">Images that an epoch means where the recipe counts epochs; one number for all arms of a study.</param>
    public SegmenterRecipe Resolve(int images) => (SegmenterRecipe)Counted(Merged(SegmenterRecipe.Presets[Recipe]), images);

    /// <summary>Everything wrong with the fields, each named below <paramref name="path"/>.</summary>
    public IEnumerable<string> Faults(string path)
    {
        if (!SegmenterRecipe.Presets.ContainsKey(Recipe))
        {
            return OneOf(path, "recipe", Recipe, SegmenterRecipe.Presets.Keys);
        }
        var r = Merged(SegmenterRecipe.Presets[Recipe]);
        return
        [
            .. CommonFaults(path, r, "segmenter", Scores),
            .. Check(r.Size % 32 == 0, path, "size", r.Size,
                "0 (as they are) or a multiple of 32 pixels: U-Net++ halves an image five times"),
            .. Check(r.Decoder.Count == 5 && r.Decoder.All(w => w > 0), path, "decoder", string.Join(", ", r.Decoder),
                "five positive channel counts"),
            .. Check(r.Weights != "imagenet" || r.Encoder == SegmenterEncoder.ResNet50V1, path, "weights", r.Weights,
                "none or a path for this encoder; those of ImageNet belong to encoder: resnet50-v1"),
        ];
    }

    private SegmenterRecipe Merged(SegmenterRecipe preset) => (SegmenterRecipe)Over(preset) with
    {
        Network = Network ?? preset.Network,
        Encoder = Encoder ?? preset.Encoder,
        Decoder = Decoder ?? preset.Decoder,
        Loss = Loss ?? preset.Loss,
    };
}
