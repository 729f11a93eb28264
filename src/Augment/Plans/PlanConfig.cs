using System.Globalization;
using System.Text.Json.Serialization;

namespace Odm.Augment.Plans;

/// <summary>
/// <c>plan</c> of an arm: how many images to add. Exactly one of <c>to_largest</c> (also as a bare word), <c>total</c>, <c>images</c>,
/// <c>ratio</c> and <c>counts</c>. <see cref="Plan.From"/> says what each comes to.
/// </summary>
public sealed record PlanConfig
{
    /// <summary>True: every class up to the largest class's number of real images.</summary>
    public bool ToLargest { get; init; }

    /// <summary>Real and added images together, spread as evenly over the classes as the real ones allow.</summary>
    public int? Total { get; init; }

    /// <summary>Added images in all, whatever the number of real ones.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int? Images { get; init; }

    /// <summary>Added images per real image, rounded to whole images over all classes.</summary>
    public double? Ratio { get; init; }

    /// <summary>
    /// For images and ratio: <c>balanced</c> (the rarest classes first, so that real and added together are as even as possible),
    /// <c>proportional</c> (class shares as in the real images) or <c>uniform</c> (of each class as many).
    /// </summary>
    public PlanShare Share { get; init; }

    /// <summary>Added images by class name; a class that is not named gets none.</summary>
    public IReadOnlyDictionary<string, int>? Counts { get; init; }

    /// <summary>For a generator that paints into real images: images made from each of them, as so many sets of one each.</summary>
    public int? PerImage { get; init; }

    /// <summary>
    /// For per_image: probability with which a real image's synthetic ones are added, drawn once for each real image (Saragih et al. 2024:
    /// .5).
    /// </summary>
    public double Probability { get; init; } = 1;

    /// <summary>The plan written as one word: <c>to_largest</c>.</summary>
    /// <exception cref="FormatException">Another word.</exception>
    public static PlanConfig Parse(string word) => word == "to_largest"
        ? new() { ToLargest = true }
        : throw new FormatException($"\"{word}\"; must be to_largest or one of the fields total, images, ratio, "
            + "counts");

    /// <summary>Everything wrong with the fields, each naming it below <paramref name="field"/> (<c>arms.dm.plan</c>).</summary>
    public IEnumerable<string> Faults(string field)
    {
        var kinds = new[] { ToLargest, Total is not null, Images is not null, Ratio is not null, Counts is not null, PerImage is not null }
            .Count(given => given);
        if (kinds != 1)
        {
            yield return $"{field}: {(kinds == 0 ? "nothing" : $"{kinds} of them")} given; wanted is one of to_largest, total, "
                + $"images, ratio, counts, per_image";
        }
        if (PerImage is < 1 or > 100)
        {
            yield return $"{field}.per_image: {PerImage}; must be 1 to 100";
        }
        if (!(Probability is > 0 and <= 1))
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{field}.probability: {Probability}; must be above 0 up to 1");
        }
        if (Probability < 1 && PerImage is null)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{field}.probability: {Probability}; only beside per_image");
        }
        if (Total < 1)
        {
            yield return $"{field}.total: {Total}; must be 1 or more";
        }
        if (Images < 1)
        {
            yield return $"{field}.images: {Images}; must be 1 or more";
        }
        if (Ratio is { } ratio && !(ratio is > 0 and <= 1000))
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{field}.ratio: {ratio}; must be above 0 up to 1000");
        }
        foreach (var (name, count) in (Counts ?? new Dictionary<string, int>(StringComparer.Ordinal)).Where(c => c.Value < 0))
        {
            yield return $"{field}.counts.{name}: {count}; must be 0 or more";
        }
        if (Counts is { } counts && counts.Values.All(c => c == 0))
        {
            yield return $"{field}.counts: no class with an image to add";
        }
    }
}
