using Odm.Classify.Features;
using Odm.Classify.Metrics;
using Odm.Data.Images;
using Odm.Engine.Runtime;

namespace Odm.Classify.Audit;

/// <summary>How far synthetic images are from the real images that they were made from.</summary>
public static class SourceDistance
{
    /// <summary>
    /// <c>source_distance</c>: mean root mean square difference of the pixels (0 to 1) of each synthetic image and its source;
    /// <c>class_distance</c>: the same to a training image of its class, drawn by chance among those that are neither its source nor of the
    /// same group, which is the distance where nothing of the source is left. 95 % bootstrap intervals over the sources' groups.
    /// </summary>
    /// <param name="synthetic">Images that each name one source.</param>
    /// <param name="training">The sources among others.</param>
    /// <exception cref="DatasetException">An image names no source, or one that is not there.</exception>
    public static SourceDistances Of(ImageSet synthetic, ImageSet training)
    {
        ArgumentNullException.ThrowIfNull(synthetic);
        ArgumentNullException.ThrowIfNull(training);
        var places = training.Rows.Select((r, i) => (r.Id, i)).ToDictionary(x => x.Id, x => x.i, StringComparer.Ordinal);
        var groups = Sample.GroupsOf(training);
        var pairs = new SourcePair[synthetic.Count];
        for (var i = 0; i < pairs.Length; i++)
        {
            var row = synthetic.Rows[i];
            if (row.Provenance?.SourceIds is not { } id || !places.TryGetValue(id, out var source))
            {
                throw new DatasetException($"{row.Id}: names no training image that it was made from");
            }
            int[] others = [.. Enumerable.Range(0, training.Count).Where(k => training.Rows[k].Label == row.Label
                && groups[k] != groups[source])];
            double? other = others.Length == 0 ? null
                : Between(synthetic.Image(i), training.Image(others[Rng.For(0, "class distance", i).NextInt(others.Length)]));
            pairs[i] = new(i, source, Between(synthetic.Image(i), training.Image(source)), other);
        }
        return new([.. Means(pairs, groups)], pairs);
    }

    /// <summary>Root mean square difference of two images, values taken from 0 to 1.</summary>
    internal static double Between(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        long squares = 0;
        for (var i = 0; i < a.Length; i++)
        {
            squares += (a[i] - b[i]) * (a[i] - b[i]);
        }
        return Math.Sqrt((double)squares / a.Length) / 255;
    }

    private static IEnumerable<Fact> Means(SourcePair[] pairs, string[] groups)
    {
        var clusters = Groups.Of([.. pairs.Select(p => groups[p.Training])]);
        foreach (var (name, of) in new (string, Func<SourcePair, double?>)[]
        {
            ("source_distance", p => p.Distance), ("class_distance", p => p.ClassDistance),
        })
        {
            double[] Mean(int[] times)
            {
                var (sum, n) = (0.0, 0.0);
                for (var i = 0; i < pairs.Length; i++)
                {
                    if (of(pairs[i]) is { } distance)
                    {
                        (sum, n) = (sum + times[clusters.IndexOf[i]] * distance, n + times[clusters.IndexOf[i]]);
                    }
                }
                return [n == 0 ? double.NaN : sum / n];
            }
            var value = Mean(clusters.Ones())[0];
            if (!double.IsNaN(value))
            {
                var interval = Bootstrap.Intervals(clusters.Count, Mean, new BootstrapConfig())[0];
                yield return new(name, "", value, interval?.Low, interval?.High, pairs.Count(p => of(p) is not null));
            }
        }
    }
}

/// <summary>A synthetic image and the training image that it was made from.</summary>
/// <param name="Synthetic">Place of the synthetic image.</param>
/// <param name="Training">Place of its source.</param>
/// <param name="Distance">Root mean square difference of their pixels, 0 to 1.</param>
/// <param name="ClassDistance">The same to another training image of its class; null where there is none.</param>
public readonly record struct SourcePair(int Synthetic, int Training, double Distance, double? ClassDistance);

/// <summary>Distances of a set.</summary>
/// <param name="Facts">Their means.</param>
/// <param name="Pairs">Each image's.</param>
public sealed record SourceDistances(IReadOnlyList<Fact> Facts, IReadOnlyList<SourcePair> Pairs);
