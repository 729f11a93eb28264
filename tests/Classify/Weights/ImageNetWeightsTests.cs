using System.Text.Json;
using Odm.Classify.Networks;
using Odm.Classify.Weights;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.PixelFormats;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Classify.Tests;

/// <summary>Against goldens/make_imagenet.py, which runs the package's own layer graph in float64. They need the weights in the cache.</summary>
public sealed class ImageNetWeightsTests
{
    private static readonly JsonElement Golden = JsonDocument.Parse(File.ReadAllText(Scattered.Golden("imagenet.json"))).RootElement;

    [NeedsImageNetFact]
    [Trait("speed", "slow")]
    public void Features_and_logits_agree_with_the_packages_own_layer_graph()
    {
        using var scope = NewDisposeScope();
        using var network = Load();
        var image = (tensor(Scattered.Values(3 * 64 * 64, 9), [1, 3, 64, 64]) + 1) / 2;
        Compare(network, image, Golden.GetProperty("scattered"));
    }

    [NeedsImageNetFact("/usr/lib/python3/dist-packages/sklearn/datasets/images/china.jpg")]
    [Trait("speed", "slow")]
    public void A_photograph_of_a_palace_is_called_a_palace()
    {
        using var scope = NewDisposeScope();
        using var network = Load();
        var image = Middle("/usr/lib/python3/dist-packages/sklearn/datasets/images/china.jpg", 224);
        Compare(network, image, Golden.GetProperty("china")).ShouldBe(698); // palace
    }

    private static ResNet Load()
    {
        var network = new ResNet(new ResNetConfig { Classes = 1000, Variant = ResNetVariant.V1 });
        NetworkWeights.LoadPretrained(network, "imagenet");
        network.eval();
        return network;
    }

    // the two differ by the colour of the padding, at most half a grey level, and by a decoder's rounding
    private static int Compare(ResNet network, Tensor image, JsonElement golden)
    {
        using var inference = inference_mode();
        var normalised = (image - tensor(new[] { .485f, .456f, .406f }).view(1, 3, 1, 1)) / tensor(new[] { .229f, .224f, .225f }).view(1, 3, 1, 1);
        Near(network.Features(normalised).flatten().data<float>().ToArray().Take(64), golden.GetProperty("features"), .02);
        var logits = network.call(normalised).flatten();
        Near(logits.data<float>().ToArray().Where((_, i) => i % 25 == 0), golden.GetProperty("logits"), .02);
        var p = logits.softmax(0).data<float>().ToArray();
        int[] top = [.. golden.GetProperty("top").EnumerateArray().Select(t => t.GetInt32())];
        ((double)p[top[0]]).ShouldBe(golden.GetProperty("p")[0].GetDouble(), .02);
        return Array.IndexOf(p, p.Max());
    }

    private static void Near(IEnumerable<float> found, JsonElement expected, double share)
    {
        double[] values = [.. expected.EnumerateArray().Select(v => v.GetDouble())];
        var off = Math.Sqrt(found.Zip(values, (f, e) => (f - e) * (f - e)).Sum() / values.Sum(e => e * e));
        off.ShouldBeLessThan(share);
    }

    private static Tensor Middle(string path, int size) // -> float [1, 3, size, size] in [0, 1]
    {
        using var picture = Image.Load<Rgb24>(path);
        var values = new float[3 * size * size];
        var (left, top) = ((picture.Width - size) / 2, (picture.Height - size) / 2);
        for (var y = 0; y < size; y++)
        {
            for (var x = 0; x < size; x++)
            {
                var pixel = picture[left + x, top + y];
                (values[y * size + x], values[(size + y) * size + x], values[(2 * size + y) * size + x]) = (pixel.R / 255f, pixel.G / 255f, pixel.B / 255f);
            }
        }
        return tensor(values, [1, 3, size, size]);
    }
}

/// <summary>Skipped where the ImageNet weights (or a file) are not there; nothing is downloaded by a test.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NeedsImageNetFactAttribute : FactAttribute
{
    public NeedsImageNetFactAttribute(string? file = null) => Skip = !ImageNetWeights.Cached
        ? $"{ImageNetWeights.File} is not there: odm weights resnet50 fetches it"
        : file is not null && !File.Exists(file) ? $"{file} is not there: Debian's python3-sklearn ships it" : null;
}
