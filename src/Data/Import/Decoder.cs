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
        RunContext? context, string stage)
    {
        sources = SourceImage.WithUniqueIds(sources);
        var images = new Pixels[sources.Count];
        var masks = sources[0].Mask is null ? null : new byte[sources.Count][];
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
                var (image, mask) = DecodeOne(sources[i], config);
                images[i] = image;
                if (masks is not null)
                {
                    masks[i] = mask!.Planar;
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

    private static (Pixels Image, Pixels? Mask) DecodeOne(SourceImage source, DatasetConfig config)
    {
        var image = ImageFiles.Decode(source.File);
        var mask = source.Mask is null ? null : MaskFile.Read(source.Mask, image, config.Threshold);
        try
        {
            return Preprocessor.Apply(config.Preprocess, image, mask);
        }
        catch (DatasetException e)
        {
            throw new DatasetException($"{source.File}: {e.Message}", e);
        }
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
