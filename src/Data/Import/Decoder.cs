using System.Diagnostics;

namespace Odm.Data;

/// <summary>Decodes and preprocesses image files, each once, on two threads; only the preprocessed pixels are kept.</summary>
internal static class Decoder
{
    private const int Threads = 2; // decoding large photographs: more would hold more of them in memory at once

    public static ImageSet Decode(IReadOnlyList<SourceImage> sources, IReadOnlyList<string> classes, DatasetConfig config, RunContext? context, string stage)
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
                    masks[i] = mask!.Planar;
            }
            catch (DatasetException e)
            {
                faults[i] = e;
            }
            progress.Done();
        });
        context?.Cancel.ThrowIfCancellationRequested();
        var bad = faults.OfType<DatasetException>().ToArray();
        return bad.Length == 0
            ? Importer.Assemble(images, masks, [.. sources.Select(s => s.Row)], classes)
            : throw new DatasetException(bad[0].Message + FolderSource.Others(bad.Length), bad[0]);
    }

    private static (Pixels Image, Pixels? Mask) DecodeOne(SourceImage source, DatasetConfig config)
    {
        var image = ImageFiles.Decode(source.File);
        var mask = source.Mask is null ? null : Threshold(ImageFiles.Decode(source.Mask), config.Threshold);
        if (mask is not null && (mask.Width, mask.Height) != (image.Width, image.Height))
            throw new DatasetException($"{source.Mask}: {mask.Width}x{mask.Height} pixels where its image has {image.Width}x{image.Height}");
        try
        {
            return Preprocessor.Apply(config.Preprocess, image, mask);
        }
        catch (DatasetException e)
        {
            throw new DatasetException($"{source.File}: {e.Message}", e);
        }
    }

    /// <summary>255 where the mean of the channels reaches the threshold, else 0.</summary>
    private static Pixels Threshold(Pixels mask, double threshold)
    {
        var plane = mask.Width * mask.Height;
        var hard = new byte[plane];
        for (var i = 0; i < plane; i++)
        {
            var sum = 0;
            for (var c = 0; c < mask.Channels; c++)
                sum += mask.Planar[c * plane + i];
            hard[i] = sum >= threshold * 255 * mask.Channels ? (byte)255 : (byte)0;
        }
        return mask with { Channels = 1, Planar = hard };
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
                return;
            lock (gate)
            {
                done++;
                var now = clock.Elapsed.TotalSeconds;
                if (now - told < .2 && done < total)
                    return;
                told = now;
                context.Report(new Progress(stage, done, total, done / Math.Max(now, 1e-3), "files"));
            }
        }
    }
}
