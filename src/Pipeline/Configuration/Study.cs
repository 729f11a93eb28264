using System.Text.Json.Serialization;
using Odm.Augment;
using Odm.Classify;
using Odm.Data;

namespace Odm.Pipeline;

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

    /// <summary>Arms by name: ways of making the training set. The arm <c>real</c>, else the first, is what the others are compared with.</summary>
    public required IReadOnlyDictionary<string, ArmConfig> Arms { get; init; }

    /// <summary>The network that judges an arm; every arm trains it for the same number of optimiser steps.</summary>
    public required ClassifierConfig Downstream { get; init; }

    /// <summary>Seeds; each retrains the downstream network of every arm.</summary>
    public IReadOnlyList<ulong> Seeds { get; init; } = [1];

    /// <summary><c>auto</c> (CUDA where the engine has it), <c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>.</summary>
    public string Device { get; init; } = "auto";

    /// <summary>Number format of convolutions and linear layers.</summary>
    public Precision Precision { get; init; } = Precision.Fp32;

    /// <summary>Threads of the engine; 0 takes all cores. Runs are equal bit for bit on one thread count.</summary>
    public int Threads { get; init; }

    /// <summary>Further test sets by name, with the fields and classes of <c>dataset</c>.</summary>
    public IReadOnlyDictionary<string, DatasetConfig> Transfer { get; init; } = new OrderedDictionary<string, DatasetConfig>();

    /// <summary>Name of the arm that the others are compared with.</summary>
    [JsonIgnore]
    public string Baseline => Arms.ContainsKey("real") ? "real" : Arms.Keys.First();

    /// <summary>Name of the dataset in <c>results.csv</c>: the file's or folder's own, never its path.</summary>
    [JsonIgnore]
    public string DatasetName => NameOf(Dataset);

    /// <summary>What does not fit together.</summary>
    public IEnumerable<string> Faults(string path)
    {
        _ = path; // the root
        if (!IsName(Name))
        {
            yield return $"study: '{Name}'; a name of letters, digits, '.', '_' and '-' is needed (it names a folder)";
        }

        foreach (var (section, name) in Generators.Keys.Select(n => ("generators", n)).Concat(Arms.Keys.Select(n => ("arms", n))).Concat(Transfer.Keys.Select(n => ("transfer", n))))
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
        else if (Seeds.Distinct().Count() != Seeds.Count)
        {
            yield return $"seeds: [{string.Join(", ", Seeds)}]; each may stand once";
        }

        if (!IsDevice(Device))
        {
            yield return $"device: '{Device}'; allowed are auto, cpu, cuda, cuda:N";
        }

        if (Threads is < 0 or > 1024)
        {
            yield return $"threads: {Threads}; allowed are 0 (all cores) to 1024";
        }
    }

    private IEnumerable<string> ArmFaults()
    {
        if (Arms.Count == 0)
        {
            yield return "arms: empty; at least one is needed";
        }

        foreach (var (name, arm) in Arms)
        {
            if (arm.Generator is { } generator && !Generators.ContainsKey(generator))
            {
                var near = Nearest.To(generator, Generators.Keys) is { } word ? $" (did you mean '{word}'?)" : "";
                yield return $"arms.{name}.generator: '{generator}' is none of generators{near} (there are: {string.Join(", ", Generators.Keys)})";
            }

            if (arm.Plan is not null && arm.Generator is null && !arm.Copies)
            {
                yield return $"arms.{name}.plan: needs arms.{name}.generator (or traditional with mode: offline), which is missing";
            }

            if (arm.Generator is not null && arm.Copies)
            {
                yield return $"arms.{name}.traditional.mode: offline; beside a generator, which fills the plan, allowed is online";
            }

            if (arm.Plan is null && arm.Generator is not null)
            {
                yield return $"arms.{name}.plan: missing; how many images '{arm.Generator}' gives each class (to_largest, total, ratio or counts)";
            }
        }
    }

    private static string NameOf(DatasetConfig dataset)
        => dataset.Kind == "phantom" ? "phantom"
            : Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(dataset.Path ?? dataset.Images ?? dataset.Kind));

    private static bool IsName(string name)
        => name.Length is > 0 and <= 100 && name[0] != '.' && name[0] != '-' && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');

    private static bool IsDevice(string device)
        => device is "auto" or "cpu" or "cuda" || (device.StartsWith("cuda:", StringComparison.Ordinal) && device.Length > 5 && device[5..].All(char.IsAsciiDigit));
}

/// <summary>Kinds of generators.</summary>
internal enum GeneratorKind
{
    /// <summary>Class-conditional diffusion; with an ordinal weight the ODM.</summary>
    Diffusion,
}

/// <summary>One of <c>generators</c>.</summary>
internal sealed record GeneratorConfig
{
    /// <summary>Kind.</summary>
    public required GeneratorKind Kind { get; init; }

    /// <summary>The settings of a diffusion generator, beside <c>kind</c>.</summary>
    [Inline]
    public DiffusionConfig Diffusion { get; init; } = new();
}

/// <summary>One of <c>arms</c>: a way of making the training set. With no field it is the real images as they are.</summary>
internal sealed record ArmConfig
{
    /// <summary>The generator whose images are added; none where not given.</summary>
    public string? Generator { get; init; }

    /// <summary>How many images of each class are added; for offline traditional copies <c>to_largest</c> where not given.</summary>
    public PlanConfig? Plan { get; init; }

    /// <summary>Traditional transforms; none where not given.</summary>
    public TraditionalConfig? Traditional { get; init; }

    /// <summary>Whether transformed copies of real images fill the plan.</summary>
    [JsonIgnore]
    public bool Copies => Traditional?.Resolve().Mode == "offline";

    /// <summary>Images of each class that are added to the real ones.</summary>
    /// <param name="train">The real training images.</param>
    /// <param name="field">Where the plan stands in the study file.</param>
    /// <exception cref="StudyException">The plan does not suit the images.</exception>
    public IReadOnlyList<int> Added(ImageSet train, string field)
        => Generator is null && !Copies ? new int[train.Classes.Count]
            : Odm.Augment.Plan.From(Plan ?? PlanConfig.Parse("to_largest"), train.Classes, train.ClassCounts(), field).Counts;
}
