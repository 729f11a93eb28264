using System.Globalization;
using System.IO.Compression;
using Odm.Data.Images;
using Odm.Engine.Files;
using Odm.Engine.Runtime;

namespace Odm.Data.Import;

/// <summary>
/// Reads a MedMNIST v2 file (Yang et al. 2023): an .npz with <c>train_images</c> uint8 [N, H, W] or [N, H, W, 3], <c>train_labels</c>
/// [N, 1] and the same for val and test, which become the official split. Images are read one by one: large files need no memory at once.
/// </summary>
internal static class MedMnist
{
    public static ImageSet Read(DatasetConfig config, Func<Pixels, Pixels> preprocess)
    {
        var path = config.Path!;
        if (!File.Exists(path))
        {
            throw new DatasetException($"{path}: no such file");
        }
        try
        {
            using var zip = ZipFile.OpenRead(path);
            var sides = ImageRow.Sides.Where(side => side == "train" || zip.GetEntry($"{side}_images.npy") is not null).ToArray();
            var labels = sides.ToDictionary(side => side, side => Labels(zip, path, side), StringComparer.Ordinal);
            var classes = new ClassList(config.Classes, labels.Values.SelectMany(l => l).Select(Text), path);
            var images = new List<Pixels>();
            var rows = new List<ImageRow>();
            foreach (var side in sides)
            {
                var before = images.Count;
                images.AddRange(Images(zip, path, side).Select(preprocess));
                if (images.Count - before != labels[side].Length)
                {
                    throw new DatasetException($"{path}: {images.Count - before} {side}_images and {labels[side].Length} {side}_labels");
                }
                rows.AddRange(labels[side].Select((label, i) => new ImageRow
                {
                    Id = string.Create(CultureInfo.InvariantCulture, $"{side}-{i:D5}"),
                    Label = classes.Of(Text(label), $"{path}: {side}_labels[{i}]"),
                    Split = side,
                    Source = string.Create(CultureInfo.InvariantCulture, $"{side}_images[{i}]"),
                }));
            }
            return Importer.Assemble([.. images], null, rows, classes.Names);
        }
        catch (InvalidDataException e)
        {
            throw new DatasetException($"{path}: not a whole .npz (zip) file: {e.Message}", e);
        }
    }

    private static string Text(long label) => label.ToString(CultureInfo.InvariantCulture);

    private static long[] Labels(ZipArchive zip, string path, string side)
    {
        var name = $"{side}_labels";
        using var stream = Entry(zip, path, name).Open();
        var array = Npy.Read(stream, $"{path}: {name}");
        return array.Header.Shape is [_] or [_, 1]
            ? array.ToInt64()
            : throw new DatasetException($"{path}: {name} has shape ({string.Join(", ", array.Header.Shape)}); one label an image is "
                + $"wanted, (N) or (N, 1)");
    }

    private static IEnumerable<Pixels> Images(ZipArchive zip, string path, string side)
    {
        var name = $"{side}_images";
        using var stream = Entry(zip, path, name).Open();
        var header = NpyHeader.Read(stream, $"{path}: {name}");
        if (header.Type != "u1" || header.Shape is not ([_, _, _] or [_, _, _, 3]))
        {
            throw new DatasetException($"{path}: {name} is {header.Type} ({string.Join(", ", header.Shape)}); uint8 (N, H, W) or (N, H, "
                + $"W, 3) is wanted");
        }
        var (height, width, channels) = ((int)header.Shape[1], (int)header.Shape[2], header.Shape.Count == 4 ? 3 : 1);
        var (plane, interleaved) = (height * width, new byte[height * width * channels]);
        for (var n = 0L; n < header.Shape[0]; n++)
        {
            if (stream.ReadAtLeast(interleaved, interleaved.Length, throwOnEndOfStream: false) < interleaved.Length)
            {
                throw new DatasetException($"{path}: {name} is truncated at image {n} of {header.Shape[0]}");
            }
            var planar = new byte[interleaved.Length];
            for (var i = 0; i < plane; i++)
            {
                for (var c = 0; c < channels; c++)
                {
                    planar[c * plane + i] = interleaved[i * channels + c];
                }
            }
            yield return new Pixels(width, height, channels, 8, planar);
        }
    }

    private static ZipArchiveEntry Entry(ZipArchive zip, string path, string name) => zip.GetEntry(name + ".npy")
        ?? throw new DatasetException($"{path}: no {name} in it; it holds "
            + $"{string.Join(", ", zip.Entries.Select(e => Path.GetFileNameWithoutExtension(e.Name)))}");
}
