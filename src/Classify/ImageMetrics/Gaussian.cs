using Odm.Classify.Features;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Classify.ImageMetrics;

/// <summary>
/// Mean and covariance of rows, in float64 (divisor n - 1), as a factor F with FᵀF = covariance: the centred rows themselves where they are
/// fewer than the dimensions, so that all algebra is on the smaller side, else from the covariance's eigenvectors.
/// </summary>
internal sealed class Gaussian : IDisposable
{
    private Tensor? covariance;
    private Tensor? factor;

    private Gaussian(Tensor mean, Tensor? covariance, Tensor? factor, double trace)
    {
        (Mean, this.covariance, this.factor, Trace) = (mean, covariance, factor, trace);
        Rank = factor is null ? (int)mean.shape[0] : (int)factor.shape[0];
    }

    /// <summary>[d].</summary>
    public Tensor Mean { get; }

    /// <summary>Of the covariance.</summary>
    public double Trace { get; }

    /// <summary>Rows of the factor.</summary>
    public int Rank { get; }

    /// <summary>True where the rows were fewer than the dimensions.</summary>
    public bool IsNarrow => covariance is null;

    /// <summary>[<see cref="Rank"/>, d].</summary>
    public Tensor Factor => factor ??= Root(covariance!);

    /// <summary>Of rows, in two passes over blocks; at least two rows.</summary>
    public static Gaussian Of(Sample rows, CancellationToken cancel)
    {
        using var scope = NewDisposeScope();
        var (n, d) = (rows.Count, rows.Dimension);
        var mean = zeros([d], ScalarType.Float64);
        rows.Each(cancel, (_, x) => mean.add_(x.sum([0]) / n));
        if (n <= d)
        {
            var centred = ((rows.Block(0, n) - mean) / Math.Sqrt(n - 1)).DetachFromDisposeScope();
            return new(mean.DetachFromDisposeScope(), null, centred, Sum(centred.square()));
        }
        var covariance = zeros([d, d], ScalarType.Float64);
        rows.Each(cancel, (_, x) =>
        {
            var y = x - mean;
            covariance.add_(y.t().mm(y) / (n - 1));
        });
        return new(mean.DetachFromDisposeScope(), covariance.DetachFromDisposeScope(), null, Sum(covariance.diagonal()));
    }

    /// <summary>As given: mean [d], covariance [d, d].</summary>
    public static Gaussian Of(double[] mean, double[,] covariance)
    {
        using var scope = NewDisposeScope();
        var d = mean.Length;
        var c = Aligned.Of([.. covariance.Cast<double>()], [d, d], CPU);
        return new(Aligned.Of(mean, [d], CPU).DetachFromDisposeScope(), c.DetachFromDisposeScope(), null, Sum(c.diagonal()));
    }

    /// <summary>x times the covariance: [n, d] -> [n, d].</summary>
    public Tensor Times(Tensor x) => covariance is null ? x.mm(Factor.t()).mm(Factor) : x.mm(covariance);

    public void Dispose()
    {
        Mean.Dispose();
        covariance?.Dispose();
        factor?.Dispose();
    }

    private static double Sum(Tensor x)
    {
        using var scope = NewDisposeScope();
        return x.sum().item<double>();
    }

    // rows sqrt(lambda) vᵀ; eigenvalues within rounding of 0 are 0, lest their roots, a hundred million times larger, be counted
    private static Tensor Root(Tensor symmetric)
    {
        using var scope = NewDisposeScope();
        var (values, vectors) = linalg.eigh(symmetric);
        var floor = values.max().item<double>() * symmetric.shape[0] * 2.3e-16;
        var roots = where(values.gt(Number.Of(floor)), values, zeros_like(values)).sqrt();
        return (roots.unsqueeze(1) * vectors.t()).contiguous().DetachFromDisposeScope();
    }
}
