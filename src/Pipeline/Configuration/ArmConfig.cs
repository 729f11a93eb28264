using System.Text.Json.Serialization;
using Odm.Augment.Plans;
using Odm.Augment.Traditional;
using Odm.Classify.Classification;
using Odm.Classify.Losses;
using Odm.Classify.Training;
using Odm.Data.Batching;
using Odm.Data.Images;
using Odm.Engine.Runtime;

namespace Odm.Pipeline.Configuration;

/// <summary>One of <c>arms</c>: a way of making the training set. With no field it is the real images as they are.</summary>
public sealed record ArmConfig
{
    /// <summary>
    /// Real training images that the arm may see: the first of a drawn order, the same for all arms; all by default, 0 for synthetic
    /// ones alone.
    /// </summary>
    public int? Real { get; init; }

    /// <summary>The generator whose images are added; none by default.</summary>
    public string? Generator { get; init; }

    /// <summary>
    /// How many images are added; for offline traditional copies <c>to_largest</c>, for a generator that paints into images
    /// <c>per_image: 1</c> by default.
    /// </summary>
    public PlanConfig? Plan { get; init; }

    /// <summary>Traditional transforms; none by default.</summary>
    public TraditionalConfig? Traditional { get; init; }

    /// <summary>The arm's own loss of a classifier, in place of the downstream network's and of its class weights.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public LossConfig? Loss { get; init; }

    /// <summary>How often training images of each class are drawn, in place of the downstream network's sampling.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Sampling? Sampling { get; init; }

    /// <summary>α of MixUp, in place of the downstream network's; 0 mixes no images.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double? Mixup { get; init; }

    /// <summary>Images made while the classifier trains, guided by it; none by default.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public OnlineConfig? Online { get; init; }

    /// <summary>Whether the real images themselves, repeated, fill the plan: a control for the number of images alone.</summary>
    public bool Copies { get; init; }

    /// <summary>Whether the synthetic images change their labels among themselves: a control for what the labels add.</summary>
    public bool Shuffle { get; init; }

    /// <summary>The arm that it is compared with; by default the one of the same real images alone, or the study's baseline.</summary>
    public string? Baseline { get; init; }

    /// <summary>Whether it is real images as they are.</summary>
    [JsonIgnore]
    public bool Bare => this is { Generator: null, Online: null, Traditional: null, Copies: false, LearnsItsOwnWay: false };

    /// <summary>Whether it has a loss, a sampling or MixUp of its own.</summary>
    [JsonIgnore]
    public bool LearnsItsOwnWay => Loss is not null || Sampling is not null || Mixup is not null;

    /// <summary>
    /// Seeds of the arm's networks and of its generators with <c>per_seed</c>, as many as the study's, which hold by default. An arm
    /// under a second name with other seeds shows what seeds alone do.
    /// </summary>
    public IReadOnlyList<ulong>? Seeds { get; init; }

    /// <summary>Whether transformed copies of real images fill the plan.</summary>
    [JsonIgnore]
    public bool Offline => Traditional?.Resolve().Mode == TraditionalMode.Offline;

    /// <summary>Synthetic sets of an image per source that a generator of kind inpaint gives the arm.</summary>
    [JsonIgnore]
    public int PerImage => Plan?.PerImage ?? 1;

    /// <summary>The downstream network's settings with the arm's own put over them.</summary>
    public DownstreamConfig Over(DownstreamConfig downstream) => downstream is ClassifierConfig classifier
        ? classifier.For(Loss, Sampling, Mixup, Traditional?.Resolve().Crop is { P: > 0 }) is var own && Online is { PaperCode: true }
            ? own with { SelectBy = "accuracy" } : own
        : downstream;

    /// <summary>Images that are added to the real ones, none painted into them counted.</summary>
    /// <param name="train">The real training images that the arm may see.</param>
    /// <param name="field">Where the plan stands in the study file.</param>
    /// <exception cref="StudyException">The plan does not suit the images.</exception>
    public int AddedImages(ImageSet train, string field)
        => Online is { } online ? online.Images
            : Copies && Plan?.PerImage is { } times ? (int)Math.Round(Plan.Probability * times * train.Count) : Added(train, field).Sum();

    /// <summary>Images of each class that are added to the real ones.</summary>
    /// <param name="train">The real training images that the arm may see.</param>
    /// <param name="field">Where the plan stands in the study file.</param>
    /// <exception cref="StudyException">The plan does not suit the images.</exception>
    public IReadOnlyList<int> Added(ImageSet train, string field)
        => (Generator is null && !Offline && !Copies) || (Copies && Plan?.PerImage is not null) ? new int[train.Classes.Count]
            : Augment.Plans.Plan.From(Plan ?? PlanConfig.Parse("to_largest"), train.Classes, train.ClassCounts(), field).Counts;
}
