using Odm.Data.Images;
using Odm.Engine.Files;
using Odm.Engine.Runtime;

namespace Odm.Data.Import;

/// <summary>Reads a CSV file with a row per image: image and label column, optionally group, split and mask columns.</summary>
internal static class CsvSource
{
    private static readonly string[] Extensions = ["", ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".PNG", ".JPG", ".JPEG", ".TIF", ".TIFF"];

    public static (IReadOnlyList<SourceImage> Images, IReadOnlyList<string> Classes) Read(DatasetConfig config)
    {
        var path = config.Path!;
        var records = Records(path, [config.ImageColumn, config.LabelColumn, config.GroupColumn, config.SplitColumn, config.MaskColumn]);
        if (records.Count == 0)
        {
            throw new DatasetException($"{path}: no rows");
        }
        var folder = config.Images ?? Path.GetDirectoryName(Path.GetFullPath(path))!;
        var masks = config.Masks ?? folder;
        var classes = new ClassList(config.Classes, records.Select(r => r[1]).Where(label => label != ""));
        var images = new List<SourceImage>(records.Count);
        var faults = new List<string>();
        for (var i = 0; i < records.Count; i++)
        {
            var row = $"{path}: row {i + 2}"; // as a spreadsheet counts: the header is row 1
            try
            {
                images.Add(new SourceImage(Resolve(folder, records[i][0], row, config.ImageColumn), ToRow(records[i], classes, row, config),
                    config.MaskColumn is null ? null : Resolve(masks, records[i][4], row, config.MaskColumn)));
            }
            catch (DatasetException e)
            {
                faults.Add(e.Message);
            }
        }
        return faults.Count == 0 ? (images, classes.Names) : throw new DatasetException(faults[0] + UserException.Others(faults.Count));
    }

    private static ImageRow ToRow(string[] record, ClassList classes, string row, DatasetConfig config) => new()
    {
        Id = "",
        Label = classes.Of(record[1], row),
        Group = record[2],
        Split = config.SplitColumn is null ? "" : SideNames.Parse(record[3])
            ?? throw new DatasetException($"{row}: {config.SplitColumn} \"{record[3]}\"; must be one of train, val, test"),
        Source = record[0].Replace('\\', '/'),
    };

    private static string Resolve(string folder, string name, string row, string column)
    {
        if (name == "")
        {
            throw new DatasetException($"{row}: {column} is empty");
        }
        var full = Path.Combine(folder, name);
        return Extensions.Select(extension => full + extension).FirstOrDefault(File.Exists)
            ?? throw new DatasetException($"{row}: {full}: no such file (nor with an image extension)");
    }

    /// <summary>The named columns of each row, in that order; an unnamed (null) column gives "".</summary>
    private static List<string[]> Records(string path, string?[] columns) =>
        [.. CsvFile.Read(path, columns).Records.Select(r => columns.Select(c => c is null ? "" : r[c]).ToArray())];
}
