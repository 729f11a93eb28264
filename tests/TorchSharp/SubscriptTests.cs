using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.TensorIndex;

namespace TorchSharpTests;

public class SubscriptTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly Tensor x = arange(24).view(2, 3, 4); // [2, 3, 4]: 12 i + 4 j + k

    public void Dispose() => scope.Dispose();

    private static long[] Values(Tensor tensor) => tensor.data<long>().ToArray();

    [Fact]
    public void Numbers_select()
    {
        x[1, 2, 3].item<long>().ShouldBe(23);
        Values(x[1, 0]).ShouldBe([12, 13, 14, 15]);
        x[^1].shape.ShouldBe([3, 4]);
        Values(x[-1, -1]).ShouldBe([20, 21, 22, 23]);
    }

    [Fact]
    public void Ranges_slice_without_copying()
    {
        Values(x[0, 1.., ..2]).ShouldBe([4, 5, 8, 9]);
        Values(x[0, 0, 1..^1]).ShouldBe([1, 2]);
        Values(x[Colon, 0, Slice(0, 4, 3)]).ShouldBe([0, 3, 12, 15]);
        Values(x[TensorIndex.Ellipsis, 0]).ShouldBe([0, 4, 8, 12, 16, 20]);
        x[None, Ellipsis, None].shape.ShouldBe([1, 2, 3, 4, 1]);
        x[0].fill_(7);
        x[0, 2, 3].item<long>().ShouldBe(7);
    }

    [Fact]
    public void Tensors_and_masks_gather()
    {
        Values(x.index(TensorIndex.Tensor(tensor([1L, 0L])), Single(1), Slice(0, 2))).ShouldBe([16, 17, 4, 5]);
        Values(x[x > 20]).ShouldBe([21, 22, 23]);
        Values(x[TensorIndex.Tensor(tensor([0L, 1L])), TensorIndex.Tensor(tensor([2L, 0L]))]).ShouldBe([8, 9, 10, 11, 12, 13, 14, 15]);
        Values(x[Colon, TensorIndex.Tensor(tensor([2L])), 3]).ShouldBe([11, 23]);
    }

    [Fact]
    public void Assignment_writes_through()
    {
        x[0, 0, 0] = tensor(100L);
        x[1, .., 0] = tensor([1L, 2L, 3L]);
        x[x == 5L] = tensor(-5L);
        x[TensorIndex.Tensor(tensor([0L])), Single(2)] = tensor(0L);
        Values(x).ShouldBe([100, 1, 2, 3, 4, -5, 6, 7, 0, 0, 0, 0, 1, 13, 14, 15, 2, 17, 18, 19, 3, 21, 22, 23]);
        x.index_put_(9, Single(0), Single(0), Slice(1, 3));
        Values(x[0, 0]).ShouldBe([100, 9, 9, 3]);
        var sums = zeros(3);
        sums.index_put_(ones(4), [tensor([0L, 0L, 2L, 0L])], accumulate: true);
        sums.data<float>().ToArray().ShouldBe([3f, 0f, 1f]);
    }

    [Fact]
    public void An_index_beyond_the_end_is_libtorchs_error()
    {
        Should.Throw<System.Runtime.InteropServices.ExternalException>(() => x[2]).Message.ShouldStartWith("select(): index 2 out of range");
    }

    [Fact]
    public void Gradients_come_back_to_the_places_indexed()
    {
        var w = zeros([2, 3], requires_grad: true);
        (w[1, ..2] * 3).sum().backward();
        w.grad!.data<float>().ToArray().ShouldBe([0f, 0f, 0f, 3f, 3f, 0f]);
    }
}
