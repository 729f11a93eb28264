using System.Text.Json.Serialization;
using Odm.Augment.Generators;
using Odm.Classify.Statistics;
using Odm.Classify.Training;
using Odm.Data.Import;
using Odm.Data.Splitting;
using Odm.Engine.Runtime;

namespace Odm.Pipeline.Configuration;

/// <summary>A study file: arms x seeds on one dataset (configs/README.md lists every field).</summary>
public sealed record Study
{
    /// <summary>Name: stands in every result and, by default, names the run's folder.</summary>
    [JsonPropertyName("study")]
    public required string Name { get; init; }

    /// <summary>Where the real images come from.</summary>
    public required DatasetConfig Dataset { get; init; }

    /// <summary>Which of them train, validate and test.</summary>
    public required SplitConfig Split { get; init; }

    /// <summary>Generators by name; each learns from the training side alone.</summary>
    public IReadOnlyDictionary<string, GeneratorConfig> Generators { get; init; } = new OrderedDictionary<string, GeneratorConfig>();

    /// <summary>
    /// Arms by name: ways of making the training set. The arm <c>real</c>, else the first of all real images alone, else the first, is what
    /// the others are compared with.
    /// </summary>
    public required IReadOnlyDictionary<string, ArmConfig> Arms { get; init; }

    /// <summary>The network that judges an arm; every arm trains it for the same number of optimiser steps.</summary>
    public required DownstreamConfig Downstream { get; init; }

    /// <summary>
    /// The metric that the verdicts are of: its p are corrected over the arms alone, the other metrics are secondary. By default
    /// <c>balanced_accuracy</c> of classifiers (or <c>accuracy</c>, <c>macro_f1</c>, <c>weighted_f1</c>, <c>mcc</c>, <c>qwk</c>,
    /// <c>mae</c>, <c>auc</c>, <c>ece</c>) and <c>dice_hard</c> of segmenters (or <c>dice_soft</c>, <c>iou</c>, <c>dice_global</c>,
    /// <c>iou_global</c>, <c>hd95</c>).
    /// </summary>
    public string? Primary { get; init; }

    /// <summary>What is looked for in generators and their images.</summary>
    public AuditConfig Audit { get; init; } = new();

    /// <summary>How synthetic sets are compared with real images.</summary>
    public MeasuresConfig ImageMetrics { get; init; } = new();

    /// <summary>What experts said of the images of <c>odm review</c>; a section of the report.</summary>
    public ReadersConfig? Readers { get; init; }

    /// <summary>Seeds; each retrains the downstream network of every arm that has none of its own.</summary>
    public IReadOnlyList<ulong> Seeds { get; init; } = [1];

    /// <summary><c>auto</c> (CUDA where the engine has it), <c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>.</summary>
    public string Device { get; init; } = "auto";

    /// <summary>Number format of convolutions and linear layers.</summary>
    public Precision Precision { get; init; } = Precision.Fp32;

    /// <summary>Threads of the engine; 0 takes all cores. Runs are equal bit for bit on one thread count.</summary>
    public int Threads { get; init; }

    /// <summary>
    /// Trainings (of generators, then of downstream networks) that run at the same time, each with an equal part of the threads. Small
    /// networks train faster so (docs/decisions/workers.md); memory is needed for each. Above 1 no network may have dropout, whose random
    /// numbers come from one generator of the process.
    /// </summary>
    public int Workers { get; init; } = 1;

    /// <summary>Further test sets by name, with the fields and classes of <c>dataset</c>.</summary>
    public IReadOnlyDictionary<string, DatasetConfig> Transfer { get; init; } = new OrderedDictionary<string, DatasetConfig>();

    /// <summary>Name of the arm that the others are compared with.</summary>
    [JsonIgnore]
    public string Baseline => Arms.ContainsKey("real") ? "real"
        : Arms.Where(a => a.Value is { Bare: true, Real: null }).Select(a => a.Key).FirstOrDefault() ?? Arms.Keys.First();

    /// <summary>
    /// The arm that another is compared with: the one it names, else the first of the same real images alone, so that what is added to few
    /// images is compared with those few, else <see cref="Baseline"/>; null for that one.
    /// </summary>
    public string? BaselineOf(string arm)
    {
        if (arm == Baseline)
        {
            return null;
        }

        var own = Arms[arm];
        // a bare arm looks back alone
        var alike = Arms.TakeWhile(a => !own.Bare || a.Key != arm).Where(a => a.Value.Bare && a.Value.Real == own.Real).Select(a => a.Key)
            .ToList();
        return own.Baseline ?? (alike.Contains(Baseline) ? Baseline : alike.FirstOrDefault()) ?? Baseline;
    }

