using System.Globalization;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Inpainting.Clusters;

/// <summary>
/// k-means (Lloyd 1982) from greedy k-means++ seeds (Arthur and Vassilvitskii 2007, section 5: the best of 2 + ln k candidates each), the
/// best of several starts. All in double, on the processor: equal rows and seeds give equal clusters.
/// </summary>
internal static class KMeans
{
    private const int MostIterations = 300;

    /// <summary>Clusters rows; distances are Euclidean and the columns are taken as they are.</summary>
    /// <param name="rows">[n, d]; finite.</param>
    /// <param name="k">Clusters, 1 to n.</param>
    /// <param name="seed">Of all random choices.</param>
    /// <param name="restarts">Starts; the one of least inertia is kept.</param>
    /// <param name="cancel">Looked at in every iteration.</param>
    /// <returns>No cluster is empty; the largest is first, of equals the one with the earlier image.</returns>
    public static Clustering Fit(float[,] rows, int k, ulong seed, int restarts = 10, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var (n, d) = (rows.GetLength(0), rows.GetLength(1));
        if (k < 1 || k > n)
        {
            throw new ArgumentOutOfRangeException(nameof(k),
                string.Create(CultureInfo.InvariantCulture, $"{k} clusters of {n} rows; must be 1 to {n}"));
        }
        ArgumentOutOfRangeException.ThrowIfLessThan(restarts, 1);
        using var inference = inference_mode();
        using var scope = NewDisposeScope();
        var mean = new double[d];
        var x = Centred(rows, mean);
        var squares = x.square().sum([1]);
        (int[] Labels, double Inertia)? best = null;
        for (var r = 0; r < restarts; r++)
        {
            using var inner = NewDisposeScope();
            var found = Lloyd(x, squares, Seeds(x, squares, k, Rng.For(seed, "k-means", r), cancel), cancel);
            if (best is null || found.Inertia < best.Value.Inertia)
            {
                best = found;
            }
        }
        var ordered = BySize(best!.Value.Labels, k);
        var centres = new double[k, d];
        var values = Centres(x, ordered, k).data<double>().ToArray();
        for (var i = 0; i < values.Length; i++)
        {
            centres[i / d, i % d] = values[i] + mean[i % d];
        }
        return new Clustering(ordered, centres, best.Value.Inertia);
    }

