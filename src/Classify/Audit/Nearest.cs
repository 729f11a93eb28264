using System.Runtime.InteropServices;
using Odm.Data;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Odm.Classify;

/// <summary>The nearest image of a set by root mean square difference of pixels (mirrored in any way) or of features.</summary>
/// <param name="Index">Its place.</param>
/// <param name="Distance">Of pixels: 0 to 1, on images reduced to at most 32 pixels a side.</param>
public readonly record struct Neighbour(int Index, double Distance);

/// <summary>Nearest neighbours among rows: of pixels, reduced by block means first so that noise does not hide a copy, or of features.</summary>
internal sealed class NeighbourSpace
{
    private const int Side = 32;
    private const int Block = 512;

    /// <summary>Float rows [n, d], one tensor for each way of mirroring asked for.</summary>
    private readonly Tensor[] mirrored;

    private NeighbourSpace(Tensor[] mirrored) => this.mirrored = mirrored;

    /// <summary>Rows.</summary>
    public int Count => (int)mirrored[0].shape[0];

    /// <summary>The images of a set as they are.</summary>
    public static NeighbourSpace Plain(ImageSet set) => new([Rows(set, [])]);

    /// <summary>The images of a set, and mirrored left to right, top to bottom, and both.</summary>
    public static NeighbourSpace Mirrored(ImageSet set) => new([Rows(set, []), Rows(set, [3]), Rows(set, [2]), Rows(set, [2, 3])]);

    /// <summary>Features as they are.</summary>
    public static NeighbourSpace Of(FeatureMatrix features)
    {
        var rows = empty([features.Count, features.Dimension], ScalarType.Float32);
        features.Flat.CopyTo(MemoryMarshal.Cast<byte, float>(rows.bytes));
        return new([rows]);
    }

    /// <summary>Some of the rows.</summary>
    public NeighbourSpace Select(IReadOnlyList<int> indices)
    {
        using var places = tensor(indices.Select(i => (long)i).ToArray());
        return new(Array.ConvertAll(mirrored, m => m.index_select(0, places)));
    }

    /// <summary>For each image of a plain space its nearest among these, those of its own group left out where the rows of both are the same images in <paramref name="groups"/>.</summary>
    public Neighbour[] NearestTo(NeighbourSpace images, CancellationToken cancel, IReadOnlyList<string>? groups = null)
    {
        var mates = groups?.Select((g, i) => (g, i)).ToLookup(x => x.g, x => x.i, StringComparer.Ordinal);
        using var off = no_grad();
        var query = images.mirrored[0];
        var best = new Neighbour[query.shape[0]];
        Array.Fill(best, new(-1, double.PositiveInfinity));
        foreach (var rows in mirrored)
        {
            for (long at = 0; at < query.shape[0]; at += Block)
            {
                cancel.ThrowIfCancellationRequested();
                using var scope = NewDisposeScope();
                var q = query.narrow(0, at, Math.Min(Block, query.shape[0] - at));
                var squares = q.square().sum(1).unsqueeze(1) + rows.square().sum(1).unsqueeze(0) - 2 * q.mm(rows.t()); // [b, n]
                for (var i = 0; mates is not null && i < q.shape[0]; i++)
                {
                    foreach (var mate in mates[groups![(int)at + i]])
                        squares[i, mate] = double.PositiveInfinity;
                }
                var places = squares.argmin(1).data<long>().ToArray();
                var exact = (q - rows.index_select(0, tensor(places))).square().mean([1L]).sqrt().data<float>().ToArray(); // the product cancels digits
                for (var i = 0; i < places.Length; i++)
                {
                    if (exact[i] < best[at + i].Distance)
                        best[at + i] = new((int)places[i], exact[i]);
                }
            }
        }
        return best;
    }

    private static Tensor Rows(ImageSet set, long[] flip)
    {
        using var scope = NewDisposeScope();
        var parts = new List<Tensor>();
        for (var at = 0; at < set.Count; at += Block)
        {
            int[] indices = [.. Enumerable.Range(at, Math.Min(Block, set.Count - at))];
            var x = set.Pixels(indices).to(ScalarType.Float32) / 255;
            x = flip.Length > 0 ? x.flip(flip) : x;
            x = set.Height > Side || set.Width > Side ? F.adaptive_avg_pool2d(x, Side) : x;
            parts.Add(x.flatten(1));
        }
        return cat(parts).DetachFromDisposeScope();
    }
}
