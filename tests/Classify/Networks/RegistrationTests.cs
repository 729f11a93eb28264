using Odm.Classify.Networks;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Classify.Tests;

/// <summary>
/// What a network registers is what is trained, saved and loaded. TorchSharp registers fields by reflection, so that a module that is also
/// registered by hand would stand in the state twice, and a list or a dictionary not at all.
/// </summary>
public sealed class RegistrationTests
{
    private static readonly string[] Norm = ["weight", "bias", "running_mean", "running_var", "num_batches_tracked"];

    [Theory]
    [InlineData(18)]
    [InlineData(50)]
    public void A_ResNet_registers_the_names_of_torchvision_and_no_others(int depth)
    {
        using var network = new ResNet(new ResNetConfig { Classes = 5, Depth = depth, Width = 8 });
        var blocks = depth == 18 ? new[] { 2, 2, 2, 2 } : [3, 4, 6, 3];
        var expected = new List<string>(["conv1.weight", .. Norm.Select(n => "bn1." + n), "fc.weight", "fc.bias"]);
        for (var stage = 0; stage < 4; stage++)
        {
            for (var block = 0; block < blocks[stage]; block++)
            {
                var place = $"layer{stage + 1}.{block}.";
                for (var k = 1; k <= (depth == 18 ? 2 : 3); k++)
                {
                    expected.Add($"{place}conv{k}.weight");
                    expected.AddRange(Norm.Select(n => $"{place}bn{k}.{n}"));
                }
                if (block == 0 && (stage > 0 || depth == 50))
                {
                    expected.Add(place + "downsample.0.weight");
                    expected.AddRange(Norm.Select(n => $"{place}downsample.1.{n}"));
                }
            }
        }
        network.state_dict().Keys.ShouldBe(expected, ignoreOrder: true);
    }

    public static TheoryData<string> Networks => new("resnet18", "resnet50", "se_resnext50", "unetplusplus", "cnn", "inception");

    [Theory]
    [MemberData(nameof(Networks))]
    public void Each_parameter_and_buffer_is_registered_once(string name)
    {
        using var network = Make(name);
        using var scope = NewDisposeScope();
        var parameters = network.named_parameters().ToList();
        var buffers = network.named_buffers().ToList();
        parameters.Select(p => p.parameter.Handle).Distinct().Count().ShouldBe(parameters.Count);
        buffers.Select(b => b.buffer.Handle).Distinct().Count().ShouldBe(buffers.Count);
        network.state_dict().Count.ShouldBe(parameters.Count + buffers.Count);
        parameters.Select(p => p.name).Concat(buffers.Select(b => b.name)).ShouldAllBe(n => !n.StartsWith('_') && !n.Contains("._"));
    }

    private static nn.Module Make(string name) => name switch
    {
        "resnet18" => new ResNet(new ResNetConfig { Classes = 5, Depth = 18, Width = 8 }),
        "resnet50" => new ResNet(new ResNetConfig { Classes = 5, Depth = 50, Width = 8 }),
        "se_resnext50" => new SeResNeXt(3, Precision.Fp32, 16, 4),
        "unetplusplus" => new UNetPlusPlus(new ResNet(new ResNetConfig { Classes = 0, Depth = 18, Width = 8 }), [32, 16, 8, 8, 8], 1, Precision.Fp32),
        "cnn" => new ThesisCnn(5),
        _ => new Inception(8),
    };
}
