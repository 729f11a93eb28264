using System.Diagnostics;
using System.Globalization;
using Odm.Data.Images;
using Odm.Engine.Runtime;

namespace Odm.Data.Import;

/// <summary>Decodes and preprocesses image files, each once, on two threads; only the preprocessed pixels are kept.</summary>
internal static class Decoder
{
    private const int Threads = 2; // decoding large photographs: more would hold more of them in memory at once

    public static ImageSet Decode(IReadOnlyList<SourceImage> sources, IReadOnlyList<string> classes, DatasetConfig config,
        LeftOutList left, RunContext? context, string stage)
    {
        sources = SourceImage.WithUniqueIds(sources);
        var images = new Pixels[sources.Count];
        var masks = sources[0].Mask is null ? null : new byte[sources.Count][];
        var facts = new FileFacts[2 * sources.Count]; // images, then masks
        var reader = new MaskReader(config.MaskValues, config.Threshold);
        var faults = new DatasetException?[sources.Count];
        var progress = new Ticker(context, stage, sources.Count);
        Parallel.For(0, sources.Count, new ParallelOptions { MaxDegreeOfParallelism = Threads }, (i, loop) =>
        {
            if (context?.Cancel.IsCancellationRequested == true)
            {
                loop.Stop();
                return;
            }
            try
            {
                var (image, mask) = DecodeOne(sources[i], config, reader);
                (images[i], facts[i]) = (image, image.Facts);
                if (masks is not null)
                {
                    (masks[i], facts[sources.Count + i]) = (mask!.Planar, mask.Facts);
                }
            }
            catch (DatasetException e)
            {
                faults[i] = e;
            }
            progress.Done();
        });
        context?.Cancel.ThrowIfCancellationRequested();
        var bad = faults.OfType<DatasetException>().ToArray();
        if (bad.Length > 0)
        {
            throw new DatasetException(bad[0].Message + UserException.Others(bad.Length), bad[0]);
        }
        reader.CheckForms();
        Note(left, sources, facts, reader);
        var set = Importer.Assemble(images, masks, [.. sources.Select(s => s.Row)], classes);
        if (set.EmptyMasks is { Count: > 0 } empty)
        {
            context?.Report(new Progress(stage, set.Count, set.Count, 0, "files", EmptyMasks(set, empty)));
        }
        return set;
    }

    /// <summary>A warning line: how many, the first few by name.</summary>
    private static string EmptyMasks(ImageSet set, IReadOnlyList<int> empty) => string.Create(CultureInfo.InvariantCulture,
        $"! {empty.Count} of {set.Count} masks are empty: {string.Join(", ", empty.Take(3).Select(i => set.Rows[i].Id))}"
        + $"{(empty.Count > 3 ? ", ..." : "")}");

    /// <summary>A 16-bit file whose highest sample is below this uses a quarter of its range at most.</summary>
    private const int Narrow = 1 << 14;

    private static void Note(LeftOutList left, IReadOnlyList<SourceImage> sources, FileFacts[] facts, MaskReader reader)
    {
        var names = sources.Select(s => s.Row.Source).Concat(sources.Select(s => Path.GetFileName(s.Mask) ?? "")).ToArray();
        var wide = Enumerable.Range(0, sources.Count).Where(i => facts[i].Highest > 0).ToArray();
        var narrow = wide.Length > 0 && wide.All(i => facts[i].Highest < Narrow);
        for (var i = 0; i < facts.Length; i++)
        {
            if (facts[i] is not { } file)
            {
                continue;
            }
            Add(LeftOutKind.FurtherPages, file.Pages > 1);
            Add(LeftOutKind.Alpha, file.Transparent);
            Add(LeftOutKind.Turned, file.Turn > 1 && i < sources.Count);
            Add(LeftOutKind.NarrowRange, narrow && file.Highest > 0 && i < sources.Count);

            void Add(LeftOutKind kind, bool has)
            {
                if (has)
                {
                    left.Add(kind, names[i]);
                }
            }
        }
        if (reader.Ones > 0)
        {
            left.Add(new LeftOut(LeftOutKind.MasksOfOnes, reader.Ones, Path.GetFileName(reader.FirstOfOnes)!));
        }
    }

    private static (Pixels Image, Pixels? Mask) DecodeOne(SourceImage source, DatasetConfig config, MaskReader reader)
    {
        var image = ImageFiles.Decode(source.File);
        var mask = source.Mask is null ? null : Fitting(reader.Read(source.Mask), source.Mask, image);
        try
        {
            return Preprocessor.Apply(config.Preprocess, image, mask);
        }
        catch (DatasetException e)
        {
            throw new DatasetException($"{source.File}: {e.Message}", e);
        }
    }

    /// <summary>
    /// A mask that is as large as its image was stored, not as it is looked at, was drawn on the stored image and is turned with it.
    /// </summary>
    /// <exception cref="DatasetException">It is of another size.</exception>
    private static Pixels Fitting(Pixels mask, string file, Pixels image)
    {
        if ((mask.Width, mask.Height) == (image.Width, image.Height))
        {
            return mask;
        }
        return image.Facts.Turn >= 5 && mask.Facts.Turn == 1 && (mask.Height, mask.Width) == (image.Width, image.Height)
            ? Turning.Apply(mask, image.Facts.Turn)
            : throw new DatasetException($"{file}: {mask.Width}x{mask.Height} pixels where its image has {image.Width}x{image.Height}");
    }

    /// <summary>Reports at most five times a second, from any thread.</summary>
    private sealed class Ticker(RunContext? context, string stage, long total)
    {
        private readonly Stopwatch clock = Stopwatch.StartNew();
        private readonly Lock gate = new();
        private long done;
        private double told = double.NegativeInfinity;

        public void Done()
        {
            if (context is null)
            {
                return;
            }
            lock (gate)
            {
                done++;
                var now = clock.Elapsed.TotalSeconds;
                if (now - told < .2 && done < total)
                {
                    return;
                }
                told = now;
                context.Report(new Progress(stage, done, total, done / Math.Max(now, 1e-3), "files"));
            }
        }
    }
}
