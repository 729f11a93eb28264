using System.Text.Json;
using Odm.Classify.Losses;
using Odm.Classify.Networks;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Classify.Tests;

/// <summary>Against goldens/make_unetpp.py: segmentation_models.pytorch's U-Net++ in PyTorch, in float64 there and here.</summary>
public sealed class UNetPlusPlusTests
{
    private static readonly JsonElement Golden = JsonDocument.Parse(File.ReadAllText(Scattered.Golden("unetpp.json"))).RootElement;

    [Theory]
    [InlineData(0, "resnet18")]
    [InlineData(1, "resnet50")]
    [InlineData(2, "se_resnext50_32x4d")]
    public void A_narrow_network_agrees_with_PyTorch_forward_and_backward(int index, string encoder)
    {
        using var scope = NewDisposeScope();
        var golden = Golden[index];
        golden.GetProperty("encoder").GetString().ShouldBe(encoder);
        using var network = Make(golden);
        Filled(network, golden);
        var (n, size, every) = (golden.GetProperty("n").GetInt32(), golden.GetProperty("size").GetInt32(), golden.GetProperty("every").GetInt32());
        var images = Scattered.Images(n, size).to(ScalarType.Float64);
        var masks = tensor(Scattered.Values(n * size * size, 2), [n, 1, size, size]).gt(0).to(ScalarType.Float64);
        network.train();
        var loss = MaskLosses.Dice(network.call(images), masks);
        loss.backward();
        loss.item<double>().ShouldBe(golden.GetProperty("loss").GetDouble(), 1e-8);
        GoldenValues.GradientsAgree(network, golden.GetProperty("gradients"), floor: 1e-6);
        using var frozen = no_grad();
        Agree(network.call(images), golden, "logits", every);
        network.eval();
        Agree(network.call(images), golden, "evaluated", every);
    }

    [Theory]
    [Trait("speed", "slow")]
    [InlineData(3, 15_970_594, 11_176_512)]
    [InlineData(4, 50_988_754, 25_510_896)]
    public void The_full_network_has_as_many_parameters_as_published_and_agrees_with_PyTorch(int index, long parameters, long encoder)
    {
        using var scope = NewDisposeScope();
        var golden = Golden[index];
        using var network = Make(golden);
        network.parameters().Sum(p => p.numel()).ShouldBe(parameters);
        network.Encoder.parameters().Sum(p => p.numel()).ShouldBe(encoder);
        Filled(network, golden);
        network.eval();
        using var frozen = no_grad();
        Agree(network.call(Scattered.Images(1, golden.GetProperty("size").GetInt32()).to(ScalarType.Float64)), golden, "evaluated", golden.GetProperty("every").GetInt32());
    }

    [Fact]
    public void A_forward_pass_leaves_one_tensor_and_evaluation_reaches_every_part()
    {
        using var network = Make(Golden[2]);
        using var images = Scattered.Images(2, 64);
        using (network.call(images))
        {
        }
        var before = Tensor.TotalCount;
        using var logits = network.call(images);
        Tensor.TotalCount.ShouldBe(before + 1);
        logits.shape.ShouldBe([2, 2, 64, 64]);
        network.train();
        network.eval();
        network.named_modules().ShouldAllBe(m => !m.module.training);
    }

    [Fact]
    public void Images_that_cannot_be_halved_five_times_are_named()
    {
        using var network = Make(Golden[0]);
        using var images = Scattered.Images(1, 48);
        Should.Throw<ArgumentException>(() => network.call(images)).Message.ShouldContain("[1, 3, 48, 48]; expected sides that are multiples of 32");
    }

    [Fact]
    public void Bf16_stays_near_fp32_and_gives_float_gradients()
    {
        using var scope = NewDisposeScope();
        using var network = Make(Golden[2]);
        using var half = Make(Golden[2], Precision.Bf16);
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

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Residual_blocks_start_as_the_identity_and_the_first_logits_are_small(int index)
    {
        using var scope = NewDisposeScope();
        using var network = Make(Golden[index]);
        InitialWeights.Draw(network, 3);
        network.state_dict().Where(p => p.Key.EndsWith(index == 0 ? ".bn2.weight" : ".bn3.weight", StringComparison.Ordinal)).ShouldAllBe(p => p.Value.abs().sum().item<float>() == 0);
        network.state_dict()["decoder.blocks.x_0_0.conv1.0.weight"].std().item<float>().ShouldBe((float)Math.Sqrt(2.0 / (network.state_dict()["decoder.blocks.x_0_0.conv1.0.weight"].shape[1] * 9)), .01f);
        network.call(Scattered.Images(4, 64)).abs().max().item<float>().ShouldBeLessThan(8);
    }

    private static UNetPlusPlus Make(JsonElement golden, Precision precision = Precision.Fp32)
    {
        int Or(string name, int usual) => golden.TryGetProperty(name, out var value) ? value.GetInt32() : usual;
        var name = golden.GetProperty("encoder").GetString();
        Encoder encoder = name == "se_resnext50_32x4d"
            ? new SeResNeXt(3, precision, Or("width", 64), Or("groups", 32))
            : new ResNet(new ResNetConfig { Classes = 0, Depth = name == "resnet18" ? 18 : 50, Width = Or("width", 64), Precision = precision });
        int[] widths = golden.TryGetProperty("widths", out var w) ? [.. w.EnumerateArray().Select(v => v.GetInt32())] : [256, 128, 64, 32, 16];
        return new UNetPlusPlus(encoder, widths, 2, precision);
    }

    private static void Filled(UNetPlusPlus network, JsonElement golden)
    {
        network.parameters().Sum(p => p.numel()).ShouldBe(golden.GetProperty("parameters").GetInt64());
        network.state_dict().Count.ShouldBe(golden.GetProperty("names").GetInt32());
        Scattered.Fill(network);
        network.to(ScalarType.Float64);
    }

    private static void Agree(Tensor found, JsonElement golden, string what, int every) =>
        GoldenValues.Agree(found.contiguous().data<double>().ToArray().Where((_, i) => i % every == 0), GoldenValues.Values(golden.GetProperty(what)), what);
}
