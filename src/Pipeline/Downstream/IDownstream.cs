using Odm.Augment.Generators;
using Odm.Classify.Metrics;
using Odm.Classify.Statistics;
using Odm.Classify.Training;
using Odm.Data.Batching;
using Odm.Data.Images;
using Odm.Engine.Runtime;

namespace Odm.Pipeline.Downstream;

/// <summary>What judges the arms of a study, with the scores it is judged by. Its kinds: <see cref="Downstreams"/>.</summary>
public interface IDownstream
{
    /// <summary>Its settings, in the key of every fit.</summary>
    DownstreamConfig Config { get; }

    /// <summary>Name and version of a library that decides its numbers beside libtorch; null for none.</summary>
    string? Engine => null;

    /// <summary>What it minimises, in a few words, and MixUp where images are mixed.</summary>
    string Loss { get; }

    /// <summary>How often training images of each class are drawn, in a word.</summary>
    string Sampling { get; }

    /// <summary>Bytes of the weights it keeps.</summary>
    long WeightBytes { get; }

    /// <summary>The scores of the comparison; the first is the primary one, which the verdicts and sentences speak of.</summary>
    IReadOnlyList<string> Metrics { get; }

    /// <summary>The primary metric in words.</summary>
    string Headline => Primary switch
    {
        "dice_hard" => "mean Dice (hard)",
        "dice_soft" => "mean Dice (soft)",
        "iou" => "mean IoU",
        "dice_global" => "Dice of all pixels together",
        "iou_global" => "IoU of all pixels together",
        "macro_f1" => "macro F1",
        "weighted_f1" => "weighted F1",
        "hd95" => "mean 95 % Hausdorff distance",
        "auc" or "ece" or "mae" or "mcc" or "qwk" => Primary.ToUpperInvariant(),
        _ => Primary.Replace('_', ' '),
    };

    /// <summary>The metric that the verdicts are of.</summary>
    string Primary => Metrics[0];

    /// <summary>Pictures of the training that its folder receives, beside <c>curves.csv</c>; empty where there are no curves.</summary>
    IReadOnlyList<string> Charts { get; }

    /// <summary>Scores that another program's evaluator gave too, among the facts of <see cref="Judge"/>.</summary>
    IReadOnlyList<Counterpart> Counterparts => [];

    /// <summary>What was alike for all arms, as a sentence of the report.</summary>
    /// <param name="validation">Validation images.</param>
    string Treatment(int validation);

    /// <summary>What else a reader of the report should know; null for nothing.</summary>
    string? Note => null;

    /// <summary>Trains it, continuing from what the folder holds.</summary>
    void Train(ITrainingImages images, ImageSet val, ImageTransform? online, ulong seed, string folder, RunContext context, string stage);

    /// <summary>Judges a trained one on test images and writes its predictions.</summary>
    IReadOnlyList<Fact> Judge(string folder, ImageSet test, string predictions, RunContext context);

    /// <summary>The probabilities [N, K] that a trained one gives each class of images.</summary>
    /// <exception cref="NotSupportedException">It learns from masks.</exception>
    double[,] Probabilities(string folder, ImageSet images, RunContext context);

    /// <summary>Compares the arms on one set of test images.</summary>
    /// <param name="arms">Files of predictions of each arm, one a seed.</param>
    /// <param name="baseline">The arm that the others are compared with.</param>
    /// <param name="own">The arm that an arm is compared with instead.</param>
    /// <param name="cancel">Looked at often.</param>
    ArmComparison Compare(IReadOnlyList<(string Arm, IReadOnlyList<string> Files)> arms, string baseline, Func<string, string?> own,
        CancellationToken cancel);

    /// <summary>What is wrong with the study's images for it.</summary>
    /// <param name="all">The study's own dataset.</param>
    /// <param name="transfer">Further test sets by name.</param>
    IEnumerable<string> Faults(ImageSet all, IReadOnlyList<(string Name, ImageSet Set)> transfer);

    /// <summary>What a fit costs here, by a trial of seconds.</summary>
    DownstreamCost Cost(DownstreamTrial trial);
}

/// <summary>A score of ours that another program's evaluator gives too.</summary>
/// <param name="Evaluator">The other one's name.</param>
/// <param name="Name">What it calls the score.</param>
/// <param name="Theirs">The metric of its value.</param>
/// <param name="Ours">The metric of our value.</param>
public sealed record Counterpart(string Evaluator, string Name, string Theirs, string Ours);

/// <summary>What the cost of a fit is asked on.</summary>
public sealed record DownstreamTrial
{
    /// <summary>The real training images.</summary>
    public required ImageSet Train { get; init; }

    /// <summary>The validation images.</summary>
    public required ImageSet Val { get; init; }

    /// <summary>Images that the fit trains on.</summary>
    public required int Images { get; init; }

    /// <summary>Those of them, and test images, that no fit before has read.</summary>
    public required int Unread { get; init; }

    /// <summary>Whether seconds are wanted; otherwise only counts.</summary>
    public required bool Timed { get; init; }

    /// <summary>Device, precision, cancellation; without progress.</summary>
    public required RunContext Context { get; init; }

    /// <summary>What was timed before.</summary>
    public required Timings Known { get; init; }
}

/// <summary>What a fit costs.</summary>
/// <param name="Work">Its steps or images, in words.</param>
/// <param name="Evaluations">Network evaluations: forward passes, images counted singly.</param>
/// <param name="Seconds">Estimate.</param>
public sealed record DownstreamCost(string Work, long Evaluations, double Seconds);
