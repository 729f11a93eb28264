using Odm.Augment.Diffusion.Networks;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Tests;

public sealed class GradeEmbeddingTests
{
    [Fact]
    public void Entries_rise_with_the_grade_halves_lie_half_way_and_the_null_class_is_free()
    {
        manual_seed(1);
        using var embedding = new GradeEmbedding(5, 6);
        using var scope = NewDisposeScope();
        using var off = no_grad();
        var e = embedding.call(tensor(new[] { 0f, 1f, 1.5f, 2f, 4f, 5f }));
        (e[1] - e[0]).Values().ShouldAllBe(step => step > 0);
        Goldens.Difference(e[2], (e[1] + e[3]) / 2).ShouldBeLessThan(1e-6);
        var weights = embedding.named_parameters().ToDictionary(p => p.name, p => p.parameter);
        var steps = nn.functional.softplus(weights["steps"]);
        Goldens.Difference(e[4], weights["start"] + steps.sum([0L])).ShouldBeLessThan(1e-5); // e_4 = base + all four steps
        Goldens.Difference(e[5], weights["none"]).ShouldBe(0);
    }

    [Fact]
    public void A_network_told_grades_in_order_answers_whole_and_half_ones()
    {
        manual_seed(1);
        var config = new UNetConfig { Channels = 4, Multipliers = [1, 2], Blocks = 1, Attention = [], Groups = 2, Classes = ClassEmbedding.Ordinal, ZeroInit = false };
        using var net = new UNet(config, 8, 1, 5, Precision.Fp32);
        net.eval();
        using var scope = NewDisposeScope();
        using var off = no_grad();
        var (x, t) = (randn(1, 1, 8, 8), tensor(new long[] { 300 }));
        Tensor At(float grade) => net.call(x, t, tensor(new[] { grade }));
        Goldens.Difference(At(2), net.call(x, t, tensor(new long[] { 2 }))).ShouldBe(0);
        Goldens.Difference(At(2), At(2.5f)).ShouldBeGreaterThan(1e-5);
        Goldens.Difference(At(2), At(5)).ShouldBeGreaterThan(1e-5);
    }
}
