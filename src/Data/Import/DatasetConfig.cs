using System.Globalization;
using System.Text.Json.Serialization;
using Odm.Data.Images;
using Odm.Data.Phantom;
using Odm.Engine.Runtime;

namespace Odm.Data.Import;

/// <summary>
/// <c>dataset</c> of a study file, and the fields of <c>data import</c>: where images come from and how they become one set.
/// </summary>
public sealed record DatasetConfig
{
    /// <summary>
    /// <c>phantom</c> (drawn), <c>imagefolder</c> (a folder per class, optionally below train/val/test), <c>csv</c> (a row per image),
    /// <c>medmnist</c> (an .npz with official split), <c>image-mask</c> (two folders of equal base names), <c>set</c> (an imported set).
    /// </summary>
    public required DatasetKind Kind { get; init; }

    /// <summary>
    /// The folder, CSV file, .npz file or set; starts at the current folder. Needed by every kind but phantom; image-mask takes its folders
    /// <c>images</c> and <c>masks</c>.
    /// </summary>
    public string? Path { get; init; }

    /// <summary>
    /// csv, image-mask: folder of the image files; by default, for csv the CSV's own folder, for image-mask <c>images</c> below
    /// <see cref="Path"/>.
    /// </summary>
    public string? Images { get; init; }

    /// <summary>
    /// csv, image-mask: folder of the mask files; by default, for csv that of the images, for image-mask <c>masks</c> below
    /// <see cref="Path"/>.
    /// </summary>
    public string? Masks { get; init; }

    /// <summary>csv: column of the image file, relative to <see cref="Images"/>; the extension may be left out.</summary>
    public string ImageColumn { get; init; } = "image";

    /// <summary>csv: column of the class. A table of masks (<see cref="MaskColumn"/>) may be without a column <c>label</c>.</summary>
    public string LabelColumn { get; init; } = "label";

    /// <summary>
    /// csv: column of the patient or lesion, none by default; with <see cref="Groups"/>: the group's column in that table.
    /// </summary>
    public string? GroupColumn { get; init; }

    /// <summary>
    /// csv, imagefolder, image-mask: a regular expression that finds the patient or lesion in the base name of the image file, or with
    /// <see cref="GroupColumn"/> in that column: its first parenthesis, else all of it. <c>^(\d+)_</c> gives <c>10_left.jpeg</c> the group
    /// 10. A name in which it finds nothing is an error.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public string? GroupPattern { get; init; }

    /// <summary>
    /// image-mask, imagefolder: a CSV of ranges (<c>first_frame,last_frame,sequence</c>) that gives each image the group of the number in
    /// its base name; relative to <see cref="Path"/> where that is given. A number in no range is an error. Any kind: <c>none</c> says that
    /// no two images are of one patient. None by default.
    /// </summary>
    public string? Groups { get; init; }

    /// <summary>Whether the user says that there are no groups.</summary>
    [JsonIgnore]
    public bool WithoutGroups => Groups == "none";

    /// <summary>Where <see cref="Groups"/> lies; null by default.</summary>
    public string? GroupsFile() => string.IsNullOrEmpty(Groups) || WithoutGroups ? null : System.IO.Path.Combine(Path ?? "", Groups);

    /// <summary>csv: column of the official split (train, val, test); none by default.</summary>
    public string? SplitColumn { get; init; }

    /// <summary>csv: column of the mask file, relative to <see cref="Masks"/>; none by default.</summary>
    public string? MaskColumn { get; init; }

    /// <summary>Class values in order; a label outside them is an error. Empty: those found, numerically where all are numbers.</summary>
    public IReadOnlyList<string> Classes { get; init; } = [];

    /// <summary>Steps done to every image, in order, before it is stored.</summary>
    public IReadOnlyList<PreprocessStep> Preprocess { get; init; } = [];

    /// <summary>
    /// Grey share of white from which a mask pixel counts, 0 to 1; the middle (JPEG masks ring at their edges: seed-systems 1.2).
    /// </summary>
    public double Threshold { get; init; } = .5;

    /// <summary>
    /// Stored values of a mask file that are the mask, for maps of labels (<c>[1, 2]</c>); indices where the file has a palette. Null by
    /// default: masks are black and white, or 0 and 1.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public IReadOnlyList<int>? MaskValues { get; init; }

    /// <summary>What images do that are in one side under several labels: they are refused, excluded or reported.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Contradictions Contradictions { get; init; }

    /// <summary>phantom: side in pixels, 32 to 256.</summary>
    public int Size { get; init; } = 64;

