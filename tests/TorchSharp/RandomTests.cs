using TorchSharp;
using static TorchSharp.torch;

namespace TorchSharpTests;

public class RandomTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    private static float[] Values(Tensor tensor) => tensor.@float().data<float>().ToArray();

    [Fact]
    public void A_generators_stream_is_Pythons()
    {
        // python3: g = torch.Generator().manual_seed(7); torch.randn(3, generator=g); torch.randperm(5, generator=g)
        using var generator = new Generator(7);
        Values(randn(3, generator: generator)).ShouldBe(Normal, 1e-6);
        randperm(5, generator: generator).data<long>().ToArray().ShouldBe(Permutation);
    }

    private static readonly float[] Normal = [-0.146795f, 0.786141f, 0.946822f];
    private static readonly long[] Permutation = [3, 2, 0, 4, 1];

    [Fact]
    public void Equal_states_give_equal_numbers()
    {
        using var generator = new Generator(1);
        generator.initial_seed().ShouldBe(1);
        var state = generator.get_state();
        var first = Values(rand(4, generator: generator));
        Values(rand(4, generator: generator)).ShouldNotBe(first);
        generator.set_state(state);
        Values(rand(4, generator: generator)).ShouldBe(first);
        Values(rand(4, generator: generator.manual_seed(1))).ShouldBe(first);
    }

    [Fact]
    public void The_default_generator_follows_manual_seed_and_the_saved_state()
    {
        manual_seed(3);
        var state = get_rng_state();
        var first = Values(randn(4));
        set_rng_state(state);
        Values(randn(4)).ShouldBe(first);
        manual_seed(3);
        Values(randn(4)).ShouldBe(first);
        initial_seed().ShouldBe(3);
    }

    [Fact]
    public void Draws_have_the_moments_asked_for()
    {
        using var generator = new Generator(11);
        var n = empty(20000).normal_(2, 0.5, generator);
        n.mean().ToSingle().ShouldBe(2, 0.02f);
        n.std().ToSingle().ShouldBe(0.5f, 0.02f);
        normal(-1, 2, [20000], generator: generator).mean().ToSingle().ShouldBe(-1, 0.05f);
        var u = empty(20000).uniform_(-1, 3, generator);
        u.min().ToSingle().ShouldBeInRange(-1, -0.99f);
        u.max().ToSingle().ShouldBeInRange(2.99f, 3);
        empty(20000).bernoulli_(0.3, generator).mean().ToSingle().ShouldBe(0.3f, 0.02f);
        full([20000], 0.6).bernoulli(generator).mean().ToSingle().ShouldBe(0.6f, 0.02f);
        empty(20000).exponential_(4, generator).mean().ToSingle().ShouldBe(0.25f, 0.01f);
        var i = randint(2, 5, [20000], generator: generator);
        (i.dtype, i.min().item<long>(), i.max().item<long>()).ShouldBe((ScalarType.Int64, 2, 4));
        var r = empty([20000], int64).random_(3, 6, generator);
        (r.min().item<long>(), r.max().item<long>()).ShouldBe((3, 5));
        var drawn = tensor([0f, 3f, 1f]).multinomial(20000, true, generator);
        drawn.eq(0).any().ToBoolean().ShouldBeFalse();
        drawn.eq(1).@float().mean().ToSingle().ShouldBe(0.75f, 0.02f);
    }

    [Fact]
    public void Tensors_like_another_take_its_shape_and_type()
    {
        var x = zeros([2, 3], float64);
        foreach (var like in new[] { x.rand_like(), x.randn_like(), x.empty_like(), x.randint_like(0, 9), x.new_empty([2, 3]) })
        {
            like.shape.ShouldBe([2, 3]);
            like.dtype.ShouldBe(ScalarType.Float64);
        }
        x.randn_like(float32, requires_grad: true).requires_grad.ShouldBeTrue();
        empty([2, 0]).numel().ShouldBe(0);
    }
}
