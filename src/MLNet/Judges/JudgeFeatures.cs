using Odm.Classify.Features;
using Odm.Data.Images;
using Odm.Engine.Runtime;

namespace Odm.MLNet.Judges;

/// <summary>
/// Features of the images that a study's fits read: an image that several arms share is read once. Each is read alone, so that its numbers
/// do not depend on what was read before.
/// </summary>
/// <param name="name">Name of the extractor.</param>
internal sealed class JudgeFeatures(string name)
{
    private const int Held = 256 << 20; // bytes of features that are kept
    private readonly Dictionary<string, float[]> known = new(StringComparer.Ordinal);

    /// <summary>A row of features for each image.</summary>
    public IReadOnlyList<float[]> Of(ImageSet set, RunContext context, string stage)
    {
        var rows = new float[set.Count][];
        IFeatureExtractor? extractor = null;
        var began = System.Diagnostics.Stopwatch.GetTimestamp();
        try
        {
            for (var i = 0; i < rows.Length; i++)
            {
                context.Cancel.ThrowIfCancellationRequested();
                rows[i] = Kept(set.Rows[i].Sha256) ?? Read(extractor ??= FeatureExtractors.Open(name, context), set, i, context);
                if (extractor is not null)
                {
                    context.Report(new Progress(stage, i + 1, rows.Length,
                        (i + 1) / Math.Max(System.Diagnostics.Stopwatch.GetElapsedTime(began).TotalSeconds, 1e-3), "images"));
                }
            }
        }
        finally
        {
            extractor?.Dispose();
        }
        return rows;
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
