using System.Globalization;
using Odm.Data.Images;

namespace Odm.Data.Guarding;

/// <summary>Judges candidates by the features of a network instead of by their spectra.</summary>
/// <param name="Extract">Gives the features of a set's images, a row an image.</param>
public sealed record NearFeatures(Func<ImageSet, float[,]> Extract)
{
    private const int Block = 256;

    /// <summary>The same candidates with distances of features, mirrored and turned as their spectra say; the nearest first.</summary>
    internal IReadOnlyList<NearCandidate>[] Judge(IReadOnlyList<NearCandidate>[] found, NearPlace[] places, int start,
        CancellationToken cancel)
    {
        var result = new IReadOnlyList<NearCandidate>[found.Length];
        foreach (var block in Enumerable.Range(0, found.Length).Chunk(Block))
        {
            cancel.ThrowIfCancellationRequested();
            var turned = Of([.. block.SelectMany(i => found[i].Select(c => (start + i, c.Form))).Distinct()], places);
            var others = Of([.. block.SelectMany(i => found[i].Select(c => (c.Index, 0))).Distinct()], places);
            foreach (var i in block)
            {
                result[i] = [.. found[i].Select(c => (Candidate: c, Distance: Between(turned[(start + i, c.Form)], others[(c.Index, 0)])))
                    .Select(x => x.Candidate with { Distance = x.Distance, Aligned = x.Distance }).OrderBy(c => c.Distance)];
            }
        }
        return result;
    }

    private Dictionary<(int Place, int Form), float[]> Of((int Place, int Form)[] asked, NearPlace[] places)
    {
        var result = new Dictionary<(int, int), float[]>();
        foreach (var alike in asked.GroupBy(a => (places[a.Place].Set, Swapped: (a.Form & 1) != 0)))
        {
            var (set, swapped) = alike.Key;
            (int Place, int Form)[] these = [.. alike];
            var (height, width) = swapped ? (set.Width, set.Height) : (set.Height, set.Width);
            var values = Extract(ImageSet.FromImages([.. these.Select(a => Turned(set, places[a.Place].Index, a.Form))], set.Channels,
                height, width,
                [.. these.Select((_, k) => new ImageRow { Id = string.Create(CultureInfo.InvariantCulture, $"{k}") })], []));
            for (var k = 0; k < these.Length; k++)
            {
                result[these[k]] = [.. Enumerable.Range(0, values.GetLength(1)).Select(d => values[k, d])];
            }
        }
        return result;
    }

    /// <summary>Pixels of an image, mirrored and turned as <see cref="Spectrum.Turn"/> does with spectra.</summary>
    internal static byte[] Turned(ImageSet set, int index, int form)
    {
        var from = set.Image(index);
        var (h, w, swapped) = (set.Height, set.Width, (form & 1) != 0);
        var (height, width) = swapped ? (w, h) : (h, w);
        var result = new byte[from.Length];
        for (var c = 0; c < set.Channels; c++)
        {
            for (var y = 0; y < height; y++)
            {
                for (var x = 0; x < width; x++)
                {
                    var (v, u) = ((form & 2) != 0 ? height - 1 - y : y, (form & 4) != 0 ? width - 1 - x : x);
                    result[(c * height + y) * width + x] = from[c * h * w + (swapped ? u * w + v : v * w + u)];
                }
            }
        }
        return result;
    }

    private static double Between(float[] a, float[] b) => Math.Sqrt(a.Zip(b, (x, y) => (double)(x - y) * (x - y)).Sum());
}
