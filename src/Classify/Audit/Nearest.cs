using System.Runtime.InteropServices;
using Odm.Classify.Features;
using Odm.Data.Images;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Odm.Classify.Audit;

/// <summary>The nearest image of a set by root mean square difference of pixels (mirrored in any way) or of features.</summary>
/// <param name="Index">Its place.</param>
/// <param name="Distance">Of pixels: 0 to 1, on images reduced to at most 32 pixels a side.</param>
public readonly record struct Neighbour(int Index, double Distance);

/// <summary>
/// Nearest neighbours among rows: of pixels, reduced by block means first so that noise does not hide a copy, or of features. Blocks of
/// rows are made when they are needed, so that sets of any size are searched in the memory of two blocks.
/// </summary>
internal sealed class NeighbourSpace
{
    private const int Side = 32;
    private const int Queries = 4096; // each block of these goes once through all rows
    private const int Block = 1024;

    private static readonly long[][] Mirrorings = [[], [3], [2], [2, 3]];

    private readonly Func<IReadOnlyList<int>, long[], Tensor> read; // places, axes to mirror -> float [n, d]
    private readonly IReadOnlyList<int> places;
    private readonly bool pixels;

    private NeighbourSpace(Func<IReadOnlyList<int>, long[], Tensor> read, IReadOnlyList<int> places, bool pixels)
        => (this.read, this.places, this.pixels) = (read, places, pixels);

    /// <summary>Rows.</summary>
    public int Count => places.Count;

    /// <summary>The images of a set.</summary>
    public static NeighbourSpace Of(ImageSet set)
        => new((indices, flip) => Pixels(set, indices, flip), [.. Enumerable.Range(0, set.Count)], pixels: true);

    /// <summary>Features as they are.</summary>
    public static NeighbourSpace Of(FeatureMatrix features)
        => new((indices, _) => Features(features, indices), [.. Enumerable.Range(0, features.Count)], pixels: false);

    /// <summary>Some of the rows.</summary>
    public NeighbourSpace Select(IReadOnlyList<int> indices) => new(read, [.. indices.Select(i => places[i])], pixels);

    /// <summary>
    /// For each image its nearest among these, mirrored in any way; the rows of <paramref name="without"/> left out, a set of places for
    /// each image. Where nothing is left, the distance is infinite and the place -1.
    /// </summary>
    public Neighbour[] NearestTo(NeighbourSpace images, CancellationToken cancel, IReadOnlyList<IReadOnlySet<int>>? without = null)
    {
        using var off = no_grad();
        var best = new Neighbour[images.Count];
        Array.Fill(best, new(-1, double.PositiveInfinity));
        for (var from = 0; from < images.Count; from += Queries)
        {
            using var outer = NewDisposeScope();
            var n = Math.Min(Queries, images.Count - from);
            // the query is mirrored in place of the rows: the distance is the same
            var queries = (pixels ? Mirrorings : [[]]).Select(m => images.Rows(from, n, m)).ToArray();
            for (var at = 0; at < Count; at += Block)
            {
                cancel.ThrowIfCancellationRequested();
                using var scope = NewDisposeScope();
                var rows = Rows(at, Math.Min(Block, Count - at), []);
                var lengths = rows.square().sum(1).unsqueeze(0); // [1, r]
                foreach (var q in queries)
                {
                    var squares = q.square().sum(1).unsqueeze(1) + lengths - 2 * q.mm(rows.t()); // [n, r]
                    LeaveOut(squares, from, at, without);
                    var nearest = squares.argmin(1);
                    var found = nearest.data<long>().ToArray();
                    // the product cancels digits
                    var exact = (q - rows.index_select(0, nearest)).square().mean([1L]).sqrt().data<float>().ToArray();
                    for (var i = 0; i < n; i++)
                    {
                        if (exact[i] < best[from + i].Distance && !Mates(from + i, at + (int)found[i]))
                        {
                            best[from + i] = new(at + (int)found[i], exact[i]);
                        }
                    }
                }
            }
        }
        return best;

        bool Mates(int i, int j) => without is not null && without[i].Contains(j); // a block may hold nothing else
    }

    private static void LeaveOut(Tensor squares, int from, int at, IReadOnlyList<IReadOnlySet<int>>? without)
    {
        for (var i = 0; without is not null && i < squares.shape[0]; i++)
        {
            foreach (var mate in without[from + i].Where(m => m >= at && m < at + squares.shape[1]))
            {
                squares[i, mate - at] = double.PositiveInfinity;
            }
        }
    }

    private Tensor Rows(int at, int count, long[] flip) => read([.. places.Skip(at).Take(count)], flip);

    private static Tensor Pixels(ImageSet set, IReadOnlyList<int> indices, long[] flip)
    {
        using var scope = NewDisposeScope();
        var x = set.Pixels(indices).to(ScalarType.Float32) / 255; // [n, C, H, W]
        x = set.Height > Side || set.Width > Side ? F.adaptive_avg_pool2d(x, Side) : x;
        x = flip.Length > 0 ? x.flip(flip) : x;
        return x.flatten(1).MoveToOuterDisposeScope();
    }

    private static Tensor Features(FeatureMatrix features, IReadOnlyList<int> indices)
    {
        var rows = empty([indices.Count, features.Dimension], ScalarType.Float32);
        var values = MemoryMarshal.Cast<byte, float>(rows.bytes);
        for (var i = 0; i < indices.Count; i++)
        {
            features.Flat.Slice(indices[i] * features.Dimension, features.Dimension).CopyTo(values[(i * features.Dimension)..]);
        }
        return rows;
    }
}