    /// <summary>phantom: number of images.</summary>
    public int Count { get; init; } = 1000;

    /// <summary>phantom: seed of the drawing.</summary>
    public ulong Seed { get; init; }

    /// <summary>phantom: share of each grade 0 to 4; sums to 1. Empty: <see cref="PhantomDataset.EyePacsShares"/>.</summary>
    public IReadOnlyList<double> Shares { get; init; } = [];

    /// <summary>
    /// Everything wrong with the fields, each naming it below <paramref name="field"/> (<c>dataset</c>); files are not looked at.
    /// </summary>
    public IEnumerable<string> Faults(string field)
    {
        if (Kind is DatasetKind.ImageFolder or DatasetKind.Csv or DatasetKind.MedMnist or DatasetKind.Set && string.IsNullOrEmpty(Path))
        {
            yield return $"{field}.path: missing; kind {EnumWords.Of(Kind)} needs it";
        }
        if (Kind == DatasetKind.ImageMask && string.IsNullOrEmpty(Path) && (string.IsNullOrEmpty(Images) || string.IsNullOrEmpty(Masks)))
        {
            yield return $"{field}.path: missing; kind image-mask needs it (with the folders images and masks below it), or "
                + $"{field}.images and {field}.masks";
        }
        if (GroupPattern is not null && Kind is not (DatasetKind.Csv or DatasetKind.ImageMask or DatasetKind.ImageFolder))
        {
            yield return $"{field}.group_pattern: {GroupPattern}: kind {EnumWords.Of(Kind)} takes none; csv, imagefolder and image-mask do";
        }
        else if (GroupPattern is not null && Import.GroupPattern.Fault(GroupPattern) is { } why)
        {
            yield return $"{field}.group_pattern: '{GroupPattern}': {why}";
        }
        if (GroupPattern is not null && Groups is not null)
        {
            yield return $"{field}.group_pattern: given beside {field}.groups; one of them gives the groups";
        }
        if (WithoutGroups && GroupColumn is not null)
        {
            yield return $"{field}.groups: none, and {field}.group_column: {GroupColumn}; one of them";
        }
        if (Groups is not null && !WithoutGroups && Kind is not (DatasetKind.ImageMask or DatasetKind.ImageFolder))
        {
            yield return $"{field}.groups: {Groups}: kind {EnumWords.Of(Kind)} takes none; image-mask and imagefolder do";
        }
        if (Kind == DatasetKind.Csv && ImageColumn == "")
        {
            yield return $"{field}.image_column: empty";
        }
        if (Kind == DatasetKind.Csv && LabelColumn == "")
        {
            yield return $"{field}.label_column: empty";
        }
        if (MaskValues is { } values && (values.Count == 0 || values.Any(v => v is < 0 or > 65535)))
        {
            yield return $"{field}.mask_values: {string.Join(", ", values)}; must be one or more values from 0 to 65535";
        }
        if (Classes.Select(ClassNames.Key).Distinct(StringComparer.Ordinal).Count() != Classes.Count)
        {
            yield return $"{field}.classes: {string.Join(", ", Classes)}: each may be given once";
        }
        if (!(Threshold is > 0 and <= 1))
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{field}.threshold: {Threshold}; must be above 0 up to 1");
        }
        for (var i = 0; i < Preprocess.Count; i++)
        {
            foreach (var fault in Preprocess[i].Faults($"{field}.preprocess[{i}]"))
            {
                yield return fault;
            }
        }
        foreach (var fault in Kind == DatasetKind.Phantom ? PhantomFaults(field) : [])
        {
            yield return fault;
        }
    }

    private IEnumerable<string> PhantomFaults(string field)
    {
        if (Size is < 32 or > 256)
        {
            yield return $"{field}.size: {Size}; must be 32 to 256 pixels";
        }
        if (Count < 1)
        {
            yield return $"{field}.count: {Count}; at least 1";
        }
        if (Shares.Count is not 0 and not 5)
        {
            yield return $"{field}.shares: {Shares.Count} values; there are 5 grades";
        }
        else if (Shares.Count == 5 && (Shares.Any(s => !(s >= 0)) || Math.Abs(Shares.Sum() - 1) > 1e-6))
        {
            yield return string.Create(CultureInfo.InvariantCulture,
                $"{field}.shares: sum {Shares.Sum()}; they must be at least 0 and sum to 1");
        }
        if (Classes.Count is not 0 and not 5)
        {
            yield return $"{field}.classes: {Classes.Count} names; the phantom has 5 grades";
        }
    }
}
