using Microsoft.ML.OnnxRuntime;
using Odm.Classify.Classification;
using Odm.Classify.Features;
using Odm.Classify.ImageMetrics;
using Odm.Classify.Networks;
using Odm.Data.Images;
using Odm.Data.Import;
using Odm.Engine.Runtime;
using Odm.Tests;
using static TorchSharp.torch;

namespace Odm.Classify.Tests;

public sealed class ResNet18FeaturesTests
{
    private static readonly RunContext Context = new(CPU, Precision.Fp32, _ => { }, default);

    [Theory]
    [InlineData(224)]
    [InlineData(32)]
    [InlineData(300)]
    public void Features_are_those_of_the_published_preprocessing_graph_and_network_run_as_they_are(int side)
    {
        using var scope = NewDisposeScope();
        var images = (Scattered.Images(3, side) + 1) / 2; // [3, 3, side, side], RGB in [0, 1]
        using var extractor = new ResNet18Features();
        (extractor.Name, extractor.Dimension, extractor.Weights.Length).ShouldBe(("resnet18-imagenet", 512, 64));
        var (inputs, features) = (extractor.Inputs(images), extractor.Extract(images));
        features.shape.ShouldBe([3, 512]);

        using var preprocessing = new InferenceSession(ResNet18Features.PreprocessingFile);
        using var network = new InferenceSession(ResNet18Features.NetworkFile);
        var resized = (Resizing.To(images, 224) * 255).contiguous();
        for (var i = 0; i < 3; i++)
        {
            var input = Run(preprocessing, resized[i].contiguous().data<float>().ToArray());
            Largest(inputs[i].contiguous().data<float>().ToArray(), input).ShouldBeLessThan(1e-4);
            var expected = Run(network, input);
            Largest(features[i].contiguous().data<float>().ToArray(), expected).ShouldBeLessThan(1e-4 * expected.Max());
            expected.Max().ShouldBeGreaterThan(1);
        }
    }

    [Fact]
    public void The_network_takes_blue_first_less_a_mean_image()
    {
        using var scope = NewDisposeScope();
        using var extractor = new ResNet18Features();
        var images = zeros(2, 3, 224, 224);
        images[1, 0] += 1; // red
        var (black, red) = (extractor.Inputs(images)[0], extractor.Inputs(images)[1]);
        (red - black).mean([1, 2]).data<float>().ToArray().ShouldBe([0f, 0f, 255f]);
        var mean = (-black).mean([1, 2]).data<float>().ToArray(); // ImageNet's means of blue, green, red are 104, 117, 124
        mean[0].ShouldBe(104, 3);
        mean[1].ShouldBe(117, 3);
        mean[2].ShouldBe(124, 3);
    }

    [Fact]
    public void Nothing_is_left_behind_but_the_features()
    {
        using var extractor = new ResNet18Features();
        using var images = zeros(1, 3, 16, 16);
        extractor.Extract(images).Dispose();
        var before = Tensor.TotalCount;
        using (extractor.Extract(images))
        {
            (Tensor.TotalCount - before).ShouldBe(1);
        }
    }

    [SharedDataFact("kvasir_seg_256")]
    [Trait("speed", "slow")]
    public void The_distance_of_two_random_halves_of_real_images_is_at_its_floor_and_blurred_ones_are_above_it()
    {
        string[] files = [.. Directory.GetFiles(SharedData.Path("kvasir_seg_256/images")).Order(StringComparer.Ordinal).Take(200)];
        var pixels = files.Select(ImageFiles.Decode).Select(p => p.Planar).ToArray();
        int[] order = Rng.For(7, "halves").Permutation(files.Length);
        using var scope = NewDisposeScope();
        using var extractor = FeatureExtractors.Open(FeatureExtractors.Default, Context);
        FeatureMatrix Of(IEnumerable<byte[]> images) => FeatureExtraction.Of(Set([.. images]), extractor, Context, "test");
        var (first, second) = (order[..100].Select(i => pixels[i]).ToArray(), order[100..].Select(i => pixels[i]).ToArray());
        var (one, other, blurred) = (Of(first), Of(second), Of(second.Select(Blurred)));
        var whole = Of([.. first, .. second]);

        var halves = Distance(one, other);
        var all = Set([.. first, .. second]);
        var scores = ImageSetMetrics.Score(all, all, null, whole, whole, null, Context, new ImageMetricsConfig { Pairs = 10 }); // as many on the other side, so that the floor is of halves of 100
        var floor = scores.Rows.Single(r => (r.Fact.Metric, r.Fact.Label) == ("floor_frechet_resnet18-imagenet", "")).Fact.Value;
        halves.ShouldBe(floor, .15 * floor); // another division of the same images
        Distance(one, blurred).ShouldBeGreaterThan(1.5 * floor);
    }

    private static byte[] Blurred(byte[] planar)
    {
        using var scope = NewDisposeScope();
        var image = tensor(planar, [1, 3, 256, 256]).to(ScalarType.Float32);
        return [.. nn.functional.interpolate(nn.functional.avg_pool2d(image, 4), size: [256, 256], mode: InterpolationMode.Bilinear).flatten().data<float>().ToArray().Select(v => (byte)v)];
    }

    private static ImageSet Set(byte[][] images) => ImageSet.FromPixels([.. images.SelectMany(i => i)], 3, 256, 256, [.. images.Select((_, i) => new ImageRow { Id = $"i{i}" })], []);

    private static double Distance(FeatureMatrix a, FeatureMatrix b)
    {
        using var first = Gaussian.Of(Whole(a), default);
        using var second = Gaussian.Of(Whole(b), default);
        using var distance = Frechet.Between(first, second);
        return distance.Value;
    }

    private static Sample Whole(FeatureMatrix matrix) => new(matrix, [.. Enumerable.Range(0, matrix.Count)], [.. Enumerable.Range(0, matrix.Count).Select(i => $"{i}")]);

    private static float[] Run(InferenceSession session, float[] pixels)
    {
        using var options = new RunOptions();
        using var input = OrtValue.CreateTensorValueFromMemory(pixels, [1, 3, 224, 224]);
        using var output = session.Run(options, session.InputNames, [input], session.OutputNames);
        return output[0].GetTensorDataAsSpan<float>().ToArray();
    }

    private static double Largest(float[] a, float[] b) => a.Zip(b, (x, y) => Math.Abs(x - y)).Max();
}
