using Odm.Classify.Metrics;

namespace Odm.Pipeline.Results;

/// <summary>What the image metrics of a synthetic set say of it where its images, or those of some classes, are noise.</summary>
/// <param name="Whole">Whether all of the set is; else <paramref name="Classes"/> are, alone.</param>
/// <param name="Classes">The classes that are noise by their own values.</param>
/// <param name="Precision"><c>image_precision</c> of the set, or the highest of those classes.</param>
/// <param name="Floor">What two halves of the real images reach, or the lowest of those classes.</param>
internal sealed record NoiseFinding(bool Whole, IReadOnlyList<string> Classes, double Precision, double Floor)
{
    /// <summary>
    /// Images are called noise where the interval of their precision ends below this share: fewer than one in twenty may lie among real
    /// ones.
    /// </summary>
    public const double Bound = .05;

    /// <summary>Finds it; null where nothing is noise, or where no precision was measured.</summary>
    /// <param name="facts">The facts of the set's measure stage; <c>image_precision</c> and <c>floor_image_precision</c> are read, of the
    /// whole set and of each class.</param>
    public static NoiseFinding? Of(IReadOnlyList<Fact> facts)
    {
        var noise = facts.Where(f => f.Metric == "image_precision")
            .Select(f => (Fact: f, Floor: facts.FirstOrDefault(o => o.Metric == "floor_image_precision" && o.Label == f.Label)?.Value))
            .Where(f => f.Floor is { } floor && IsNoise(f.Fact, floor)).ToList();
        List<string> classes = [.. noise.Where(n => n.Fact.Label != "").Select(n => n.Fact.Label)];
        return noise.Find(n => n.Fact.Label == "") is { Fact: { } whole, Floor: { } floor } ? new(true, classes, whole.Value, floor)
            : noise.Count > 0 ? new(false, classes, noise.Max(n => n.Fact.Value), noise.Min(n => n.Floor!.Value))
            : null;
    }

    /// <summary>
    /// None of the images lies among real ones, or at most <see cref="Bound"/> by the upper end of the interval, while real images among
    /// themselves do; and there are enough of them that the interval ends below what those reach.
    /// </summary>
    /// <param name="precision">With its 95 % interval (Wilson); without one nothing is said.</param>
    /// <param name="floor">The precision of one half of the real images against the other.</param>
    internal static bool IsNoise(Fact precision, double floor)
        => floor >= Bound && precision.High is { } high && high < floor && (precision.Value == 0 || high < Bound);

    /// <summary><c>images are noise (precision 0.000 against real images)</c>, to stand behind its, or a name's.</summary>
    public string Clause => Whole ? $"images are noise (precision {Cells.Number(Precision)} against real images)"
        : $"images of {Named} are noise or of another class (precision {Cells.Number(Precision)} against real images of "
            + $"{(Classes.Count == 1 ? "that class" : "each")})";

    /// <summary>A sentence without its full stop.</summary>
    /// <param name="set">The set's name.</param>
    public string Sentence(string set) => Whole
        ? $"the images of {set} are noise (image_precision {Cells.Number(Precision)} against real images, which reach "
            + $"{Cells.Number(Floor)} among themselves)"
        : $"the images of {set} of {Named} are noise or of another class (image_precision {Cells.Number(Precision)} against real images "
            + $"of {(Classes.Count == 1 ? "that class" : "each")}, which reach {Cells.Number(Floor)} among themselves)";

    // a class without any image like its real ones may show another class: nearness to its own real images does not tell
    private string Named => Classes.Count == 1 ? $"class {Classes[0]}"
        : $"classes {string.Join(", ", Classes.SkipLast(1))} and {Classes[^1]}";
}

/// <summary>A synthetic set of a study that is noise, in whole or in some classes.</summary>
/// <param name="Name">The set's name.</param>
/// <param name="Folder">Its stage's folder.</param>
/// <param name="Found">What was found.</param>
internal sealed record NoisySet(string Name, string Folder, NoiseFinding Found);

/// <summary>Noise among the images that an arm adds.</summary>
/// <param name="Clause">In words: its images are noise (...).</param>
/// <param name="Whole">Whether all of them are.</param>
internal sealed record ArmNoise(string Clause, bool Whole);