    /// <summary>The rows without their mean, double [n, d]: distances keep their digits where the values are large.</summary>
    private static Tensor Centred(float[,] rows, double[] mean)
    {
        var (n, d) = (rows.GetLength(0), rows.GetLength(1));
        var values = new double[n * (long)d];
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < d; j++)
            {
                mean[j] += rows[i, j] / (double)n;
            }
        }
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < d; j++)
            {
                values[(long)i * d + j] = double.IsFinite(rows[i, j]) ? rows[i, j] - mean[j]
                    : throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"row {i}, column {j} is {rows[i, j]}"),
                        nameof(rows));
            }
        }
        return Aligned.Of(values, [n, d], CPU);
    }

    private static Tensor Seeds(Tensor x, Tensor squares, int k, Rng rng, CancellationToken cancel)
    {
        var n = (int)x.shape[0];
        var trials = 2 + (int)Math.Log(k);
        var chosen = new List<long> { rng.NextInt(n) };
        var nearest = To(chosen[0]).data<double>().ToArray(); // squared distance to the nearest seed so far
        while (chosen.Count < k)
        {
            cancel.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            (long Index, double[] Nearest, double Sum)? best = null;
            for (var t = 0; t < trials; t++)
            {
                var candidate = Drawn(nearest, rng.NextDouble() * nearest.Sum(), chosen);
                var distances = To(candidate).data<double>().ToArray();
                for (var i = 0; i < n; i++)
                {
                    distances[i] = Math.Min(distances[i], nearest[i]);
                }
                if (best is null || distances.Sum() < best.Value.Sum)
                {
                    best = (candidate, distances, distances.Sum());
                }
            }
            chosen.Add(best!.Value.Index);
            nearest = best.Value.Nearest;
        }
        return x.index_select(0, tensor(chosen.ToArray()));

        Tensor To(long index) => Distances(x, squares, x.narrow(0, index, 1)).view(n);
    }

    /// <summary>
    /// The row at which the running sum of weights passes a point; where all weights are 0, the first row not yet chosen.
    /// </summary>
    private static long Drawn(double[] weights, double point, List<long> chosen)
    {
        for (var i = 0; i < weights.Length; i++)
        {
            point -= weights[i];
            if (point < 0)
            {
                return i;
            }
        }
        return Enumerable.Range(0, weights.Length).Select(i => (long)i).First(i => !chosen.Contains(i));
    }

    private static (int[] Labels, double Inertia) Lloyd(Tensor x, Tensor squares, Tensor centres, CancellationToken cancel)
    {
        var k = (int)centres.shape[0];
        int[] labels = [];
        for (var iteration = 0; iteration < MostIterations; iteration++)
        {
            cancel.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var (distance, nearest) = Distances(x, squares, centres).min(1);
            var next = Array.ConvertAll(nearest.data<long>().ToArray(), l => (int)l);
            FillEmpty(next, distance.data<double>().ToArray(), k);
            if (next.AsSpan().SequenceEqual(labels))
            {
                break;
            }
            labels = next;
            centres = Centres(x, labels, k).MoveToOuterDisposeScope();
        }
        using var last = NewDisposeScope();
        var own = centres.index_select(0, tensor(Array.ConvertAll(labels, l => (long)l)));
        return (labels, (x - own).square().sum().item<double>());
    }

    /// <summary>A cluster without rows takes the row that lies farthest from its own centre, as scikit-learn has it.</summary>
    private static void FillEmpty(int[] labels, double[] distances, int k)
    {
        var sizes = new int[k];
        foreach (var label in labels)
        {
            sizes[label]++;
        }
        for (var empty = 0; empty < k; empty++)
        {
            if (sizes[empty] > 0)
            {
                continue;
            }
            var far = -1;
            for (var i = 0; i < labels.Length; i++)
            {
                if (sizes[labels[i]] > 1 && (far < 0 || distances[i] > distances[far]))
                {
                    far = i;
                }
            }
            (sizes[labels[far]], sizes[empty], labels[far], distances[far]) = (sizes[labels[far]] - 1, 1, empty, 0);
        }
    }

    private static Tensor Centres(Tensor x, int[] labels, int k) // [k, d]
    {
        using var scope = NewDisposeScope();
        var index = tensor(Array.ConvertAll(labels, l => (long)l));
        var counts = index.bincount(null, k).to(ScalarType.Float64).unsqueeze(1);
        var sums = zeros([k, x.shape[1]], ScalarType.Float64).index_add_(0, index, x, Number.Of(1));
        return (sums / counts).MoveToOuterDisposeScope();
    }

    /// <summary>Squared distances [n, k] as |x|² + |c|² - 2 x·c.</summary>
    private static Tensor Distances(Tensor x, Tensor squares, Tensor centres)
    {
        using var scope = NewDisposeScope();
        return (squares.unsqueeze(1) + centres.square().sum([1]) - 2 * x.mm(centres.t())).clamp_min_(Number.Of(0))
            .MoveToOuterDisposeScope();
    }

    private static int[] BySize(int[] labels, int k)
    {
        var order = labels.Select((label, i) => (label, i)).GroupBy(p => p.label).OrderByDescending(g => g.Count()).ThenBy(g => g.First().i)
            .Select(g => g.Key).ToArray();
        var place = new int[k];
        for (var c = 0; c < k; c++)
        {
            place[order[c]] = c;
        }
        return Array.ConvertAll(labels, l => place[l]);
    }
}
