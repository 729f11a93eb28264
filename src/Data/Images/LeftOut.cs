namespace Odm.Data.Images;

/// <summary>What an import leaves out or changes of what it was given.</summary>
public enum LeftOutKind
{
    /// <summary>Files that are no PNG, JPEG or TIFF by their names.</summary>
    OtherFiles,

    /// <summary>Hidden files and folders (a dot in front) and <c>__MACOSX</c>.</summary>
    Hidden,

    /// <summary>Links to a folder that is read already, and links that lead nowhere.</summary>
    Links,

    /// <summary>Folders beside train, val and test that are no side.</summary>
    Folders,

    /// <summary>Images outside the folders of classes.</summary>
    Outside,

    /// <summary>Masks without an image.</summary>
    SpareMasks,

    /// <summary>Files of several images, of which the first is read.</summary>
    FurtherPages,

    /// <summary>Files with an alpha channel that is not opaque throughout.</summary>
    Alpha,

    /// <summary>Files of 16 bits that use a quarter of them at most: they come out dark.</summary>
    NarrowRange,

    /// <summary>Images turned or mirrored as their files say; masks without an orientation are read as drawn on the turned image.</summary>
    Turned,

    /// <summary>Masks that hold 0 and 1, read as black and white.</summary>
    MasksOfOnes,

    /// <summary>Images that repeat another of their side.</summary>
    Repeated,

    /// <summary>Images that are in one side under several labels or with several masks, and are kept.</summary>
    Contradicting,

    /// <summary>Images that were in one side under several labels, and are left out.</summary>
    Excluded,

    /// <summary>Images without a group where others have one.</summary>
    Ungrouped,
}

/// <summary>How much of one kind an import left out or changed; in <c>set.json</c>.</summary>
/// <param name="Kind">What.</param>
/// <param name="Count">How many.</param>
/// <param name="First">The first by name.</param>
public sealed record LeftOut(LeftOutKind Kind, int Count, string First)
{
    /// <summary>In words, as a line of the import's report lists it.</summary>
    public override string ToString() => FormattableString.Invariant($"{Count} {Words(Count == 1)} ({First}{(Count > 1 ? ", ..." : "")})");

    private string Words(bool one) => Kind switch
    {
        LeftOutKind.OtherFiles => one ? "file of another format" : "files of other formats",
        LeftOutKind.Hidden => one ? "hidden file or folder" : "hidden files and folders",
        LeftOutKind.Links => one ? "link to nowhere or to a folder above it" : "links to nowhere or to folders above them",
        LeftOutKind.Folders => one ? "folder that is neither train, val nor test" : "folders that are neither train, val nor test",
        LeftOutKind.Outside => one ? "image outside the class folders" : "images outside the class folders",
        LeftOutKind.SpareMasks => one ? "mask without an image" : "masks without an image",
        LeftOutKind.FurtherPages => one ? "file of several pages, read is the first" : "files of several pages, read are the first",
        LeftOutKind.Alpha => one ? "file whose transparency is dropped" : "files whose transparency is dropped",
        LeftOutKind.NarrowRange => "of 16 bits with no value above a quarter of white, kept dark",
        LeftOutKind.Turned => one ? "image turned as its file says" : "images turned as their files say",
        LeftOutKind.MasksOfOnes => one ? "mask of 0 and 1 read as black and white" : "masks of 0 and 1 read as black and white",
        LeftOutKind.Repeated => one ? "image that repeats another of its side" : "images that repeat another of their side",
        LeftOutKind.Contradicting => "images under several labels or with several masks",
        LeftOutKind.Excluded => "images under several labels, left out",
        LeftOutKind.Ungrouped => one ? "image without a group beside others with one" : "images without a group beside others with one",
        _ => throw new InvalidOperationException($"{Kind} has no words"),
    };
}
