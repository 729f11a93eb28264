using Odm.Classify.Networks;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Classify.Tests;

public sealed class NetworkTests
{
    private static readonly ResNetConfig Narrow = new() { Classes = 5, Width = 2 };

    [Fact]
    public void A_forward_pass_leaves_one_tensor()
    {
        using var network = new ResNet(Narrow);
        using var images = Scattered.Images(2, 32);
        using (network.call(images))
        {
        }
        var before = Tensor.TotalCount;
        using var logits = network.call(images);
        Tensor.TotalCount.ShouldBe(before + 1);
    }

    [Theory]
    [InlineData(28)]
    [InlineData(33)]
    [InlineData(64)]
    public void Images_of_any_size_fit(int size)
    {
        using var scope = NewDisposeScope();
        using var network = new ResNet(Narrow);
        network.call(Scattered.Images(2, size)).shape.ShouldBe([2, 5]);
    }

    [Fact]
    public void A_wrong_channel_count_is_named()
    {
        using var network = new ResNet(Narrow with { Channels = 1 });
        using var images = Scattered.Images(2, 32);
        Should.Throw<ArgumentException>(() => network.call(images)).Message.ShouldContain("[2, 3, 32, 32]; expected [N, 1, H, W]");
    }

    [Fact]
    public void A_frozen_body_keeps_weights_and_statistics_while_the_new_layers_learn()
    {
        using var scope = NewDisposeScope();
        using var network = new ResNet(Narrow with { Frozen = true, Hidden = 3 });
        InitialWeights.Draw(network, 1);
        network.train();
        var before = network.state_dict().ToDictionary(p => p.Key, p => p.Value.clone(), StringComparer.Ordinal);

        network.call(Scattered.Images(4, 32)).sum().backward();

        foreach (var (name, parameter) in network.named_parameters())
        {
            (parameter.grad is not null).ShouldBe(name.StartsWith("fc.", StringComparison.Ordinal), name);
        }
        network.state_dict().ShouldAllBe(p => p.Value.equal(before[p.Key]).all().item<bool>());
        network.named_parameters().Where(p => p.name.StartsWith("fc.", StringComparison.Ordinal)).Select(p => p.name).ShouldBe(["fc.0.weight", "fc.0.bias", "fc.2.weight", "fc.2.bias"]);
    }

    [Fact]
    public void Evaluation_reaches_every_part()
    {
        using var network = new ResNet(Narrow);
        network.train();
        network.eval();
        network.named_modules().ShouldAllBe(m => !m.module.training);
    }

    [Fact]
    public void Initial_weights_are_equal_for_equal_seeds_and_have_the_variance_of_He_and_of_Xavier()
    {
        using var scope = NewDisposeScope();
        using var first = new ResNet(Narrow with { Width = 16 });
        using var second = new ResNet(Narrow with { Width = 16 });
        InitialWeights.Draw(first, 4);
        InitialWeights.Draw(second, 4);
        var (a, b) = (first.state_dict(), second.state_dict());
        a.ShouldAllBe(p => p.Value.equal(b[p.Key]).all().item<bool>());
        a["layer4.1.conv2.weight"].std().item<float>().ShouldBe((float)Math.Sqrt(2.0 / (128 * 9)), .001f);
        a["fc.weight"].std().item<float>().ShouldBe((float)Math.Sqrt(2.0 / (512 + 5)), .003f);
        a["layer2.0.bn3.weight"].abs().sum().item<float>().ShouldBe(0);
        a["layer2.0.bn2.weight"].sum().item<float>().ShouldBe(32);
    }

    [Fact]
    public void Bf16_stays_near_fp32_and_gives_float_gradients()
    {
        using var scope = NewDisposeScope();
        using var network = new ResNet(Narrow with { Width = 8 });
        using var half = new ResNet(Narrow with { Width = 8, Precision = Precision.Bf16 });
        Scattered.Fill(network);
        Scattered.Fill(half);
        network.eval();
        half.eval();
        var images = Scattered.Images(4, 64);
        var (expected, found) = (network.call(images), half.call(images));
        found.sum().backward();
        ((found - expected).norm() / expected.norm()).item<float>().ShouldBeInRange(1e-6f, .05f);
        half.parameters().ShouldAllBe(p => p.grad!.dtype == ScalarType.Float32);
    }
}
