using System.Text.Json.Serialization;
using Odm.Augment.Generators;
using Odm.Classify.Classification;
using Odm.Classify.Segmentation;
using Odm.Classify.Training;
using Odm.Data.Import;
using Odm.Data.Splitting;
using Odm.Engine.Runtime;

namespace Odm.Pipeline.Configuration;

/// <summary>A study file: arms x seeds on one dataset (configs/README.md lists every field).</summary>
internal sealed record Study
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
    public required LearningConfig Downstream { get; init; }

    /// <summary>What is looked for in generators and their images.</summary>
    public AuditConfig Audit { get; init; } = new();

    /// <summary>How synthetic sets are compared with real images.</summary>
    public MeasuresConfig ImageMetrics { get; init; } = new();

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
    public string? RealArm => Arms.Where(a => a.Value is { Generator: null, Real: null }).OrderBy(a => a.Key == Baseline ? 0 : 1)
        .Select(a => a.Key).FirstOrDefault();

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

        foreach (var fault in ArmFaults())
        {
            yield return fault;
        }

        if (Seeds.Count == 0)
        {
            yield return "seeds: empty; at least one is needed";
        }
        else if (Twice("seeds", Seeds) is { } fault)
        {
            yield return fault;
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

        if (Audit.Reject && Generators.Values.Any(g => g.Paints))
        {
            yield return "audit.reject: true; images painted into training images are near them by design: allowed beside generators of "
                + "graded images";
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

            if (Downstream is ClassifierConfig { Network: "cnn" } or ClassifierConfig { Recipe: "thesis-cnn", Network: null })
            {
                yield return $"workers: {Workers}; above 1 there must be no dropout: allowed beside networks other than cnn";
            }
        }
    }

    private IEnumerable<string> ArmFaults()
    {
        if (Arms.Count == 0)
        {
            yield return "arms: empty; at least one is needed";
        }

        foreach (var fault in Arms.SelectMany(a => ArmFaults($"arms.{a.Key}", a.Value)))
        {
            yield return fault;
        }
    }

    private IEnumerable<string> ArmFaults(string path, ArmConfig arm)
    {
        GeneratorConfig? made = null;
        if (arm.Generator is { } generator && !Generators.TryGetValue(generator, out made))
        {
            var near = Nearest.To(generator, Generators.Keys) is { } word ? $" (did you mean '{word}'?)" : "";
            yield return $"{path}.generator: '{generator}' is not one of generators{near} (there are: "
                + $"{string.Join(", ", Generators.Keys)})";
        }

        if (arm.Plan is not null && arm.Generator is null && !arm.Offline && !arm.Copies)
        {
            yield return $"{path}.plan: needs {path}.generator (or copies: true, or traditional with mode: offline), which is missing";
        }

        if (arm.Generator is not null && arm.Offline)
        {
            yield return $"{path}.traditional.mode: offline; beside a generator, which fills the plan; must be online";
        }

        if (arm.Copies && (arm.Generator is not null || arm.Offline))
        {
            yield return $"{path}.copies: true; one thing fills the plan, and "
                + $"{(arm.Offline ? "traditional with mode: offline" : "generator")} is given too";
        }

        if (arm.Shuffle && (arm.Generator is null || made is { Paints: true }))
        {
            yield return $"{path}.shuffle: true; it shuffles the labels of synthetic images: {path}.generator of graded images is needed";
        }

        if (arm is { Copies: true, Plan.PerImage: null } && Downstream is SegmenterConfig)
        {
            yield return $"{path}.plan: copies of images with masks need per_image: N";
        }

        if (arm.Plan is null && made is { Paints: false })
        {
            yield return $"{path}.plan: missing; how many images '{arm.Generator}' gives each class (to_largest, total, ratio or counts)";
        }

        if (arm.Plan?.PerImage is not null && arm is { Generator: null, Copies: false })
        {
            yield return $"{path}.plan.per_image: {arm.Plan.PerImage}; allowed beside a generator that paints into real images, or "
                + $"copies: true";
        }

        if (made is { Paints: true } && arm.Plan is { PerImage: null })
        {
            yield return $"{path}.plan: '{arm.Generator}' paints into real images; must be per_image: N (and probability)";
        }

        if (made is { Paints: false } && arm.Plan is { PerImage: not null })
        {
            yield return $"{path}.plan.per_image: {arm.Plan.PerImage}; '{arm.Generator}' draws from noise; must be one of to_largest, "
                + $"total, "
                + $"ratio, counts";
        }

        if (made is not null && made.Paints != Downstream is SegmenterConfig)
        {
            yield return $"{path}.generator: '{arm.Generator}' makes " + (made.Paints
                ? "images with masks, which downstream.kind: segmenter learns from"
                : "graded images, which downstream.kind: classifier learns from");
        }

        if (arm.Baseline is { } other && !Arms.ContainsKey(other))
        {
            var near = Nearest.To(other, Arms.Keys) is { } word ? $" (did you mean '{word}'?)" : "";
            yield return $"{path}.baseline: '{other}' is not one of arms{near} (there are: {string.Join(", ", Arms.Keys)})";
        }
        else if (arm.Baseline is not null && path["arms.".Length..] is var self && (self == arm.Baseline || self == Baseline))
        {
            yield return $"{path}.baseline: '{arm.Baseline}'; "
                + $"{(self == Baseline ? $"{self} is what the other arms are compared with" : "an arm is compared with another one")}";
        }

        if (arm.Real < 0 || arm is { Real: 0, Generator: null })
        {
            yield return $"{path}.real: {arm.Real}; the training set would be empty: give a number of real images, or a generator";
        }

        if (arm.Seeds is { } own && (own.Count != Seeds.Count
            ? $"{path}.seeds: {own.Count} of them; as many as the study's {Seeds.Count} are needed, with which they are paired"
            : Twice($"{path}.seeds", own)) is { } fault)
        {
            yield return fault;
        }
    }

    private static string? Twice(string field, IReadOnlyList<ulong> seeds)
        => seeds.Distinct().Count() == seeds.Count ? null : $"{field}: [{string.Join(", ", seeds)}]; each may be given once";

    private static string NameOf(DatasetConfig dataset)
        => dataset.Kind == "phantom" ? "phantom"
            : Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(dataset.Path ?? dataset.Images ?? dataset.Kind));

    private static bool IsName(string name)
        => name.Length is > 0 and <= 100 && name[0] != '.' && name[0] != '-'
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');

    private static bool IsDevice(string device)
        => device is "auto" or "cpu" or "cuda" || (device.StartsWith("cuda:", StringComparison.Ordinal) && device.Length > 5
            && device[5..].All(char.IsAsciiDigit));
}
