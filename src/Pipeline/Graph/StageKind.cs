namespace Odm.Pipeline.Graph;

/// <summary>What a stage can be; <c>--until</c>, the help and the order of a run follow <see cref="All"/>.</summary>
/// <param name="Name">As in <c>--until</c> and in the names of folders.</param>
/// <param name="Format">Raised when the code of the kind begins to give other bytes for equal inputs: part of every hash.</param>
/// <param name="Does">In a few words, for the help.</param>
/// <param name="Trains">Whether several may run side by side, each with part of the threads (<c>workers</c>).</param>
public sealed record StageKind(string Name, int Format, string Does, bool Trains = false)
{
    /// <summary>Real images.</summary>
    public static StageKind Prepare { get; } = new("prepare", 1, "imports, splits and guards the real images");

    /// <summary>A generator.</summary>
    public static StageKind Train { get; } = new("train", 2, "trains a generator on training images", Trains: true);

    /// <summary>A synthetic set.</summary>
    public static StageKind Synthesize { get; } = new("synthesize", 1, "makes a synthetic set with a trained generator");

    /// <summary>A synthetic set in another style.</summary>
    public static StageKind Style { get; } = new("style", 1, "gives painted images the style of their sources");

    /// <summary>Copies and membership.</summary>
    public static StageKind Audit { get; } =
        new("audit", 3, "looks for copies of training images, and whether a generator's loss knows them");

    /// <summary>A downstream network.</summary>
    public static StageKind Fit { get; } = new("fit", 1, "trains the downstream network of an arm with a seed", Trains: true);

    /// <summary>Its scores.</summary>
    public static StageKind Evaluate { get; } = new("evaluate", 3, "scores that network on real test images");

    /// <summary>Image metrics.</summary>
    public static StageKind Measure { get; } = new("measure", 2, "compares a synthetic set with real images");

    /// <summary>What the run's folder shows; no folder of its own, and made anew each time.</summary>
    public static StageKind Report { get; } = new("report", 1, "writes results.csv, summary.csv, sheets and the reports");

    /// <summary>All, in the order of a run.</summary>
    public static IReadOnlyList<StageKind> All { get; } = [Prepare, Train, Synthesize, Style, Audit, Fit, Evaluate, Measure, Report];

    /// <summary>The kind of a name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static StageKind Of(string name) => All.FirstOrDefault(k => k.Name == name)
        ?? throw new ArgumentException($"no stage is of kind {name}", nameof(name));

    /// <inheritdoc/>
    public override string ToString() => Name;
}
