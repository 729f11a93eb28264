using System.Text;
using Odm.Data.Images;
using Odm.Engine.Files;
using Odm.Engine.Runtime;

namespace Odm.Data.Import;

/// <summary>Reads a CSV file with a row per image: image and label column, optionally group, split and mask columns.</summary>
internal static class CsvSource
{
    private const int ExactDigits = 15; // of a double: longer numbers that differ may be equal as numbers

    private static readonly string[] Extensions = ["", ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".PNG", ".JPG", ".JPEG", ".TIF", ".TIFF"];

    public static (IReadOnlyList<SourceImage> Images, IReadOnlyList<string> Classes) Read(DatasetConfig config)
    {
        var path = config.Path!;
        var file = CsvFile.Read(path);
        var labelled = config.MaskColumn is null || config.LabelColumn != "label" || file.Has(config.LabelColumn);
        RequireColumns(file, [config.ImageColumn, labelled ? config.LabelColumn : null, config.GroupColumn, config.SplitColumn,
            config.MaskColumn]);
        if (file.Records.Count == 0)
        {
            throw new DatasetException($"{path}: no rows");
        }
        var images = new Folder(config.Images ?? Path.GetDirectoryName(Path.GetFullPath(path))!);
        var masks = config.Masks is null ? images : new Folder(config.Masks);
        var classes = labelled ? new ClassList(config.Classes, file.Records.Select(r => r.Find(config.LabelColumn) ?? ""), path) : null;
        var groups = new Dictionary<string, string>(StringComparer.Ordinal);
        var found = new List<SourceImage>(file.Records.Count);
        var faults = new List<string>();
        foreach (var record in file.Records)
        {
            var line = $"{path}: line {record.Line}";
            try
            {
                found.Add(new SourceImage(images.Find(record[config.ImageColumn], line, config.ImageColumn),
                    ToRow(record, classes, groups, line, config),
                    config.MaskColumn is null ? null : masks.Find(record[config.MaskColumn], line, config.MaskColumn)));
            }
            catch (DatasetException e)
            {
                faults.Add(e.Message);
            }
        }
        return faults.Count == 0 ? (found, classes?.Names ?? config.Classes)
            : throw new DatasetException(faults[0] + UserException.Others(faults.Count));
    }

    private static void RequireColumns(CsvFile file, IEnumerable<string?> columns)
    {
        var used = columns.OfType<string>().ToArray();
        if (used.FirstOrDefault(c => file.Header.Count(h => h == c) > 1) is { } twice)
        {
            throw new DatasetException($"{file.Path}: several columns are called {twice}; keep one");
        }
        var missing = used.Where(c => !file.Has(c)).ToArray();
        if (missing.Length > 0)
        {
            throw CsvFile.Lacking(file.Path, file.Header, missing, missing is ["label"] && file.Has("mask")
                ? "; a table of masks needs dataset.mask_column: mask (--mask-column mask)" : "");
        }
    }

    private static ImageRow ToRow(CsvFile.Record record, ClassList? classes, Dictionary<string, string> groups, string line,
        DatasetConfig config)
    {
        var group = config.GroupColumn is null ? "" : record[config.GroupColumn];
        var side = config.SplitColumn is null ? "" : record[config.SplitColumn];
        return new ImageRow
        {
            Id = "",
            Label = classes?.Of(record[config.LabelColumn], line) ?? -1,
            Group = ClassNames.IsMissing(group) ? "" : Group(groups, group),
            Split = config.SplitColumn is null ? "" : SideNames.Parse(side)
                ?? throw new DatasetException($"{line}: {config.SplitColumn} \"{side}\"; must be one of train, val, test"),
            Source = record[config.ImageColumn].Replace('\\', '/'),
        };
    }

    /// <summary>The first writing of a group: as of classes, equal numbers are one, and so are texts composed and decomposed.</summary>
    private static string Group(Dictionary<string, string> groups, string name)
    {
        var key = name.Length > ExactDigits ? NameForm.Of(name) : ClassNames.Key(name);
        groups.TryAdd(key, name);
        return groups[key];
    }

    /// <summary>A folder whose files a table names: with or without extension, by <c>/</c> or <c>\</c>, composed or decomposed.</summary>
    private sealed class Folder(string path)
    {
        private readonly Lazy<Dictionary<string, string>> apart = new(() => Apart(path));

        /// <summary>The file of a name.</summary>
        /// <exception cref="DatasetException">There is none, or several that differ in their extension; begins with
        /// <paramref name="line"/>.</exception>
        public string Find(string name, string line, string column)
        {
            if (name == "")
            {
                throw new DatasetException($"{line}: {column} is empty");
            }
            foreach (var form in new[] { name, name.Replace('\\', '/') })
            {
                var full = Path.Combine(path, form);
                string[] files = File.Exists(full) ? [full] : [.. Extensions.Select(e => full + e).Where(File.Exists)];
                if (files.Length > 1 && files.Select(Path.GetExtension).Distinct(StringComparer.OrdinalIgnoreCase).Count() > 1)
                {
                    throw new DatasetException($"{line}: {column} {name} may be {files[0]} or {files[1]}; give the extension");
                }
                if (files.Length > 0)
                {
                    return files[0];
                }
            }
            var wanted = NameForm.Of(name.Replace('\\', '/'));
            return (Ascii.IsValid(name) ? null
                : Extensions.Select(e => apart.Value.GetValueOrDefault(wanted + e)).FirstOrDefault(f => f is not null))
                ?? throw new DatasetException($"{line}: {Path.Combine(path, name)}: no such file (nor with an image extension)");
        }

        // only looked through where a name with other than ASCII letters is not found as it is written
        private static Dictionary<string, string> Apart(string path)
        {
            var files = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var file in Directory.Exists(path) ? ImageTree.Files(path) : [])
            {
                files.TryAdd(NameForm.Of(file.Place), file.File);
            }
            return files;
        }
    }
}
