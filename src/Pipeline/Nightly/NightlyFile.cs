using System.Text.Json.Serialization;
using Odm.Engine.Runtime;
using Odm.Pipeline.Configuration;

namespace Odm.Pipeline.Nightly;

/// <summary>A nightly file: what is measured every night, and when a change is called a regression (docs/nightly.md).</summary>
internal sealed record NightlyFile
{
    /// <summary>Name: the pages' title; by default the folder is <c>nightly/</c> and this name.</summary>
    [JsonPropertyName("nightly")]
    public required string Name { get; init; }

    /// <summary>Studies by name.</summary>
    public IReadOnlyDictionary<string, NightlyStudy> Studies { get; init; } = new OrderedDictionary<string, NightlyStudy>();

    /// <summary>Benches by name.</summary>
    public IReadOnlyDictionary<string, NightlyBench> Benches { get; init; } = new OrderedDictionary<string, NightlyBench>();

    /// <summary>When a change is called a regression.</summary>
    public NightlyRules Rules { get; init; } = new();

    /// <summary>Nights whose run folders are kept.</summary>
    public int Keep { get; init; } = 7;

    /// <summary>Words for the machine beside those that it says of itself, where two that are alike are to be kept apart.</summary>
    public string Machine { get; init; } = "";

    /// <summary>
    /// Earlier nights are compared no more, after a change that was meant: the beginning of a night's name, such as <c>2026-11-30</c>.
    /// </summary>
    public string Since { get; init; } = "";

    /// <summary>What the studies' files say, by the names of <see cref="Studies"/>.</summary>
    [JsonIgnore]
    public IReadOnlyDictionary<string, Study> Bound { get; init; } = new Dictionary<string, Study>(StringComparer.Ordinal);

    /// <summary>Reads a file and those of its studies.</summary>
    /// <exception cref="StudyException">All its faults in one line, those of its studies' files among them.</exception>
    public static NightlyFile Read(string file)
    {
        var read = Binder.Bind<NightlyFile>(YamlTree.Read(file, "nightly file"), file);
        var (bound, faults) = (new Dictionary<string, Study>(StringComparer.Ordinal), new List<string>());
        foreach (var (name, study) in read.Studies)
        {
            try
            {
                bound[name] = StudyFile.Read(study.File, study.Set);
            }
            catch (StudyException e)
            {
                faults.Add($"studies.{name}: {e.Message}");
            }
        }

        return faults.Count == 0 ? read with { Bound = bound } : throw new StudyException($"{file}: {string.Join("; ", faults)}");
    }

    /// <summary>What does not fit together.</summary>
    public IEnumerable<string> Faults(string path)
    {
        _ = path; // the root
        foreach (var (field, name) in new[] { ("nightly", Name) }.Concat(Studies.Keys.Select(n => ("studies", n)))
            .Concat(Benches.Keys.Select(n => ("benches", n))))
        {
            if (!IsName(name))
            {
                yield return $"{field}: '{name}'; a name of letters, digits, '.', '_' and '-' is needed (it names a folder)";
            }
        }

        foreach (var name in Studies.Keys.Intersect(Benches.Keys, StringComparer.Ordinal))
        {
            yield return $"benches.{name}: a study has this name too; another is needed";
        }

        if (Studies.Count + Benches.Count == 0)
        {
            yield return "studies: neither studies nor benches; at least one is needed";
        }

        if (Keep < 1)
        {
            yield return $"keep: {Keep}; at least 1 night is needed";
        }
    }

    private static bool IsName(string name)
        => name.Length is > 0 and <= 100 && name[0] != '.' && name[0] != '-'
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
}

/// <summary>A study of every night.</summary>
internal sealed record NightlyStudy
{
    /// <summary>Its file; the path starts at the current folder.</summary>
    public required string File { get; init; }

    /// <summary>Fields to set, <c>path.to.field=value</c>, as by <c>odm run --set</c>.</summary>
    public IReadOnlyList<string> Set { get; init; } = [];

    /// <summary>Minutes after which it is cut off.</summary>
    public double Deadline { get; init; } = 60;

    /// <summary>The file alone.</summary>
    public static NightlyStudy Parse(string text) => new() { File = text };

    /// <summary>What is wrong with it.</summary>
    public IEnumerable<string> Faults(string path) => Minutes($"{path}.deadline", Deadline);

    /// <summary>A fault where a deadline is none.</summary>
    public static IEnumerable<string> Minutes(string path, double minutes)
        => minutes is > 0 and <= 1440 ? [] : [FormattableString.Invariant($"{path}: {minutes}; minutes above 0, at most 1440, are needed")];
}

/// <summary>When a change is called a regression.</summary>
internal sealed record NightlyRules
{
    /// <summary>Nights that tonight is compared with: the last so many on this machine.</summary>
    public int Nights { get; init; } = 10;

    /// <summary>A bench is slower where a step takes longer by more than this share.</summary>
    public double Speed { get; init; } = .08;

    /// <summary>Memory is more where it grows by more than this share.</summary>
    public double Memory { get; init; } = .15;

    /// <summary>A study takes longer where its time grows by more than this share; it is measured once a night.</summary>
    public double Time { get; init; } = .25;

    /// <summary>
    /// Robust standard deviations of the nights before that a change has to exceed too: the bound of Iglewicz and Hoaglin (1993) for
    /// outliers.
    /// </summary>
    public double Deviations { get; init; } = 3.5;

    /// <summary>Level of the tests of scores, all of a night together (Holm).</summary>
    public double Level { get; init; } = .01;

    /// <summary>The smallest change of a kind of value that counts, as a share.</summary>
    public double Smallest(ValueKind kind) => kind switch
    {
        ValueKind.Memory => Memory,
        ValueKind.Time => Time,
        _ => Speed,
    };

    /// <summary>What is wrong with them.</summary>
    public IEnumerable<string> Faults(string path)
    {
        if (Nights < ChangeRule.Fewest)
        {
            yield return $"{path}.nights: {Nights}; at least {ChangeRule.Fewest} are needed";
        }

        if (Level is not (> 0 and < .5))
        {
            yield return FormattableString.Invariant($"{path}.level: {Level}; must be above 0 and below 0.5");
        }

        foreach (var (field, value) in new[] { ("speed", Speed), ("memory", Memory), ("time", Time), ("deviations", Deviations) })
        {
            if (value <= 0)
            {
                yield return FormattableString.Invariant($"{path}.{field}: {value}; must be above 0");
            }
        }
    }
}