    /// <summary>
    /// The arm whose network knows all real training images and no others: the baseline where it is one, else the first; null where there
    /// is none.
    /// </summary>
    [JsonIgnore]
    public string? RealArm => Arms.Where(a => a.Value is { Generator: null, Online: null, Real: null })
        .OrderBy(a => a.Key == Baseline ? 0 : 1).Select(a => a.Key).FirstOrDefault();

    /// <summary>Name of the dataset in <c>results.csv</c>: the file's or folder's own, never its path.</summary>
    [JsonIgnore]
    public string DatasetName => NameOf(Dataset);

    /// <summary>The seeds of an arm: its own, else the study's; the arms are compared place by place.</summary>
    public IReadOnlyList<ulong> SeedsOf(ArmConfig arm) => arm.Seeds ?? Seeds;

    /// <summary>What does not fit together.</summary>
    public IEnumerable<string> Faults(string path)
    {
        _ = path; // the root
        if (!IsName(Name))
        {
            yield return $"study: '{Name}'; a name of letters, digits, '.', '_' and '-' is needed (it names a folder)";
        }

        foreach (var (section, name) in Generators.Keys.Select(n => ("generators", n)).Concat(Arms.Keys.Select(n => ("arms", n)))
            .Concat(Transfer.Keys.Select(n => ("transfer", n))))
        {
            if (!IsName(name))
            {
                yield return $"{section}.{name}: a name of letters, digits, '.', '_' and '-' is needed (it names files)";
            }
        }

        foreach (var fault in ArmRules.Faults(this))
        {
            yield return fault;
        }

        if (Seeds.Count == 0)
        {
            yield return "seeds: empty; at least one is needed";
        }
        else if (ArmRules.Twice("seeds", Seeds) is { } fault)
        {
            yield return fault;
        }

        var metrics = Downstream.Masks ? PrimaryMetric.OfMasks : PrimaryMetric.OfClasses;
        if (Primary is { } primary && !metrics.Contains(primary, StringComparer.Ordinal))
        {
            var near = Nearest.To(primary, metrics) is { } word ? $" (did you mean '{word}'?)" : "";
            yield return $"primary: '{primary}'{near}; must be one of {string.Join(", ", metrics)}";
        }

        if (!IsDevice(Device))
        {
            yield return $"device: '{Device}'; must be one of auto, cpu, cuda, cuda:N";
        }

        if (ImageMetrics.Features is "downstream" && RealArm is null)
        {
            yield return "image_metrics: downstream; no arm trains on all real images alone (must be one of resnet18-imagenet, "
                + "resnet50-imagenet, pixels, a file of weights, none)";
        }

        if (ImageMetrics.Features is "downstream" && !Downstream.GivesFeatures)
        {
            yield return $"image_metrics: downstream; downstream.kind: {Downstream.Kind} trains no network whose features could be taken "
                + "(must be one of resnet18-imagenet, resnet50-imagenet, pixels, a file of weights, none)";
        }

        if (ImageMetrics.Count is { } count && Arms.Values.FirstOrDefault(a => a.Generator is { } made
            && Generators.TryGetValue(made, out var of) && of.MakesMasks) is { Generator: { } painter })
        {
            yield return $"image_metrics.count: {count}; generators.{painter} makes images with masks, not of asked classes: allowed "
                + "beside generators of graded images";
        }

        if (Audit.Reject && Generators.Values.Any(g => g.Paints))
        {
            yield return "audit.reject: true; allowed beside generators of graded images, not of images painted into training images";
        }

        if (Threads is < 0 or > 1024)
        {
            yield return $"threads: {Threads}; must be 0 (all cores) to 1024";
        }

        if (Workers is < 1 or > 64)
        {
            yield return $"workers: {Workers}; must be 1 to 64";
        }
        else if (Workers > 1)
        {
            foreach (var (name, generator) in Generators.Where(g => g.Value.Dropout is not null))
            {
                yield return $"workers: {Workers}; above 1 there must be no dropout: set generators.{name}.{generator.Dropout} to 0";
            }

            if (Downstream.HasDropout)
            {
                yield return $"workers: {Workers}; above 1 there must be no dropout: allowed beside networks other than cnn";
            }
        }
    }

    private static string NameOf(DatasetConfig dataset)
        => dataset.Kind == DatasetKind.Phantom ? "phantom"
            : Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(
                dataset.Path ?? dataset.Images ?? EnumWords.Of(dataset.Kind)));

    private static bool IsName(string name)
        => name.Length is > 0 and <= 100 && name[0] != '.' && name[0] != '-'
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');

    private static bool IsDevice(string device)
        => device is "auto" or "cpu" or "cuda" || (device.StartsWith("cuda:", StringComparison.Ordinal) && device.Length > 5
            && device[5..].All(char.IsAsciiDigit));
}
