using Odm.Classify.Classification;
using Odm.Classify.Metrics;
using Odm.Classify.Segmentation;
using Odm.Classify.Statistics;
using Odm.Classify.Training;
using Odm.Data.Batching;
using Odm.Data.Images;
using Odm.Engine.Runtime;

namespace Odm.Pipeline.Downstream;

/// <summary>The network that judges the arms, with the scores it is judged by: classifiers of grades, segmenters of lesions.</summary>
internal interface IDownstream
{
    /// <summary>Its settings; every arm trains for the same number of steps.</summary>
    LearningConfig Config { get; }

    /// <summary>What it minimises, in a few words, and MixUp where images are mixed.</summary>
    string Loss { get; }

    /// <summary>How often training images of each class are drawn, in a word.</summary>
    string Sampling { get; }

    /// <summary>Optimiser steps.</summary>
    long Steps { get; }

    /// <summary>Images a step.</summary>
    int Batch { get; }

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

    /// <summary>Pictures of the training that its folder receives.</summary>
    IReadOnlyList<string> Charts { get; }

    /// <summary>Trains it, continuing from what the folder holds.</summary>
    void Train(ImageSet train, ImageSet val, ImageTransform? online, ulong seed, string folder, RunContext context, string stage);

    /// <summary>Judges a trained one on test images and writes its predictions.</summary>
    IReadOnlyList<Fact> Judge(string folder, ImageSet test, string predictions, RunContext context);

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
}

/// <summary>The kinds of <see cref="IDownstream"/>.</summary>
internal static class Downstreams
{
    /// <summary>The one that a study asks for.</summary>
    /// <param name="config">Settings without faults.</param>
    /// <param name="images">Images that an epoch means where the recipe counts epochs: the largest training set of the study.</param>
    /// <param name="primary">The metric that decides; null for the kind's own.</param>
    public static IDownstream Of(LearningConfig config, int images, string? primary = null) => config switch
    {
        SegmenterConfig segmenter => new Segmentation((SegmenterConfig)Counted(segmenter, segmenter.Resolve(images)), primary),
        ClassifierConfig classifier => new Classification((ClassifierConfig)Counted(classifier, classifier.Resolve(images)), primary),
        _ => throw new ArgumentException($"no downstream network of {config.GetType()}", nameof(config)),
    };

    // a number of steps, and of those between two validations where an epoch means one
    private static LearningConfig Counted(LearningConfig config, LearningRecipe recipe) => config with
    {
        Steps = recipe.Steps,
        Epochs = null,
        ValidateEvery = recipe.ValidateEvery == Math.Max(1, recipe.Steps / 20) ? config.ValidateEvery : recipe.ValidateEvery,
    };
}
