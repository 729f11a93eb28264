using System.Globalization;
namespace Odm.Data.Splitting;

/// <summary><c>split</c> of a study file: which images train, validate and test.</summary>
public sealed record SplitConfig
{
    /// <summary>
    /// <c>official</c> (the split the set came with; where it has no val side, <see cref="Val"/> of its train images become one),
    /// <c>stratified</c> (each class in the same shares), <c>group</c> (stratified as far as whole groups allow; the set must have groups),
    /// <c>lists</c> (published lists of file names; where there is none for val, <see cref="Val"/> of the train images become one).
    /// </summary>
    public required SplitKind Kind { get; init; }

    /// <summary>
    /// lists: folder with <c>train.txt</c>, <c>test.txt</c> and, where there is one, <c>val.txt</c>: an image's path or file name a
    /// line; further words may follow.
    /// </summary>
    public string? Lists { get; init; }

    /// <summary>Share of train; what <see cref="Val"/> and <see cref="Test"/> leave by default.</summary>
    public double? Train { get; init; }

    /// <summary>Share of validation images; 0 to 1.</summary>
    public double Val { get; init; } = .1;

    /// <summary>Share of test images; 0 to 1.</summary>
    public double Test { get; init; } = .2;

    /// <summary>What is never torn apart: <c>group</c>, <c>image</c>, or <c>auto</c> (group where the set has groups).</summary>
    public SplitUnit By { get; init; }

    /// <summary>Seed of the drawing; the same for all seeds of a study.</summary>
    public ulong Seed { get; init; }

    /// <summary>True: duplicates and groups on several sides are counted and reported instead of stopping the run.</summary>
    public bool AllowOverlap { get; init; }

    /// <summary>
    /// What near duplicates on several sides do: <c>report</c> (they are counted and listed), <c>stop</c> (they stop the run), <c>off</c>
    /// (none are looked for).
    /// </summary>
    public NearDuplicateAction NearDuplicates { get; init; }

    /// <summary>
    /// Features whose distance says what is a near duplicate, by the name or files of a network; null: cosine spectra of grey pixels, which
    /// need no network.
    /// </summary>
    public string? NearFeatures { get; init; }

    /// <summary>A split as one word: a kind (<c>grouped</c> means group), or the folder of the lists.</summary>
    public static SplitConfig Parse(string word) => word switch
    {
        "official" => new() { Kind = SplitKind.Official },
        "stratified" => new() { Kind = SplitKind.Stratified },
        "group" or "grouped" => new() { Kind = SplitKind.Group },
        "lists" => new() { Kind = SplitKind.Lists },
        _ => new() { Kind = SplitKind.Lists, Lists = word },
    };

    /// <summary>Everything wrong with the fields, each naming it below <paramref name="field"/> (<c>split</c>).</summary>
    public IEnumerable<string> Faults(string field)
    {
        if (Kind == SplitKind.Lists && string.IsNullOrEmpty(Lists))
        {
            yield return $"{field}.lists: missing; the folder with train.txt and test.txt";
        }
        if (Kind != SplitKind.Lists && Lists is not null)
        {
            yield return $"{field}.lists: \"{Lists}\"; only beside kind: lists";
        }
        if (Kind == SplitKind.Group && By == SplitUnit.Image)
        {
            yield return $"{field}.by: image contradicts kind group";
        }
        if (!(Val is >= 0 and < 1))
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{field}.val: {Val}; must be 0 up to below 1");
        }
        if (!(Test is >= 0 and < 1))
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{field}.test: {Test}; must be 0 up to below 1");
        }
        if (Train is { } train && Math.Abs(train + Val + Test - 1) > 1e-6)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{field}.train: {train} + val {Val} + test {Test} is not 1");
        }
        else if (!(Val + Test < 1))
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{field}.val: {Val} + test {Test} leave nothing to train on");
        }
    }
}
