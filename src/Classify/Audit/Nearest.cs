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
    private readonly Func<IReadOnlyList<int>, long[], Tensor>? weigh; // how much each number counts where the rows look for their nearest

    private NeighbourSpace(Func<IReadOnlyList<int>, long[], Tensor> read, IReadOnlyList<int> places, bool pixels,
        Func<IReadOnlyList<int>, long[], Tensor>? weigh = null)
        => (this.read, this.places, this.pixels, this.weigh) = (read, places, pixels, weigh);

    /// <summary>Rows.</summary>
    public int Count => places.Count;

    /// <summary>The images of a set.</summary>
    public static NeighbourSpace Of(ImageSet set)
        => new((indices, flip) => Pixels(set, indices, flip), [.. Enumerable.Range(0, set.Count)], pixels: true);

    /// <summary>Features as they are.</summary>
    public static NeighbourSpace Of(FeatureMatrix features)
        => new((indices, _) => Features(features, indices), [.. Enumerable.Range(0, features.Count)], pixels: false);

    /// <summary>
    /// The lesions of some images (<see cref="LesionCrops"/>). A lesion is compared with others within its own mask alone, so that neither
    /// what surrounds it nor the others' outlines count.
    /// </summary>
    public static NeighbourSpace OfLesions(ImageSet set, IReadOnlyList<int> places)
    {
        var (images, inside) = LesionCrops.Of(set, places, Side);
        return new((indices, flip) => Flipped(images, indices, flip), [.. Enumerable.Range(0, places.Count)], pixels: true,
            (indices, flip) => Flipped(inside.expand(images.shape), indices, flip));
    }

    /// <summary>Some of the rows.</summary>
    public NeighbourSpace Select(IReadOnlyList<int> indices) => new(read, [.. indices.Select(i => places[i])], pixels, weigh);

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
            var queries = (pixels ? Mirrorings : [[]])
                .Select(m => (Values: images.Rows(from, n, m), Weights: images.Weights(from, n, m))).ToArray();
            for (var at = 0; at < Count; at += Block)
            {
                cancel.ThrowIfCancellationRequested();
                using var scope = NewDisposeScope();
                var rows = Rows(at, Math.Min(Block, Count - at), []);
                foreach (var (q, weights) in queries)
                {
                    var squares = Squares(q, weights, rows);
                    LeaveOut(squares, from, at, without);
                    var nearest = squares.argmin(1);
                    var found = nearest.data<long>().ToArray();
                    // the product cancels digits
                    var apart = (q - rows.index_select(0, nearest)).square();
                    var exact = (weights is null ? apart.mean([1L]) : (apart * weights).sum([1L]) / weights.sum([1L])).sqrt()
                        .data<float>().ToArray();
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

    // [n, r]: sums of squared differences, weighted by the query's weights
    private static Tensor Squares(Tensor q, Tensor? weights, Tensor rows) => weights is null
        ? q.square().sum(1).unsqueeze(1) + rows.square().sum(1).unsqueeze(0) - 2 * q.mm(rows.t())
        : (weights * q.square()).sum(1).unsqueeze(1) + weights.mm(rows.square().t()) - 2 * (weights * q).mm(rows.t());

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

    private Tensor? Weights(int at, int count, long[] flip) => weigh?.Invoke([.. places.Skip(at).Take(count)], flip);

    private static Tensor Flipped(Tensor all, IReadOnlyList<int> indices, long[] flip)
    {
        using var scope = NewDisposeScope();
        var x = all.index_select(0, tensor(indices.Select(i => (long)i).ToArray()));
        return (flip.Length > 0 ? x.flip(flip) : x).flatten(1).MoveToOuterDisposeScope();
    }

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
