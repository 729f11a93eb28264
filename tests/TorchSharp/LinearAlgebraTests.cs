using TorchSharp;
using static TorchSharp.torch;

namespace TorchSharpTests;

/// <summary>Factorisations that are unique only up to sign: judged by what they must satisfy.</summary>
public class LinearAlgebraTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly Tensor a = randn(5, 3, float64, generator: new Generator(1));

    public void Dispose() => scope.Dispose();

    private static void Agree(Tensor found, Tensor expected) => GoldenFile.ShouldAgree(found, expected, "product", 1e-10);

    [Fact]
    public void Eigenvectors_rebuild_a_symmetric_matrix_with_ascending_eigenvalues()
    {
        var symmetric = a.t().matmul(a);
        var (values, vectors) = linalg.eigh(symmetric);
        Agree(vectors.matmul(diag(values)).matmul(vectors.t()), symmetric);
        (values[1..] >= values[..^1]).all().ToBoolean().ShouldBeTrue();
        Agree(linalg.eigvalsh(symmetric), values);
    }

    [Fact]
    public void Singular_vectors_rebuild_a_matrix()
    {
        var (u, s, vt) = linalg.svd(a, fullMatrices: false);
        Agree(u.matmul(diag(s)).matmul(vt), a);
        linalg.svd(a).Item1.shape.ShouldBe([5, 5]);
    }

    [Fact]
    public void Q_is_orthogonal_and_QR_rebuilds_the_matrix()
    {
        var (q, r) = linalg.qr(a);
        Agree(q.matmul(r), a);
        Agree(q.t().matmul(q), eye(3, dtype: float64));
        linalg.qr(a, linalg.QRMode.Complete).Item1.shape.ShouldBe([5, 5]);
    }
}
