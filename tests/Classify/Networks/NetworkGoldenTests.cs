using System.Text.Json;
using Odm.Classify.Networks;
using Odm.Classify.Weights;
using Odm.Engine.Files;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Odm.Classify.Tests;

/// <summary>
/// Against goldens/make_resnet.py, PyTorch in float64, and in float64 here: within 1e-4 of each tensor's largest value. In float32 a
/// batch norm over three images turns rounding, and with it any order of summation, into percents of a gradient.
/// </summary>
public sealed class NetworkGoldenTests
{
    private static readonly JsonElement Golden = JsonDocument.Parse(File.ReadAllText(Scattered.Golden("resnet.json"))).RootElement;

    [Theory]
    [InlineData(0, "narrow")]
    [InlineData(1, "narrow, v1")]
    [InlineData(2, "narrow, small stem")]
    public void A_narrow_ResNet_50_agrees_with_PyTorch_forward_and_backward_by_weights_from_a_file(int index, string name)
    {
        var golden = Golden.GetProperty("resnet")[index];
        golden.GetProperty("name").GetString().ShouldBe(name);
        using var network = Make(golden);
        using (NewDisposeScope())
        {
            NetworkWeights.Load(network, Safetensors.Read(Scattered.Golden("resnet_narrow.safetensors")), "golden", n => n.EndsWith("num_batches_tracked", StringComparison.Ordinal));
        }
        Compare(network, golden);
    }

    [Fact]
    [Trait("speed", "slow")]
    public void ResNet_50_agrees_with_PyTorch_forward_and_backward()
    {
        var golden = Golden.GetProperty("resnet")[3];
        using var network = Make(golden);
        network.parameters().Sum(p => p.numel()).ShouldBe(25_557_032);
        Scattered.Fill(network);
        Compare(network, golden, every: 50);
    }

    [Fact]
    public void The_thesis_network_agrees_with_PyTorch_forward_and_backward()
    {
        var golden = Golden.GetProperty("cnn");
        using var network = new ThesisCnn(5, dropout: 0, width: golden.GetProperty("width").GetInt32());
        Scattered.Fill(network);
        Compare(network, golden);
    }

    private static ResNet Make(JsonElement golden) => new(new ResNetConfig
    {
        Classes = golden.GetProperty("classes").GetInt32(),
        Width = golden.GetProperty("width").GetInt32(),
        Variant = golden.GetProperty("variant").GetString() == "v1" ? ResNetVariant.V1 : ResNetVariant.V15,
        Stem = golden.GetProperty("stem").GetString() == "small" ? Stem.Small : Stem.Paper,
    });

    private static void Compare(nn.Module<Tensor, Tensor> network, JsonElement golden, int every = 1)
    {
        using var scope = NewDisposeScope();
        var (n, size, classes) = (golden.GetProperty("n").GetInt32(), golden.GetProperty("size").GetInt32(), golden.GetProperty("classes").GetInt32());
        network.parameters().Sum(p => p.numel()).ShouldBe(golden.GetProperty("parameters").GetInt64());
        network.to(ScalarType.Float64);
        var images = Scattered.Images(n, size).to(ScalarType.Float64);
        network.train(golden.GetProperty("train_gradients").GetBoolean());
        var loss = F.cross_entropy(network.call(images), tensor(Enumerable.Range(0, n).Select(i => (long)i % classes).ToArray()));
        loss.backward();
        (loss.item<double>()).ShouldBe(golden.GetProperty("loss").GetDouble(), 1e-4 * golden.GetProperty("loss").GetDouble());
        GoldenValues.GradientsAgree(network, golden.GetProperty("gradients"), floor: .01);
        using var frozen = no_grad();
        network.train();
        Close(network.call(images), GoldenValues.Values(golden.GetProperty("logits")), "logits", every);
        Close(network.state_dict()["bn1.running_mean"], GoldenValues.Values(golden.GetProperty("running")), "running mean");
        network.eval();
        Close(network.call(images), GoldenValues.Values(golden.GetProperty("evaluated")), "in evaluation mode", every);
    }

    private static void Close(Tensor found, double[] expected, string what, int every = 1)
    {
        var rows = found.shape.Length == 2 ? found[TensorIndex.Colon, TensorIndex.Slice(step: every)] : found;
        GoldenValues.Agree(rows.detach().contiguous().data<double>().ToArray().Take(expected.Length), expected, what);
    }
}
