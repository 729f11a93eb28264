using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Odm.Classify.Networks;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Classify.Weights;

/// <summary>
/// Converts Keras' ResNet-50 (He's Caffe model: v1 strides, convolution biases, norm epsilon 1e-3, input BGR 0..255 minus a mean) to
/// <see cref="ResNet"/>'s own form. Everything that differs is folded into tensors that are there anyway, so that the network stays the
/// plain one:
/// a bias b and the epsilon into the norm's running mean (mean - b) and variance (variance + 1e-3 - 1e-5), BGR and the input's scale into
/// conv1's weight, its offset into bn1's mean. Exact but for the outermost pixels: there zero padding means ImageNet's mean colour in both,
/// and the two means differ by up to half a grey level.
/// </summary>
internal static class KerasResNet50
{
    private const double KerasEpsilon = 1e-3;
    private const double TorchEpsilon = 1e-5;

    // Caffe's mean of ImageNet (BGR, 0..255) and torchvision's mean and deviation (RGB, 0..1)
    private static readonly double[] CaffeMean = [103.939, 116.779, 123.68];
    private static readonly double[] Mean = [.485, .456, .406];
    private static readonly double[] Deviation = [.229, .224, .225];

    /// <summary>The tensors of a tfjs layers model, as Keras names and lays them out.</summary>
    /// <param name="modelJson">The model's JSON.</param>
    /// <param name="shard">The bytes of a shard by its name there.</param>
    public static Dictionary<string, Tensor> Read(byte[] modelJson, Func<string, byte[]> shard)
    {
        using var model = JsonDocument.Parse(modelJson);
        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var group in model.RootElement.GetProperty("weightsManifest").EnumerateArray())
        {
            byte[] bytes = [.. group.GetProperty("paths").EnumerateArray().SelectMany(p => shard(p.GetString()!))];
            var values = MemoryMarshal.Cast<byte, float>(bytes.AsSpan());
            var at = 0;
            foreach (var entry in group.GetProperty("weights").EnumerateArray())
            {
                long[] shape = [.. entry.GetProperty("shape").EnumerateArray().Select(d => d.GetInt64())];
                var size = (int)shape.Aggregate(1L, (a, b) => a * b);
                tensors.Add(entry.GetProperty("name").GetString()!, tensor(values.Slice(at, size).ToArray(), shape));
                at += size;
            }
            if (at != values.Length)
            {
                throw new DatasetException(string.Create(CultureInfo.InvariantCulture,
                    $"model.json: names {at} values, its shards hold {values.Length}"));
            }
        }
        return tensors;
    }

    /// <summary>
    /// The same weights under <see cref="ResNet"/>'s names (variant v1, 1000 classes), for images with ImageNet normalisation.
    /// </summary>
    public static Dictionary<string, Tensor> Convert(IReadOnlyDictionary<string, Tensor> keras)
    {
        var converted = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        Layer("conv1", "bn_conv1", "conv1", "bn1");
        int[] blocks = [3, 4, 6, 3];
        for (var stage = 0; stage < 4; stage++)
        {
            for (var block = 0; block < blocks[stage]; block++)
            {
                var (from, to) = ($"{stage + 2}{(char)('a' + block)}_branch", $"layer{stage + 1}.{block}.");
                foreach (var (branch, index) in new[] { ("2a", 1), ("2b", 2), ("2c", 3) })
                {
                    Layer($"res{from}{branch}", $"bn{from}{branch}", $"{to}conv{index}", $"{to}bn{index}");
                }
                if (block == 0)
                {
                    Layer($"res{from}1", $"bn{from}1", $"{to}downsample.0", $"{to}downsample.1");
                }
            }
        }
        converted["fc.weight"] = keras["fc1000/kernel"].t().contiguous();
        converted["fc.bias"] = keras["fc1000/bias"];
        ToImageNetNormalisation(converted);
        return converted;

        void Layer(string conv, string norm, string toConv, string toNorm)
        {
            converted[$"{toConv}.weight"] = keras[$"{conv}/kernel"].permute(3, 2, 0, 1).contiguous(); // HWIO -> OIHW
            converted[$"{toNorm}.weight"] = keras[$"{norm}/gamma"];
            converted[$"{toNorm}.bias"] = keras[$"{norm}/beta"];
            converted[$"{toNorm}.running_mean"] = keras[$"{norm}/moving_mean"] - keras[$"{conv}/bias"];
            converted[$"{toNorm}.running_var"] = keras[$"{norm}/moving_variance"] + (KerasEpsilon - TorchEpsilon);
        }
    }

    // v = 255 (x d + m) - caffe, x being the normalised RGB: scale 255 d, offset 255 m - caffe
    private static void ToImageNetNormalisation(Dictionary<string, Tensor> weights)
    {
        var kernel = weights["conv1.weight"].to(ScalarType.Float64).flip(1); // [64, 3, 7, 7], BGR -> RGB
        var scale = tensor(Deviation.Select(d => 255 * d).ToArray()).view(1, 3, 1, 1);
        var offset = tensor(Mean.Select((m, c) => 255 * m - CaffeMean[2 - c]).ToArray()).view(1, 3, 1, 1);
        var shift = (kernel * offset).sum([1, 2, 3]); // [64]
        weights["conv1.weight"] = (kernel * scale).to(ScalarType.Float32);
        weights["bn1.running_mean"] = weights["bn1.running_mean"] - shift.to(ScalarType.Float32);
    }
}
