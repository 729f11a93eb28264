using Odm.Data.Images;
using Odm.Engine.Runtime;

namespace Odm.Data.Import;

/// <summary>Finds image files in folders: a folder per class, or images and masks of equal names.</summary>
internal static class FolderSource
{
    /// <summary><c>root/class/**/file</c>, or <c>root/train|val|test/class/**/file</c>.</summary>
    public static (IReadOnlyList<SourceImage> Images, IReadOnlyList<string> Classes) ByClass(string root, IReadOnlyList<string> declared,
        LeftOutList left)
    {
        var folders = ClassFolders(root, left);
        if (folders.Count == 0)
        {
            throw new DatasetException($"{root}: no class folders in it; expected {root}/CLASS/image.png or {root}/train/CLASS/image.png");
        }
        var classes = new ClassList(declared, folders.Select(f => Path.GetFileName(f.Folder)), root);
        var images = new List<SourceImage>();
        foreach (var (folder, side) in folders)
        {
            var label = classes.Of(Path.GetFileName(folder), folder);
            images.AddRange(ImageTree.Files(folder, root, left).Select(file => new SourceImage(file.File,
                new ImageRow { Id = "", Label = label, Split = side, Source = file.Place })));
        }
        return images.Count > 0 ? (images, classes.Names)
            : throw new DatasetException($"{root}: no .png, .jpg or .tif files in its class folders");
    }

    /// <summary>
    /// The class folders with their sides. Folders named train, val and test are sides where all are, or one with folders in it is there
    /// beside another side or beside folders that hold none; what is then no side is left out.
    /// </summary>
    private static List<(string Folder, string Side)> ClassFolders(string root, LeftOutList left)
    {
        var first = ImageTree.Folders(root, root, left).Select(f => (Folder: f, Side: SideNames.Parse(Path.GetFileName(f)))).ToArray();
        ImageTree.NoteLoose(root, root, left);
        var sides = first.Where(f => f.Side is not null).ToArray();
        bool HasFolders((string Folder, string? Side) f) => ImageTree.Folders(f.Folder, root, new LeftOutList()).Length > 0;
        var split = first.Length > 0 && (sides.Length == first.Length
            || (sides.Any(HasFolders) && (sides.Select(f => f.Side).Distinct(StringComparer.Ordinal).Count() > 1
                || !first.Except(sides).Any(HasFolders))));
        if (!split)
        {
            RefuseSidesBelow(root, first.Select(f => f.Folder));
            return [.. first.Select(f => (f.Folder, ""))];
        }
        var folders = new List<(string Folder, string Side)>();
        foreach (var (folder, side) in first)
        {
            if (side is null)
            {
                left.Add(LeftOutKind.Folders, Path.GetFileName(folder) + "/");
                continue;
            }
            folders.AddRange(ImageTree.Folders(folder, root, left).Select(c => (c, side)));
            ImageTree.NoteLoose(folder, root, left);
        }
        return folders;
    }

    /// <summary>Refuses classes that hold folders of two sides: read as classes their sides would be lost.</summary>
    private static void RefuseSidesBelow(string root, IEnumerable<string> classes)
    {
        foreach (var folder in classes)
        {
            var sides = ImageTree.Folders(folder, root, new LeftOutList()).Select(Path.GetFileName)
                .Where(n => SideNames.Parse(n!) is not null).ToArray();
            if (sides.Select(s => SideNames.Parse(s!)).Distinct(StringComparer.Ordinal).Count() > 1)
            {
                throw new DatasetException($"{folder}: holds the sides {string.Join(", ", sides)}; expected "
                    + $"{root}/train/CLASS/image.png, or {folder} as the path");
            }
        }
    }

    /// <summary>Images and masks paired by place, else by base name where that is one mask's and one image's; no labels.</summary>
    public static IReadOnlyList<SourceImage> WithMasks(DatasetConfig config, LeftOutList left)
    {
        var (images, masks) = (config.Images ?? Path.Combine(config.Path!, "images"), config.Masks ?? Path.Combine(config.Path!, "masks"));
        var pairs = new MaskPairs(ImageTree.Files(masks, masks, left), masks);
        var files = ImageTree.Files(images, images, left);
        if (files.Count == 0)
        {
            throw new DatasetException($"{images}: no .png, .jpg or .tif files");
        }
        var paired = pairs.Of(files);
        foreach (var spare in pairs.Spare)
        {
            left.Add(LeftOutKind.SpareMasks, spare.Place);
        }
        return [.. files.Select((f, i) => new SourceImage(f.File, new ImageRow { Id = "", Source = f.Place }, paired[i].File))];
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
}
