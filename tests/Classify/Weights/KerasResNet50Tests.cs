using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Odm.Classify.Networks;
using Odm.Classify.Weights;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Odm.Classify.Tests;

public sealed class KerasResNet50Tests
{
    [Fact]
    public void Shards_are_one_run_of_floats_cut_anywhere()
    {
        using var scope = NewDisposeScope();
        var bytes = new byte[4 * 7];
        Buffer.BlockCopy(new float[] { 1, 2, 3, 4, 5, 6, 7 }, 0, bytes, 0, bytes.Length);
        var model = """{"weightsManifest":[{"paths":["a","b"],"weights":[{"name":"x/kernel","shape":[1,1,2,3]},{"name":"x/bias","shape":[1]}]}]}""";

        var tensors = KerasResNet50.Read(Encoding.UTF8.GetBytes(model), name => name == "a" ? bytes[..10] : bytes[10..]);

        tensors["x/kernel"].shape.ShouldBe([1, 1, 2, 3]);
        tensors["x/kernel"].data<float>().ToArray().ShouldBe([1, 2, 3, 4, 5, 6]);
        tensors["x/bias"].item<float>().ShouldBe(7);
        Should.Throw<DatasetException>(() => KerasResNet50.Read(Encoding.UTF8.GetBytes(model), name => bytes)).Message.ShouldContain("names 7 values, its shards hold 14");
    }

    [Fact]
    public void The_folded_first_layer_gives_what_Keras_gives_inside_the_image()
    {
        using var scope = NewDisposeScope();
        var keras = Made();
        var ours = KerasResNet50.Convert(keras);
        var rgb = (tensor(Scattered.Values(3 * 40 * 40, 5), [1, 3, 40, 40]) + 1) * 127.5; // grey levels

        var bgr = rgb.flip(1) - tensor(new[] { 103.939f, 116.779f, 123.68f }).view(1, 3, 1, 1);
        var expected = Norm(F.conv2d(bgr, keras["conv1/kernel"].permute(3, 2, 0, 1), keras["conv1/bias"], [2, 2]),
            keras["bn_conv1/moving_mean"], keras["bn_conv1/moving_variance"], keras["bn_conv1/gamma"], keras["bn_conv1/beta"], 1e-3);

        var normalised = (rgb / 255 - tensor(new[] { .485f, .456f, .406f }).view(1, 3, 1, 1)) / tensor(new[] { .229f, .224f, .225f }).view(1, 3, 1, 1);
        var found = Norm(F.conv2d(normalised, ours["conv1.weight"], null, [2, 2]),
            ours["bn1.running_mean"], ours["bn1.running_var"], ours["bn1.weight"], ours["bn1.bias"], 1e-5);

        ((found - expected).abs().max() / expected.abs().max()).item<float>().ShouldBeLessThan(1e-5f);
    }

    [Fact]
    public void Converted_weights_fill_a_v1_network_to_the_last_tensor()
    {
        using var scope = NewDisposeScope();
        using var network = new ResNet(new ResNetConfig { Classes = 1000, Variant = ResNetVariant.V1, Width = 2 });
        var converted = KerasResNet50.Convert(Made());
        NetworkWeights.Load(network, converted, "made", n => n.EndsWith("num_batches_tracked", StringComparison.Ordinal));
        converted.Count.ShouldBe(network.state_dict().Keys.Count(k => !k.EndsWith("num_batches_tracked", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_package_is_unpacked_by_path()
    {
        using var file = new TemporaryFile("");
        using (var zip = new GZipStream(File.Create(file.Path), CompressionLevel.Fastest))
        using (var tar = new TarWriter(zip))
        {
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "package/a.bin") { DataStream = new MemoryStream([1, 2, 3]) });
        }
        NpmPackage.Unpack(file.Path)["package/a.bin"].ShouldBe([1, 2, 3]);
    }

    private static Tensor Norm(Tensor x, Tensor mean, Tensor variance, Tensor weight, Tensor bias, double epsilon) =>
        F.batch_norm(x, mean, variance, weight, bias, eps: epsilon);

    // Keras' tensors at a width of 2, values by formula
    private static Dictionary<string, Tensor> Made()
    {
        var made = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        void Layer(string conv, string norm, long size, long input, long output)
        {
            Add($"{conv}/kernel", size, size, input, output);
            Add($"{conv}/bias", output);
            Add($"{norm}/gamma", output);
            Add($"{norm}/beta", output);
            Add($"{norm}/moving_mean", output);
            Add($"{norm}/moving_variance", output);
        }
        void Add(string name, params long[] shape) => made.Add(name, tensor(Scattered.Values(shape.Aggregate(1L, (a, b) => a * b), made.Count), shape) + (name.EndsWith("variance", StringComparison.Ordinal) ? 2 : 0));
        Layer("conv1", "bn_conv1", 7, 3, 2);
        long input = 2;
        foreach (var (stage, blocks) in new[] { (2, 3), (3, 4), (4, 6), (5, 3) })
        {
            long width = 2 << (stage - 2);
            for (var b = 0; b < blocks; b++)
            {
                var name = $"{stage}{(char)('a' + b)}_branch";
                Layer($"res{name}2a", $"bn{name}2a", 1, input, width);
                Layer($"res{name}2b", $"bn{name}2b", 3, width, width);
                Layer($"res{name}2c", $"bn{name}2c", 1, width, 4 * width);
                if (b == 0)
                {
                    Layer($"res{name}1", $"bn{name}1", 1, input, 4 * width);
                }
                input = 4 * width;
            }
        }
        Add("fc1000/kernel", 64, 1000);
        Add("fc1000/bias", 1000);
        return made;
    }
}
