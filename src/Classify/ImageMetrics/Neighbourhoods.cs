using Odm.Classify.Features;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Classify.ImageMetrics;

/// <summary>
/// What is asked of all pairs of rows, from one product of each block: squared distances and the polynomial kernel (x·y / d + 1)³.
/// KID: Binkowski et al. 2018 (arXiv 1801.01401), unbiased. Precision and recall: Kynkäänniemi et al. 2019 (arXiv 1904.06991), a ball
/// reaches to the k-th nearest other row and holds its edge. Density and coverage: Naeem et al. 2020 (arXiv 2002.09797), with the same k.
/// </summary>
internal sealed record Neighbourhoods
{
    /// <summary>Squared maximum mean discrepancy; may be negative.</summary>
    public required double Kid { get; init; }

    /// <summary>What each real and each synthetic row adds to it, to first order, times their number; mean 0.</summary>
    public required (double[] Real, double[] Synthetic) KidInfluence { get; init; }

    /// <summary>1 for each synthetic row within a real row's ball. Its mean is the precision.</summary>
    public required double[] Precise { get; init; }

    /// <summary>1 for each real row within a synthetic row's ball. Its mean is the recall.</summary>
    public required double[] Recalled { get; init; }

    /// <summary>For each synthetic row the real rows' balls that hold it, over k. Its mean is the density.</summary>
    public required double[] Density { get; init; }

    /// <summary>1 for each real row whose ball holds a synthetic row. Its mean is the coverage.</summary>
    public required double[] Covered { get; init; }

    /// <summary>
    /// Compares; each side must have more than <paramref name="k"/> rows. Memory: one side in float64 and a block of 2 M pairs.
    /// </summary>
    public static Neighbourhoods Of(Sample real, Sample synthetic, int k, CancellationToken cancel)
    {
        using var scope = NewDisposeScope();
        var (n, m) = (real.Count, synthetic.Count);
        var (xx, realBalls, realKernel) = Within(real, k, cancel);
        var (yy, synthBalls, synthKernel) = Within(synthetic, k, cancel);
        var y = synthetic.Block(0, m);
        var (rows, columns) = (new double[n], zeros([m], ScalarType.Float64));
        var (recalled, covered, holds) = (new double[n], new double[n], zeros([m], ScalarType.Float64));
        Blocks(n, m, cancel, (at, count) =>
        {
            var product = real.Block(at, count).mm(y.t()); // [b, m]
            var squared = (xx.narrow(0, at, count).unsqueeze(1) + yy).add_(product, Number.Of(-2));
            var inReal = squared.le(realBalls.narrow(0, at, count).unsqueeze(1));
            holds.add_(inReal.to(ScalarType.Float64).sum([0]));
            Store(inReal.any(1), covered, at);
            Store(squared.le(synthBalls).any(1), recalled, at);
            var kernel = Kernel(product, real.Dimension);
            Store(kernel.sum([1]), rows, at);
            columns.add_(kernel.sum([0]));
        });
        var (held, crossed) = (holds.data<double>().ToArray(), columns.data<double>().ToArray());
        return new()
        {
            Kid = realKernel.Sum() / ((double)n * (n - 1)) + synthKernel.Sum() / ((double)m * (m - 1)) - 2 * rows.Sum() / ((double)n * m),
            KidInfluence = (Centred(realKernel.Zip(rows, (own, other) => 2 * (own / (n - 1) - other / m))),
                Centred(synthKernel.Zip(crossed, (own, other) => 2 * (own / (m - 1) - other / n)))),
            Precise = Array.ConvertAll(held, h => h > 0 ? 1.0 : 0),
            Density = Array.ConvertAll(held, h => h / k),
            Recalled = recalled,
            Covered = covered,
        };
    }

    /// <summary>
    /// Within one side: each row's squared length [n], the squared radius of its ball [n], and the sum of its kernel values with all
    /// others.
    /// </summary>
    private static (Tensor Squares, Tensor Balls, double[] Kernel) Within(Sample rows, int k, CancellationToken cancel)
    {
        using var scope = NewDisposeScope();
        var n = rows.Count;
        var x = rows.Block(0, n);
        var (squares, balls, kernels) = (new double[n], new double[n], new double[n]);
        Blocks(n, rows.Dimension, cancel, (at, count) => Store(x.narrow(0, at, count).square().sum([1]), squares, at));
        var xx = tensor(squares);
        Blocks(n, n, cancel, (at, count) =>
        {
            var product = x.narrow(0, at, count).mm(x.t()); // [b, n]
            var squared = (xx.narrow(0, at, count).unsqueeze(1) + xx).add_(product, Number.Of(-2));
            squared.narrow(1, at, count).diagonal().fill_(Number.Of(double.PositiveInfinity)); // a row is no neighbour of its own
            Store(squared.topk(k, 1, largest: false).Item1.amax([1]).clamp_min(Number.Of(0)), balls, at);
            var kernel = Kernel(product, rows.Dimension);
            Store(kernel.sum([1]) - kernel.narrow(1, at, count).diagonal(), kernels, at);
        });
        return (xx.MoveToOuterDisposeScope(), tensor(balls).MoveToOuterDisposeScope(), kernels);
    }

    // in the product's place
    private static Tensor Kernel(Tensor product, int dimension) => product.div_(Number.Of(dimension)).add_(Number.Of(1)).pow_(Number.Of(3));

    // rows whose pairs with the others take 16 MB: more, and every temporary is mapped and given back anew, which takes longer than the
    // sums
    private static void Blocks(int n, int others, CancellationToken cancel, Action<int, int> visit)
    {
        var rows = Math.Max(1, (1 << 21) / others);
        for (var at = 0; at < n; at += rows)
        {
            cancel.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            visit(at, Math.Min(rows, n - at));
        }
    }

    private static void Store(Tensor values, double[] into, int at)
        => values.to(ScalarType.Float64).contiguous().data<double>().ToArray().CopyTo(into, at);

    private static double[] Centred(IEnumerable<double> values)
    {
        var all = values.ToArray();
        var mean = all.Average();
        return Array.ConvertAll(all, x => x - mean);
    }
}
