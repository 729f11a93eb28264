using System.Globalization;
using System.Text.Json.Serialization;
using Odm.Classify.Classification;
using Odm.Classify.Training;

namespace Odm.MLNet.Judges;

/// <summary>
/// <c>downstream</c> of a study file with <c>kind: mlnet</c>: a trainer of ML.NET's on features of the images. A field that is left out has
/// ML.NET's own default.
/// </summary>
public sealed record MlNetConfig : DownstreamConfig
{
    /// <summary>The word of <see cref="Features"/> for a classifier that each fit trains first.</summary>
    public const string Downstream = "downstream";

    /// <summary>The trainer that reads images itself.</summary>
    public const string ImageClassification = "image_classification";

    private const string Lbfgs = "lbfgs_maximum_entropy";
    private const string Sdca = "sdca_maximum_entropy";
    private const string LightGbm = "light_gbm";
    private const string FastTree = "fast_tree_ova";

    private static readonly string[] Networks = ["resnet18-imagenet", "resnet50-imagenet", Downstream, "pixels"];
    private static readonly string[] Architectures = ["inception_v3", "mobilenet_v2", "resnet_v2_101", "resnet_v2_50"];

    /// <summary>L-BFGS on ResNet-18's features.</summary>
    public MlNetConfig() => Kind = "mlnet";

    /// <summary>Names of the trainers.</summary>
    public static IReadOnlyList<string> Trainers { get; } = [Lbfgs, Sdca, LightGbm, FastTree, ImageClassification];

    /// <summary>
    /// <c>lbfgs_maximum_entropy</c>, <c>sdca_maximum_entropy</c> (both linear, on features of mean 0 and variance 1), <c>light_gbm</c>,
    /// <c>fast_tree_ova</c> (a boosted forest for each class against the others) or <c>image_classification</c> (Microsoft.ML.Vision's,
    /// which reads the images itself; compiled with <c>-p:OdmVision=true</c>).
    /// </summary>
    public string Trainer { get; init; } = Lbfgs;

    /// <summary>
    /// What the trainer reads: <c>resnet18-imagenet</c> (the default), <c>resnet50-imagenet</c> (after <c>odm weights resnet50</c>),
    /// <c>downstream</c> (of a classifier that each fit trains first: <see cref="Classifier"/>), or <c>pixels</c> (means of 8 x 8 blocks).
    /// </summary>
    public string? Features { get; init; }

    /// <summary>The classifier of <c>features: downstream</c>, with the fields of <c>kind: classifier</c>.</summary>
    public ClassifierConfig? Classifier { get; init; }

    /// <summary>Weight of the sum of the absolute weights; linear trainers.</summary>
    public double? L1 { get; init; }

    /// <summary>Weight of the sum of the squared weights; linear trainers.</summary>
    public double? L2 { get; init; }

    /// <summary>Largest number of iterations of a linear trainer; trees of a boosted one, each class.</summary>
    public int? Iterations { get; init; }

    /// <summary>Step of boosting, or of <c>image_classification</c>.</summary>
    public double? LearningRate { get; init; }

    /// <summary>Most leaves of a tree.</summary>
    public int? Leaves { get; init; }

    /// <summary>Fewest images in a leaf.</summary>
    public int? LeafImages { get; init; }

    /// <summary>Network of <c>image_classification</c>: <c>inception_v3</c>, <c>mobilenet_v2</c>, <c>resnet_v2_101</c>,
    /// <c>resnet_v2_50</c>.</summary>
    public string? Architecture { get; init; }

    /// <summary>Passes of <c>image_classification</c>.</summary>
    public int? Epochs { get; init; }

    /// <summary>Images a step of <c>image_classification</c>.</summary>
    public int? Batch { get; init; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override bool Rereads => Features == Downstream;

    /// <inheritdoc/>
    [JsonIgnore]
    public override bool GivesFeatures => false;

    /// <inheritdoc/>
    [JsonIgnore]
    public override bool HasDropout => Features == Downstream && (Classifier ?? new()).HasDropout;

    /// <summary>The same with defaults of ours filled in.</summary>
    public MlNetConfig Resolve() => this with
    {
        Features = Features ?? (Trainer == ImageClassification ? null : Networks[0]),
        Classifier = Features == Downstream ? Classifier ?? new() : null,
    };

    /// <summary>Everything wrong with the fields, each named below <paramref name="path"/>.</summary>
    public IEnumerable<string> Faults(string path)
    {
        if (!Trainers.Contains(Trainer, StringComparer.Ordinal))
        {
            yield return $"{path}.trainer: \"{Trainer}\"; must be one of {string.Join(", ", Trainers)}";
            yield break;
        }
        if (Trainer == ImageClassification && !Vision.Compiled)
        {
            yield return $"{path}.trainer: {ImageClassification}; this program was built without Microsoft.ML.Vision: build it with "
                + "-p:OdmVision=true where the package registry has it";
        }
        if (Features is { } given && (Trainer == ImageClassification || !Networks.Contains(given, StringComparer.Ordinal)))
        {
            yield return $"{path}.features: \"{given}\"; must be " + (Trainer == ImageClassification
                ? $"left out: {ImageClassification} reads the images itself" : $"one of {string.Join(", ", Networks)}");
        }
        if (Classifier is not null && Features != Downstream)
        {
            yield return $"{path}.classifier: given; allowed beside features: {Downstream}";
        }
        foreach (var fault in Fields().Where(f => f.Value is not null).SelectMany(f => f.Faults(path, Trainer)))
        {
            yield return fault;
        }
        if (Architecture is { } architecture && !Architectures.Contains(architecture, StringComparer.Ordinal))
        {
            yield return $"{path}.architecture: \"{architecture}\"; must be one of {string.Join(", ", Architectures)}";
        }
    }

    // a field, the trainers that it is for, and its range
    private sealed record Ranged(string Name, double? Value, string[] For, double Least, double Most)
    {
        public IEnumerable<string> Faults(string path, string trainer)
        {
            if (!For.Contains(trainer, StringComparer.Ordinal))
            {
                yield return $"{path}.{Name}: given; allowed beside trainer: {string.Join(" or ", For)}";
            }
            else if (!(Value >= Least && Value <= Most))
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"{path}.{Name}: {Value}; must be {Least} to {Most}");
            }
        }
    }

    private IEnumerable<Ranged> Fields()
    {
        string[] linear = [Lbfgs, Sdca], trees = [LightGbm, FastTree], vision = [ImageClassification];
        yield return new("l1", L1, linear, 0, 1e6);
        yield return new("l2", L2, linear, 0, 1e6);
        yield return new("iterations", Iterations, [.. linear, .. trees], 1, 1e6);
        yield return new("learning_rate", LearningRate, [.. trees, .. vision], 1e-6, 10);
        yield return new("leaves", Leaves, trees, 2, 1e5);
        yield return new("leaf_images", LeafImages, trees, 1, 1e6);
        yield return new("architecture", Architecture is null ? null : 0, vision, 0, 0);
        yield return new("epochs", Epochs, vision, 1, 1e5);
        yield return new("batch", Batch, vision, 1, 1e5);
    }
}
