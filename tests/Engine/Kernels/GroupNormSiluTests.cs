using Odm.Engine.Kernels;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Odm.Engine.Tests.Kernels;

/// <summary>The fused step against the same composed of published operators in double precision.</summary>
public class GroupNormSiluTests
{
    [Theory]
    [InlineData(3, 64, 8, 16, true, true)]
    [InlineData(2, 32, 5, 8, true, false)] // groups narrower than a vector
    [InlineData(1, 24, 7, 3, false, true)] // without SiLU, one sample
    [InlineData(5, 8, 1, 1, true, true)]
    [InlineData(2, 16, 32, 4, true, true)] // more pixels than are summed in single precision
    public void Values_and_every_gradient_agree_with_the_composition_in_double(int n, int c, int side, int groups, bool silu, bool embedded)
    {
        using var scope = NewDisposeScope();
        var (x, w, b, e, seen) = Inputs(n, c, side, ScalarType.Float32);
        var added = embedded ? e : null;
        var y = GroupNormSilu.Apply(x, w, b, added, groups, 1e-5, silu, 0);
        (y * seen).sum().backward();
        var (xd, wd, bd, ed) = (Double(x), Double(w), Double(b), Double(e));
        var yd = F.group_norm(embedded ? xd + ed.unsqueeze(-1).unsqueeze(-1) : xd, groups, wd, bd, 1e-5);
        yd = silu ? F.silu(yd) : yd;
        (yd * seen).sum().backward();
        Difference(y, yd).ShouldBeLessThan(1e-6);
        Difference(x.grad!, xd.grad!).ShouldBeLessThan(1e-6);
        Difference(w.grad!, wd.grad!).ShouldBeLessThan(2e-6);
        Difference(b.grad!, bd.grad!).ShouldBeLessThan(2e-6);
        if (embedded)
        {
            Difference(e.grad!, ed.grad!).ShouldBeLessThan(2e-6);
        }
    }

    [Fact]
    public void Bfloat16_in_and_out_is_as_near_as_bfloat16_can_be()
    {
        using var scope = NewDisposeScope();
        var (x, w, b, e, seen) = Inputs(2, 64, 8, ScalarType.BFloat16);
        var y = GroupNormSilu.Apply(x, w, b, e, 8, 1e-5, true, 0);
        y.dtype.ShouldBe(ScalarType.BFloat16);
        (y.to(ScalarType.Float32) * seen).sum().backward();
        var (xd, ed) = (Double(x), Double(e));
        var yd = F.silu(F.group_norm(xd + ed.unsqueeze(-1).unsqueeze(-1), 8, Double(w), Double(b), 1e-5));
        (yd * seen.to(ScalarType.BFloat16)).sum().backward(); // the gradient reaches the step in bfloat16
        Difference(y, yd).ShouldBeLessThan(.003); // 2^-9, rounded once
        Difference(x.grad!, xd.grad!).ShouldBeLessThan(.003);
        Difference(e.grad!, ed.grad!).ShouldBeLessThan(1e-5);
    }

    [Theory]
    [InlineData(.1)]
    [InlineData(.5)]
    public void Dropout_drops_its_share_scales_the_rest_and_gives_the_same_mask_backward(double share)
    {
        using var scope = NewDisposeScope();
        var (x, w, b, e, _) = Inputs(4, 64, 16, ScalarType.Float32);
        manual_seed(7);
        var kept = GroupNormSilu.Apply(x, w, b, e, 8, 1e-5, true, 0);
        var y = GroupNormSilu.Apply(x, w, b, e, 8, 1e-5, true, share);
        var mask = y.ne(0);
        mask.to(ScalarType.Float64).mean().item<double>().ShouldBe(1 - share, .01); // 65,536 draws: five standard deviations
        Difference(y.masked_select(mask), (kept / (1 - share)).masked_select(mask)).ShouldBeLessThan(1e-6);
        y.sum().backward();
        var (xd, ed) = (Double(x), Double(e));
        var yd = F.silu(F.group_norm(xd + ed.unsqueeze(-1).unsqueeze(-1), 8, Double(w), Double(b), 1e-5)) * mask / (1 - share);
        yd.sum().backward();
        Difference(x.grad!, xd.grad!).ShouldBeLessThan(2e-6);
    }

    [Fact]
    public void A_mask_follows_torchs_seed_and_differs_from_draw_to_draw()
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var (x, w, b, _, _) = Inputs(1, 64, 8, ScalarType.Float32);
        Tensor Draw() => GroupNormSilu.Apply(x, w, b, null, 8, 1e-5, true, .5).eq(0);
        manual_seed(3);
        var (first, second) = (Draw(), Draw());
        manual_seed(3);
        Draw().eq(first).all().item<bool>().ShouldBeTrue();
        first.eq(second).to(ScalarType.Float64).mean().item<double>().ShouldBe(.5, .05);
    }

    [Fact]
    public void Memory_order_does_not_matter_and_the_result_is_channels_last()
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var (x, w, b, _, _) = Inputs(2, 16, 4, ScalarType.Float32);
        var plain = GroupNormSilu.Apply(x.contiguous(), w, b, null, 4, 1e-5, true, 0);
        plain.eq(GroupNormSilu.Apply(Layout.ChannelsLast(x), w, b, null, 4, 1e-5, true, 0)).all().item<bool>().ShouldBeTrue();
        plain.stride().ShouldBe([256, 1, 64, 16]);
    }

    [Fact]
    public void Nothing_is_left_after_a_thousand_steps()
    {
        using var outer = NewDisposeScope();
        var (x, w, b, e, _) = Inputs(1, 8, 2, ScalarType.Float32);
        var live = new HashSet<long>();
        for (var i = 0; i < 1000; i++)
        {
            using (NewDisposeScope())
            {
                GroupNormSilu.Apply(x, w, b, e, 2, 1e-5, true, .1).sum().backward();
                foreach (var t in new[] { x, w, b, e })
                {
                    t.grad = null;
                }
            }
            if (i > 2)
            {
                live.Add(DisposeScopeManager.Statistics.ThreadTotalLiveCount);
            }
        }
        live.Count.ShouldBe(1);
    }

    [Fact]
    public void Exp_is_right_to_the_last_bits_and_does_not_overflow()
    {
        for (var v = -86f; v < 88; v += .37f)
        {
            VectorMath.Exp(System.Runtime.Intrinsics.Vector256.Create(v))[3].ShouldBe(MathF.Exp(v), MathF.Exp(v) * 3e-7f);
        }
        var far = VectorMath.Sigmoid(System.Runtime.Intrinsics.Vector256.Create(-1e30f, -200, -100, 0, 100, 200, 1e30f, 1));
        far[0].ShouldBe(0, 1e-37f);
        (far[3], far[5], far[6]).ShouldBe((.5f, 1f, 1f));
    }

    private static (Tensor X, Tensor W, Tensor B, Tensor E, Tensor Seen) Inputs(int n, int c, int side, ScalarType type)
    {
        manual_seed(1);
        var x = (randn(n, c, side, side) + .5).to(type).requires_grad_();
        return (x, (1 + .3 * randn(c)).requires_grad_(), randn(c).requires_grad_(), randn(n, c).requires_grad_(), randn(n, c, side, side));
    }

    private static Tensor Double(Tensor x) => x.detach().to(ScalarType.Float64).requires_grad_();

    private static double Difference(Tensor a, Tensor b)
    {
        using var scope = NewDisposeScope();
        var exact = b.to(ScalarType.Float64);
        return ((a.to(ScalarType.Float64) - exact).norm() / exact.norm()).item<double>();
    }
}
