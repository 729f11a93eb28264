using Odm.Classify.Features;
using Odm.Data.Images;
using Odm.Engine.Runtime;

namespace Odm.MLNet.Judges;

/// <summary>
/// Features of the images that a study's fits read: an image that several arms share is read once, and a set that another judge of the run
/// has read is not read again. Each image is read alone, so that its numbers do not depend on what was read before.
/// </summary>
/// <param name="name">Name of the extractor.</param>
internal sealed class JudgeFeatures(string name)
{
    private const int Held = 256 << 20; // bytes of features that are kept
    private readonly Dictionary<string, float[]> known = new(StringComparer.Ordinal);

    /// <summary>A row of features for each image.</summary>
    /// <param name="set">The images.</param>
    /// <param name="context">Progress and cancellation.</param>
    /// <param name="stage">Name of the stage in the progress.</param>
    /// <param name="fit">Folder of the fit that asks; what was read is kept in a folder beside it.</param>
    public IReadOnlyList<float[]> Of(ImageSet set, RunContext context, string stage, string fit)
    {
        using var extractor = FeatureExtractors.Open(name, context);
        var file = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(fit))!, "features-" + extractor.Name,
            $"{set.ContentHash[..16]}-{context.Precision}.npy");
        if (Before(file, set, extractor) is { } before)
        {
            return before;
        }
        var rows = new float[set.Count][];
        var began = System.Diagnostics.Stopwatch.GetTimestamp();
        var read = 0;
        for (var i = 0; i < rows.Length; i++)
        {
            context.Cancel.ThrowIfCancellationRequested();
            if (Kept(set.Rows[i].Sha256) is { } known)
            {
                rows[i] = known;
                continue;
            }
            rows[i] = Read(extractor, set, i, context);
            context.Report(new Progress(stage, i + 1, rows.Length,
                ++read / Math.Max(System.Diagnostics.Stopwatch.GetElapsedTime(began).TotalSeconds, 1e-3), "images"));
        }
        if (name != "pixels") // which are read as fast as the file
        {
            Keep(file, rows, set, extractor);
        }
        return rows;
    }

    private float[][]? Before(string file, ImageSet set, IFeatureExtractor extractor)
    {
        if (!File.Exists(file))
        {
            return null;
        }
        try
        {
            var matrix = FeatureMatrix.Open(file);
            return (matrix.Set, matrix.Count, matrix.Extractor, matrix.Preprocessing, matrix.Weights)
                == (set.ContentHash, set.Count, extractor.Name, extractor.Preprocessing, extractor.Weights)
                ? [.. Enumerable.Range(0, matrix.Count).Select(i => matrix.Flat.Slice(i * matrix.Dimension, matrix.Dimension).ToArray())]
                : null;
        }
        catch (DatasetException)
        {
            return null; // damaged: read again
        }
    }

    private void Keep(string file, float[][] rows, ImageSet set, IFeatureExtractor extractor)
    {
        var matrix = new FeatureMatrix
        {
            Extractor = extractor.Name,
            Preprocessing = extractor.Preprocessing,
            Weights = extractor.Weights,
            Set = set.ContentHash,
            Values = new float[rows.Length, extractor.Dimension],
        };
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i].CopyTo(matrix.Flat[(i * extractor.Dimension)..]);
        }
        lock (known)
        {
            try
            {
                matrix.Save(file);
            }
            catch (DatasetException)
            {
                // another process writes it, or the disk is full, which what must be written will say
            }
        }
    }

    private float[]? Kept(string image)
    {
        lock (known)
        {
            return known.GetValueOrDefault(image);
        }
    }

    private float[] Read(IFeatureExtractor extractor, ImageSet set, int i, RunContext context)
    {
        var row = FeatureExtraction.Of(set.Select([i]), extractor, context with { Report = _ => { } }, "").Flat.ToArray();
        lock (known)
        {
            if ((known.Count + 1L) * row.Length * sizeof(float) <= Held && set.Rows[i].Sha256.Length > 0)
            {
                known[set.Rows[i].Sha256] = row;
            }
        }
        return row;
    }
}
