using Odm.Classify.Features;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Classify.ImageMetrics;

/// <summary>
/// Fréchet distance of two normal distributions (Dowson and Landau 1982; Heusel et al. 2017, arXiv 1706.08500, equation 6):
/// |m1 - m2|² + tr S1 + tr S2 - 2 tr sqrt(S1 S2). With S = FᵀF the trace is the sum of the singular values of F1 F2ᵀ, found through the
/// symmetric product F1 S2 F1ᵀ in float64: no square root of a matrix that is not symmetric, and nothing is added to singular covariances.
/// </summary>
internal sealed class Frechet : IDisposable
{
    private const int SvdUpTo = 1024; // beyond, eigenvalues of the product: a third of the time, digits lost only where they do not count
    private readonly Gaussian inner; // the side with fewer rows in its factor
    private readonly Gaussian outer;
    private readonly Tensor singular; // [r]
    private readonly Tensor? left; // [r, r], by columns

    private Frechet(Gaussian first, Gaussian second, Tensor singular, Tensor? left, Gaussian inner)
    {
        (this.inner, outer, this.singular, this.left) = (inner, ReferenceEquals(inner, first) ? second : first, singular, left);
        using var scope = NewDisposeScope();
        Value = Math.Max(0, (first.Mean - second.Mean).square().sum().item<double>() + first.Trace + second.Trace - 2 * singular.sum()
            .item<double>());
    }

    /// <summary>The distance; squared, as is the custom.</summary>
    public double Value { get; }

    /// <summary>Computes it; <paramref name="vectors"/> where <see cref="Influence"/> will be asked for.</summary>
    public static Frechet Between(Gaussian first, Gaussian second, bool vectors = false)
    {
        using var scope = NewDisposeScope();
        var (inner, outer) = first.Rank <= second.Rank ? (first, second) : (second, first);
        var f = inner.Factor; // [r, d]
        if (outer.IsNarrow && inner.Rank <= SvdUpTo)
        {
            var m = f.mm(outer.Factor.t()); // [r, n]
            if (!vectors)
            {
                return new(first, second, linalg.svdvals(m).DetachFromDisposeScope(), null, inner);
            }
            var (u, s, _) = linalg.svd(m, fullMatrices: false);
            return new(first, second, s.DetachFromDisposeScope(), u.DetachFromDisposeScope(), inner);
        }
        var product = outer.Times(f).mm(f.t());
        product = (product + product.t()) / 2;
        if (!vectors)
        {
            return new(first, second, Roots(linalg.eigvalsh(product)).DetachFromDisposeScope(), null, inner);
        }
        var (squares, columns) = linalg.eigh(product);
        return new(first, second, Roots(squares).DetachFromDisposeScope(), columns.DetachFromDisposeScope(), inner);
    }

    /// <summary>
    /// What each of the rows that <paramref name="side"/> was estimated from adds to the distance, to first order (the infinitesimal
    /// jackknife; Efron 1982):
    /// the distance's derivative by the row's weight, times the number of rows. For x centred and T the optimal map's matrix:
    /// 2 (own mean - other mean)·x + |x|² - xᵀTx, less its mean.
    /// </summary>
    public double[] Influence(Gaussian side, Sample rows, CancellationToken cancel)
    {
        using var scope = NewDisposeScope();
        var isInner = ReferenceEquals(side, inner);
        var other = isInner ? outer : inner;
        // xᵀTx = |W x|²: for the outer side W = s^-1/2 Uᵀ F, for the inner one W = s^-3/2 Uᵀ F S_outer
        var keep = singular.gt(Number.Of(singular.max().item<double>() * 1e-6));
        var weights = where(keep, singular, ones_like(singular)).pow(Number.Of(isInner ? -1.5 : -.5)) * keep.to(ScalarType.Float64);
        // [r, d]
        var w = weights.unsqueeze(1) * (left ?? throw new InvalidOperationException("computed without vectors")).t().mm(inner.Factor);
        w = (isInner ? outer.Times(w) : w).t().contiguous(); // [d, r]
        var direction = 2 * (side.Mean - other.Mean);
        var influence = new double[rows.Count];
        rows.Each(cancel, (at, block) =>
        {
            var x = block - side.Mean;
            var values = x.mv(direction) + x.square().sum([1]) - x.mm(w).square().sum([1]);
            values.data<double>().ToArray().CopyTo(influence, at);
        });
        var mean = influence.Average();
        return Array.ConvertAll(influence, v => v - mean);
    }

    public void Dispose()
    {
        singular.Dispose();
        left?.Dispose();
    }

    private static Tensor Roots(Tensor squares) =>
        where(squares.gt(Number.Of(squares.max().item<double>() * squares.shape[0] * 2.3e-16)), squares, zeros_like(squares)).sqrt();
}
