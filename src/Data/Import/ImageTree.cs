using Odm.Data.Images;
using Odm.Engine.Runtime;

namespace Odm.Data.Import;

/// <summary>An image file and its place below the folder that was looked through.</summary>
/// <param name="File">The file.</param>
/// <param name="Place">Its path below that folder: <c>/</c> between the parts.</param>
public sealed record PlacedFile(string File, string Place)
{
    /// <summary>The place without the extension.</summary>
    public string Name => Place[..^Path.GetExtension(Place).Length];

    /// <summary>The name in one form of its letters: what pairs an image with its mask.</summary>
    internal string Key => NameForm.Of(Name);

    /// <summary>The base name in one form of its letters.</summary>
    internal string BaseKey => NameForm.Of(BaseName);

    /// <summary>The base name without the extension.</summary>
    public string BaseName => Path.GetFileNameWithoutExtension(Place);
}

/// <summary>
/// The image files below a folder, at any depth. Hidden files and folders (a dot in front: what macOS, editors and notebooks leave) and
/// <c>__MACOSX</c> are passed over everywhere; links are followed, those back to a folder above are not.
/// </summary>
public static class ImageTree
{
    // written by file managers, never by people
    private static readonly HashSet<string> Litter = new(StringComparer.OrdinalIgnoreCase) { "Thumbs.db", "desktop.ini" };

    /// <summary>All image files by place.</summary>
    /// <param name="folder">Where to look.</param>
    /// <exception cref="DatasetException">There is no such folder, or one below it may not be read.</exception>
    public static IReadOnlyList<PlacedFile> Files(string folder) => Files(folder, folder, new LeftOutList());

    /// <summary>As <see cref="Files(string)"/>, with what is passed over.</summary>
    /// <param name="folder">Where to look.</param>
    /// <param name="left">Files of other formats, hidden ones, links.</param>
    public static IReadOnlyList<PlacedFile> Files(string folder, out IReadOnlyList<LeftOut> left)
    {
        var list = new LeftOutList();
        var files = Files(folder, folder, list);
        left = list.All;
        return files;
    }

    /// <summary>All files below a folder that are not hidden, images or not, by place; links as above.</summary>
    /// <exception cref="DatasetException">A folder may not be read.</exception>
    public static IReadOnlyList<PlacedFile> AllFiles(string folder)
    {
        var found = new List<PlacedFile>();
        Walk(folder, Real(folder), folder, new LeftOutList(), found, [.. Above(folder, folder)], all: true);
        return [.. found.OrderBy(f => f.Place, StringComparer.Ordinal)];
    }

    /// <summary>As <see cref="Files(string)"/>; what is passed over is noted.</summary>
    /// <param name="folder">Where to look.</param>
    /// <param name="root">What places are relative to.</param>
    /// <param name="left">Takes what is passed over.</param>
    internal static IReadOnlyList<PlacedFile> Files(string folder, string root, LeftOutList left)
    {
        Check(folder);
        var found = new List<PlacedFile>();
        Walk(folder, Real(folder), root, left, found, [.. Above(folder, root)]);
        return [.. found.OrderBy(f => f.Place, StringComparer.Ordinal)];
    }

    /// <summary>Folders directly below one, by name; what is hidden is noted.</summary>
    internal static string[] Folders(string folder, string root, LeftOutList left)
    {
        Check(folder);
        var all = Directory.GetDirectories(folder).Order(StringComparer.Ordinal).ToLookup(IsHidden);
        foreach (var hidden in all[true])
        {
            left.Add(LeftOutKind.Hidden, Place(root, hidden) + "/");
        }
        return [.. all[false]];
    }

    /// <summary>Notes the files directly in a folder of folders: images there have no class.</summary>
    internal static void NoteLoose(string folder, string root, LeftOutList left)
    {
        foreach (var file in Directory.EnumerateFiles(folder))
        {
            if (IsHidden(file))
            {
                left.Add(LeftOutKind.Hidden, Place(root, file));
            }
            else if (ImageFiles.IsImage(file))
            {
                left.Add(LeftOutKind.Outside, Place(root, file));
            }
            else if (!Litter.Contains(Path.GetFileName(file)))
            {
                left.Add(LeftOutKind.OtherFiles, Place(root, file));
            }
        }
    }

    /// <summary>A path below a folder as places are written.</summary>
    internal static string Place(string root, string path) => Path.GetRelativePath(root, path).Replace('\\', '/');

    private static void Check(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new DatasetException($"{folder}: no such folder");
        }
    }

    private static bool IsHidden(string path) => Path.GetFileName(path) is ['.', ..] or "__MACOSX";

    // real: the folder without links in its path; above: such paths of the folders on the way, which are not entered again
    private static void Walk(string folder, string real, string root, LeftOutList left, List<PlacedFile> found, HashSet<string> above,
        bool all = false)
    {
        try
        {
            foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos())
            {
                var path = Path.Combine(folder, entry.Name);
                var place = Place(root, path);
                if (IsHidden(path))
                {
                    left.Add(LeftOutKind.Hidden, place + (entry is DirectoryInfo ? "/" : ""));
                }
                else if (Directory.Exists(path))
                {
                    var below = entry.LinkTarget is null ? Path.Combine(real, entry.Name) : Real(path);
                    if (!above.Add(below))
                    {
                        left.Add(LeftOutKind.Links, place);
                        continue;
                    }
                    Walk(path, below, root, left, found, above, all);
                    above.Remove(below);
                }
                else if (all || ImageFiles.IsImage(path))
                {
                    if (Leads(entry))
                    {
                        found.Add(new PlacedFile(path, place));
                    }
                    else
                    {
                        left.Add(LeftOutKind.Links, place);
                    }
                }
                else if (!Litter.Contains(entry.Name))
                {
                    left.Add(LeftOutKind.OtherFiles, place);
                }
            }
        }
        catch (UnauthorizedAccessException e)
        {
            throw new DatasetException($"{folder}: may not be read", e);
        }
    }

    private static bool Leads(FileSystemInfo entry)
    {
        try
        {
            return entry.LinkTarget is null || entry.ResolveLinkTarget(returnFinalTarget: true)?.Exists == true;
        }
        catch (IOException)
        {
            return false; // links in a circle
        }
    }

    // the folder and those between it and the root, the root too
    private static IEnumerable<string> Above(string folder, string root)
    {
        var top = Path.GetFullPath(root);
        for (var at = Path.GetFullPath(folder); at is not null && at.Length >= top.Length; at = Path.GetDirectoryName(at))
        {
            yield return Real(at);
        }
    }

    // no part of the result is a link: .NET resolves the last part alone
    private static string Real(string folder)
    {
        var full = Path.GetFullPath(folder);
        if (Path.GetDirectoryName(full) is not { } parent)
        {
            return full;
        }
        return new DirectoryInfo(full).ResolveLinkTarget(returnFinalTarget: true) is { } target ? Real(target.FullName)
            : Path.Combine(Real(parent), Path.GetFileName(full));
    }
}
