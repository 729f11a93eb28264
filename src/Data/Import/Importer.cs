using Odm.Data.Images;
using Odm.Data.Phantom;
using Odm.Engine.Runtime;

namespace Odm.Data.Import;

/// <summary>Makes an image set of whatever a <see cref="DatasetConfig"/> describes: finds, decodes once, preprocesses, joins.</summary>
public static class Importer
{
    /// <summary>Imports. Grey images are kept with one channel where all are grey, else repeated to three.</summary>
    /// <param name="config">A configuration without faults.</param>
    /// <param name="context">Receives progress; may be null.</param>
    /// <param name="stage">Name of the stage in the progress.</param>
    /// <exception cref="DatasetException">Files are missing or bad; the message names the first and counts the others.</exception>
    public static ImageSet Import(DatasetConfig config, RunContext? context = null, string stage = "import")
    {
        ArgumentNullException.ThrowIfNull(config);
        var left = new LeftOutList();
        var set = Read(config, left, context, stage);
        if (config.Kind == DatasetKind.Phantom)
        {
            return set;
        }
        set = Repeats.Checked(set, config.Contradictions, left);
        if (set.Rows.Any(r => r.Group != ""))
        {
            foreach (var row in set.Rows.Where(r => r.Group == ""))
            {
                left.Add(LeftOutKind.Ungrouped, row.Id);
            }
        }
        if (LeftOutList.Line(left.All) is { } line)
        {
            context?.Report(new Progress(stage, set.Count, set.Count, 0, "files", "! " + line));
        }
        return set.With(left.All);
    }

    private static ImageSet Read(DatasetConfig config, LeftOutList left, RunContext? context, string stage)
    {
        switch (config.Kind)
        {
            case DatasetKind.Phantom:
                return Preprocess(PhantomDataset.Draw(config.Count, config.Size, config.Seed, config.Shares, config.Classes),
                    config.Preprocess);
            case DatasetKind.MedMnist:
                return MedMnist.Read(config, image => Preprocessor.Apply(config.Preprocess, image).Image);
            case DatasetKind.Set:
                var opened = ImageSet.Open(config.Path!);
                CheckMasks(opened, config.Path!);
                foreach (var known in opened.LeftOut
                    .Where(l => l.Kind is not (LeftOutKind.Repeated or LeftOutKind.Contradicting or LeftOutKind.Ungrouped)))
                {
                    left.Add(known);
                }
                return Preprocess(opened, config.Preprocess);
            case DatasetKind.ImageFolder:
                var byClass = FolderSource.ByClass(config.Path!, config.Classes, left);
                return Decoder.Decode(Grouped(byClass.Images), byClass.Classes, config, left, context, stage);
            case DatasetKind.Csv:
                var listed = CsvSource.Read(config);
                return Decoder.Decode(Grouped(listed.Images), listed.Classes, config, left, context, stage);
            case DatasetKind.ImageMask:
                return Decoder.Decode(Grouped(FolderSource.WithMasks(config, left)), config.Classes, config, left, context, stage);
            default:
                throw new ArgumentException($"no kind of data set is called {config.Kind}", nameof(config));
        }

        IReadOnlyList<SourceImage> Grouped(IReadOnlyList<SourceImage> images)
            => GroupPattern.Of(FolderSource.Grouped(images, config), config);
    }

    /// <summary>Does the steps to every image of a set; hashes follow the new pixels.</summary>
    public static ImageSet Preprocess(ImageSet set, IReadOnlyList<PreprocessStep> steps)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(steps);
        if (steps.Count == 0)
        {
            return set;
        }
        var images = new Pixels[set.Count];
        var masks = set.HasMasks ? new byte[set.Count][] : null;
        for (var i = 0; i < set.Count; i++)
        {
            var image = new Pixels(set.Width, set.Height, set.Channels, 8, set.Image(i).ToArray());
            var (done, mask) = Preprocessor.Apply(steps, image, masks is null ? null
                : image with { Channels = 1, Planar = set.Mask(i).ToArray() });
            images[i] = done;
            if (masks is not null)
            {
                masks[i] = mask!.Planar;
            }
        }
        return Assemble(images, masks, [.. set.Rows.Select(r => r with { Sha256 = "" })], set.Classes);
    }

    /// <summary>Joins preprocessed images, which must agree in size by now.</summary>
    internal static ImageSet Assemble(IReadOnlyList<Pixels> images, IReadOnlyList<byte[]>? masks, IReadOnlyList<ImageRow> rows,
        IReadOnlyList<string> classes)
    {
        if (images.Count == 0)
        {
            throw new DatasetException("no images");
        }
        var first = images[0];
        for (var i = 0; i < images.Count; i++)
        {
            if ((images[i].Width, images[i].Height) != (first.Width, first.Height))
            {
                throw new DatasetException($"{Name(rows[i])}: {images[i].Width}x{images[i].Height} pixels where {Name(rows[0])} has "
                    + $"{first.Width}x{first.Height}; resize them (dataset.preprocess: [resize: 64], --size 64)");
            }
        }
        var channels = images.Max(image => image.Channels);
        return ImageSet.FromImages([.. images.Select(image => image.Channels == channels ? image.Planar : Repeat(image.Planar))],
            channels, first.Height, first.Width, rows, classes, masks);
    }

    // a set that another program wrote
    private static void CheckMasks(ImageSet set, string folder)
    {
        for (var i = 0; set.HasMasks && i < set.Count; i++)
        {
            if (set.Mask(i).IndexOfAnyExcept((byte)0, (byte)255) is >= 0 and var at)
            {
                throw new DatasetException($"{Path.Combine(folder, "masks.npy")}: the mask of {set.Rows[i].Id} holds {set.Mask(i)[at]}; "
                    + $"a mask holds 0 and 255");
            }
        }
    }

    private static string Name(ImageRow row) => row.Source != "" ? row.Source : row.Id;

    private static byte[] Repeat(byte[] grey) => [.. grey, .. grey, .. grey];
}
