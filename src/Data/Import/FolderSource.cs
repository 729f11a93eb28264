using Odm.Data.Images;
using Odm.Engine.Runtime;

namespace Odm.Data.Import;

/// <summary>Finds image files in folders: a folder per class, or images and masks of equal base names.</summary>
internal static class FolderSource
{
    /// <summary><c>root/class/**/file</c>, or <c>root/train|val|test/class/**/file</c>.</summary>
    public static (IReadOnlyList<SourceImage> Images, IReadOnlyList<string> Classes) ByClass(string root, IReadOnlyList<string> declared)
    {
        var first = Folders(root);
        var sides = first.Select(f => SideNames.Parse(Path.GetFileName(f))).ToArray();
        var split = first.Length > 0 && sides.All(side => side is not null);
        var folders = split
            ? first.SelectMany((f, i) => Folders(f).Select(c => (Folder: c, Side: sides[i]!))).ToArray()
            : [.. first.Select(f => (Folder: f, Side: ""))];
        if (folders.Length == 0)
        {
            throw new DatasetException($"{root}: no class folders in it; expected {root}/CLASS/image.png or {root}/train/CLASS/image.png");
        }
        var classes = new ClassList(declared, folders.Select(f => Path.GetFileName(f.Folder)));
        var images = new List<SourceImage>();
        foreach (var (folder, side) in folders)
        {
            var label = classes.Of(Path.GetFileName(folder), folder);
            images.AddRange(Files(folder).Select(file => new SourceImage(file,
                new ImageRow { Id = "", Label = label, Split = side, Source = Relative(root, file) })));
        }
        return images.Count > 0 ? (images, classes.Names)
            : throw new DatasetException($"{root}: no .png, .jpg or .tif files in its class folders");
    }

    /// <summary>Images and masks paired by base name; no labels.</summary>
    public static IReadOnlyList<SourceImage> WithMasks(DatasetConfig config)
    {
        var (images, masks) = (config.Images ?? Path.Combine(config.Path!, "images"), config.Masks ?? Path.Combine(config.Path!, "masks"));
        var byName = Files(masks).GroupBy(Path.GetFileNameWithoutExtension, StringComparer.Ordinal)
            .ToDictionary(g => g.Key!, g => g.First(), StringComparer.Ordinal);
        var files = Files(images);
        if (files.Length == 0)
        {
            throw new DatasetException($"{images}: no .png, .jpg or .tif files");
        }
        var bare = files.Where(f => !byName.ContainsKey(Path.GetFileNameWithoutExtension(f))).ToArray();
        if (bare.Length > 0)
        {
            throw new DatasetException($"{bare[0]}: no mask of that name in {masks}" + UserException.Others(bare.Length));
        }
        return [.. files.Select(f => new SourceImage(f, new ImageRow { Id = "", Source = Relative(images, f) },
            byName[Path.GetFileNameWithoutExtension(f)]))];
    }

    /// <summary>The images with their groups from <see cref="DatasetConfig.Groups"/>, where that is given.</summary>
    public static IReadOnlyList<SourceImage> Grouped(IReadOnlyList<SourceImage> images, DatasetConfig config)
    {
        if (config.GroupsFile() is not { } table)
        {
            return images;
        }
        var ranges = GroupRanges.Read(table, config.GroupColumn);
        var strays = images.Select(s => ranges.Fault(s.File)).OfType<string>().ToArray();
        return strays.Length == 0
            ? [.. images.Select(s => s with { Row = s.Row with { Group = ranges.Of(s.File)! } })]
            : throw new DatasetException(strays[0] + UserException.Others(strays.Length));
    }

    private static string[] Folders(string root) => Directory.Exists(root)
        ? [.. Directory.GetDirectories(root).Where(f => !Path.GetFileName(f).StartsWith('.')).Order(StringComparer.Ordinal)]
        : throw new DatasetException($"{root}: no such folder");

    private static string[] Files(string folder) => Directory.Exists(folder)
        ? [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(ImageFiles.IsImage).Order(StringComparer.Ordinal)]
        : throw new DatasetException($"{folder}: no such folder");

    private static string Relative(string root, string file) => Path.GetRelativePath(root, file).Replace('\\', '/');
}
