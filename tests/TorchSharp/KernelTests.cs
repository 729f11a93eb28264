using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace TorchSharp.Tests;

/// <summary>The engine's own kernels against the same arithmetic composed of libtorch's operators.</summary>
public sealed class KernelTests
{
    private static Tensor[] Inputs(ScalarType type, int n = 3, int c = 12, int h = 5, int w = 7)
    {
        manual_seed(7);
        return [(randn([n, c, h, w]) * 2 + 1).to(type), randn([c]), randn([c]), randn([n, c])];
    }

    private static Tensor Composed(Tensor x, Tensor weight, Tensor bias, Tensor? add, bool silu)
    {
        var y = F.group_norm(add is null ? x : x + add.unsqueeze(-1).unsqueeze(-1), 4, weight, bias);
        return silu ? F.silu(y) : y;
    }

    private static double Relative(Tensor a, Tensor b) => ((a.to(ScalarType.Float64) - b.to(ScalarType.Float64)).norm() / b.to(ScalarType.Float64).norm()).item<double>();

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void Norm_and_its_gradients_equal_the_composition(bool silu, bool add)
    {
        using var scope = NewDisposeScope();
        var inputs = Inputs(ScalarType.Float32);
        var ours = inputs.Select(t => t.clone().requires_grad_()).ToArray();
        var exact = inputs.Select(t => t.to(ScalarType.Float64).requires_grad_()).ToArray();
        var weight = randn([3, 12, 5, 7]);
        var y = Kernels.GroupNormSilu(ours[0], ours[1], ours[2], add ? ours[3] : null, 4, 1e-5, silu, 0);
        var z = Composed(exact[0], exact[1], exact[2], add ? exact[3] : null, silu);
        Relative(y, z).ShouldBeLessThan(1e-6);
        (y * weight).sum().backward();
        (z * weight.to(ScalarType.Float64)).sum().backward();
        for (var i = 0; i < (add ? 4 : 3); i++)
        {
            Relative(ours[i].grad!, exact[i].grad!).ShouldBeLessThan(2e-6, $"gradient {i}");
        }
    }

    [Fact]
    public void Bfloat16_in_and_out_computes_in_float32()
    {
        using var scope = NewDisposeScope();
        var inputs = Inputs(ScalarType.BFloat16);
        var y = Kernels.GroupNormSilu(inputs[0], inputs[1], inputs[2], inputs[3], 4, 1e-5, true, 0);
        y.dtype.ShouldBe(ScalarType.BFloat16);
        var exact = Composed(inputs[0].to(ScalarType.Float64), inputs[1].to(ScalarType.Float64), inputs[2].to(ScalarType.Float64), inputs[3].to(ScalarType.Float64), true);
        Relative(y, exact).ShouldBeLessThan(3e-3); // bfloat16 keeps 8 bits: rounding once gives 2^-9 at most
    }

    [Fact]
    public void Dropout_keeps_its_share_scales_it_and_masks_the_gradient_alike()
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        var x = randn([8, 16, 32, 32]).requires_grad_();
        var (weight, bias) = (ones([16]), zeros([16]));
        var plain = Kernels.GroupNormSilu(x, weight, bias, null, 4, 1e-5, true, 0);
        var dropped = Kernels.GroupNormSilu(x, weight, bias, null, 4, 1e-5, true, 0.25);
        var kept = dropped.ne(0).to(ScalarType.Float32);
        kept.mean().item<float>().ShouldBe(0.75f, 0.006f); // 131,072 draws: 5 standard deviations
        (dropped - plain / 0.75 * kept).abs().max().item<float>().ShouldBeLessThan(1e-5f);
        var along = randn_like(plain);
        var ours = autograd.grad([dropped], [x], [along])[0];
        var exact = autograd.grad([plain / 0.75 * kept], [x], [along])[0];
        (ours - exact).abs().max().item<float>().ShouldBeLessThan(1e-4f);
    }

    [Fact]
    public void Dropout_follows_the_seed_and_differs_between_calls()
    {
        using var scope = NewDisposeScope();
        var (x, weight, bias) = (ones([2, 4, 8, 8]) + randn([2, 4, 8, 8]), ones([4]), zeros([4]));
        Tensor Draw() => Kernels.GroupNormSilu(x, weight, bias, null, 2, 1e-5, true, 0.5).ne(0);
        manual_seed(5);
        var (first, second) = (Draw(), Draw());
        manual_seed(5);
        Draw().eq(first).all().item<bool>().ShouldBeTrue();
        second.eq(first).all().item<bool>().ShouldBeFalse();
    }

    [Fact]
    public void A_NaN_goes_in_and_comes_out()
    {
        using var scope = NewDisposeScope();
        foreach (var type in new[] { ScalarType.Float32, ScalarType.BFloat16 })
        {
            var x = full([1, 4, 2, 2], float.NaN).to(type);
            Kernels.GroupNormSilu(x, ones([4]), zeros([4]), null, 2, 1e-5, true, 0).isnan().all().item<bool>().ShouldBeTrue();
        }
    }

    [Fact]
    public void Channels_that_do_not_fill_the_groups_are_refused_in_one_line()
    {
        using var scope = NewDisposeScope();
        var error = Should.Throw<System.Runtime.InteropServices.ExternalException>(() => Kernels.GroupNormSilu(ones([1, 5, 2, 2]), ones([5]), zeros([5]), null, 2, 1e-5, true, 0));
        error.Message.ShouldContain("5 channels");
        error.Message.ShouldNotContain("\n");
    }
}
