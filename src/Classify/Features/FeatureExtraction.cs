using System.Runtime.InteropServices;
using Odm.Data.Images;
using Odm.Engine.Runtime;
using static TorchSharp.torch;

namespace Odm.Classify.Features;

/// <summary>Features of whole sets, batch by batch.</summary>
public static class FeatureExtraction
{
    private const int Held = 64 << 20; // bytes of mapped images that may stay in memory: 50,000 images of 64 px are 614 MB
    // as a network sees them: some 16 images, whatever their own size, so that activations stay small beside the features
    private const int PixelsAtOnce = 16 * 224 * 224;

    /// <summary>Extracts the features of every image. Grey images are repeated to three channels.</summary>
    /// <param name="set">Images of any size.</param>
    /// <param name="extractor">On the context's device.</param>
    /// <param name="context">Progress, cancellation (looked at before every batch), device.</param>
    /// <param name="stage">Name of the stage in the progress.</param>
    /// <param name="masks">True, and the set has masks: the features of the mask, seen as a grey image, follow those of the image (Saragih
    /// et al., seed 002).</param>
    public static FeatureMatrix Of(ImageSet set, IFeatureExtractor extractor, RunContext context, string stage, bool masks = false)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(extractor);
        ArgumentNullException.ThrowIfNull(context);
        using var inference = inference_mode();
        var joined = masks && set.HasMasks;
        var (d, width) = (extractor.Dimension, extractor.Dimension * (joined ? 2 : 1));
        var matrix = new FeatureMatrix
        {
            Extractor = extractor.Name,
            Preprocessing = extractor.Preprocessing,
            Weights = extractor.Weights,
            Set = set.ContentHash,
            Masks = joined,
            Values = new float[set.Count, width],
        };
        var size = Math.Max(1, PixelsAtOnce / Math.Max(224 * 224, set.Height * set.Width));
        var released = Math.Max(1, Held / (set.Channels * set.Height * set.Width) / size) * size;
        var start = System.Diagnostics.Stopwatch.GetTimestamp();
        for (var at = 0; at < set.Count; at += size)
        {
            context.Cancel.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            int[] indices = [.. Enumerable.Range(at, Math.Min(size, set.Count - at))];
            Put(extractor.Extract(Unit(set.Pixels(indices), context)), matrix, at, 0);
            if (joined)
            {
                Put(extractor.Extract(Unit(set.MaskPixels(indices), context)), matrix, at, d);
            }
            var done = at + indices.Length;
            if (done % released == 0 || done == set.Count)
            {
                set.Release();
            }
            context.Report(new Progress(stage, done, set.Count,
                done / Math.Max(System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalSeconds, 1e-3), "images"));
        }
        return matrix;
    }

    /// <summary>As <see cref="Of"/>, but kept in <paramref name="file"/> (.npy) and opened from there where it holds just these.</summary>
    public static FeatureMatrix Kept(string file, ImageSet set, IFeatureExtractor extractor, RunContext context, string stage,
        bool masks = false)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(extractor);
        if (File.Exists(file) && File.Exists(Path.ChangeExtension(file, ".json")))
        {
            var kept = FeatureMatrix.Open(file);
            if ((kept.Extractor, kept.Preprocessing, kept.Weights, kept.Set, kept.Masks, kept.Count) == (extractor.Name,
                extractor.Preprocessing, extractor.Weights, set.ContentHash, masks && set.HasMasks, set.Count))
            {
                return kept;
            }
        }
        var matrix = Of(set, extractor, context, stage, masks);
        matrix.Save(file);
        return matrix;
    }

    private static Tensor Unit(Tensor bytes, RunContext context) // uint8 [N, 1 or 3, H, W] -> float [N, 3, H, W] in [0, 1]
    {
        var x = bytes.to(context.Device).to(ScalarType.Float32) / 255;
        return x.shape[1] == 3 ? x : x.expand(x.shape[0], 3, x.shape[2], x.shape[3]);
    }

    private static void Put(Tensor features, FeatureMatrix into, int row, int column)
    {
        var (n, d) = ((int)features.shape[0], (int)features.shape[1]);
        var values = MemoryMarshal.Cast<byte, float>(features.cpu().contiguous().bytes); // sync point
        for (var i = 0; i < n; i++)
        {
            values.Slice(i * d, d).CopyTo(into.Flat.Slice((row + i) * into.Dimension + column, d));
        }
    }
}
