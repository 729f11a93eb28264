using System.Text.Json;
using Odm.Classify.Classification;
using Odm.Classify.Features;
using Odm.Classify.Networks;
using Odm.Classify.Weights;
using Odm.Data.Images;
using Odm.Data.Phantom;
using Odm.Engine.Files;
using Odm.Engine.Runtime;
using Odm.Tests;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Classify.Tests;

public sealed class FeatureTests
{
    private static readonly JsonElement Golden = JsonDocument.Parse(File.ReadAllText(Scattered.Golden("inception.json"))).RootElement;

    private static RunContext Context(List<Progress>? told = null, CancellationToken cancel = default) => new(CPU, Precision.Fp32, p => told?.Add(p), cancel);

    private static ImageSet Set(int count, int channels = 3, int side = 16, bool masks = false) => ImageSet.FromPixels(
        [.. Enumerable.Range(0, count * channels * side * side).Select(i => (byte)(i * 31 % 251))], channels, side, side,
        [.. Enumerable.Range(0, count).Select(i => new ImageRow { Id = $"i{i}" })], [], masks ? [.. Enumerable.Range(0, count * side * side).Select(i => (byte)(i % 3 == 0 ? 255 : 0))] : null);

    private static void Agree(Tensor found, string golden, int every)
    {
        var values = found.to(ScalarType.Float64).cpu().flatten().data<double>().ToArray().Where((_, i) => i % every == 0).ToArray();
        var expected = Golden.GetProperty(golden).EnumerateArray().Select(v => v.GetDouble()).ToArray();
        values.Length.ShouldBe(expected.Length);
        var largest = expected.Max(Math.Abs);
        values.Zip(expected, (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan(1e-4 * largest, golden);
    }

    [Fact]
    public void A_narrow_Inception_agrees_with_PyTorchs()
    {
        using var inference = inference_mode();
        using var network = new Inception(divisor: 8);
        Scattered.Fill(network);
        network.eval();
        using var scope = NewDisposeScope();
        Agree(network.call(Scattered.Images(2, 96)), "narrow", 1);
    }

    [Fact]
    [Trait("speed", "slow")]
    public void Inception_has_the_FID_variants_parameters_and_extracts_what_PyTorch_does_from_a_file()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        using (var network = new Inception())
        {
            network.parameters().Sum(p => p.numel()).ShouldBe(Golden.GetProperty("parameters").GetInt64());
            network.state_dict().Count.ShouldBe(Golden.GetProperty("names").GetInt32());
            Scattered.Fill(network);
            network.eval();
            Agree(network.call(Scattered.Images(2, 96)), "whole", 16);
            Safetensors.Write(folder["w.safetensors"], network.state_dict());
        }
        using var extractor = FeatureExtractors.Open(folder["w.safetensors"], Context());
        (extractor.Name, extractor.Dimension, extractor.Weights).ShouldBe(("inception-fid", 2048, WeightsCache.Sha256(folder["w.safetensors"])));
        Agree(extractor.Extract((Scattered.Images(1, 40) + 1) / 2), "extracted", 8);
    }

    [Fact]
    public void Pixel_features_are_block_means()
    {
        using var extractor = FeatureExtractors.Open("pixels", Context());
        var set = Set(3);
        var matrix = FeatureExtraction.Of(set, extractor, Context(), "test");
        (matrix.Count, matrix.Dimension, matrix.Extractor, matrix.Set).ShouldBe((3, 192, "pixels", set.ContentHash));
        var image = set.Image(1);
        ((double)matrix.Values[1, 64 + 8 + 2]).ShouldBe((image[256 + 2 * 16 + 4] + image[256 + 2 * 16 + 5] + image[256 + 3 * 16 + 4] + image[256 + 3 * 16 + 5]) / 4.0 / 255, 1e-6); // channel 1, row 1, column 2
    }

    [Fact]
    public void Grey_images_count_as_colour_and_masks_stand_beside_the_image()
    {
        using var extractor = FeatureExtractors.Open("pixels", Context());
        var set = Set(2, channels: 1, masks: true);
        FeatureExtraction.Of(set, extractor, Context(), "test").Dimension.ShouldBe(192);
        var joined = FeatureExtraction.Of(set, extractor, Context(), "test", masks: true);
        (joined.Dimension, joined.Masks).ShouldBe((384, true));
        ((double)joined.Values[1, 192]).ShouldBe(set.Mask(1).ToArray().Where((_, i) => i / 16 < 2 && i % 16 < 2).Average(v => v / 255.0), 1e-6);
        joined.Values[0, 0].ShouldBe(joined.Values[0, 64]);
    }

    [Fact]
    public void A_matrix_is_kept_for_NumPy_with_its_extractors_name_and_opened_again_only_for_the_same_images()
    {
        using var folder = new TemporaryFolder();
        using var extractor = FeatureExtractors.Open("pixels", Context());
        var told = new List<Progress>();
        var first = FeatureExtraction.Kept(folder["f.npy"], Set(70), extractor, Context(told), "features");
        (told[^1].Step, told[^1].Total).ShouldBe((70, 70));
        var again = FeatureExtraction.Kept(folder["f.npy"], Set(70), extractor, Context(told), "features");
        told.Count.ShouldBe(5); // 16 images at once; nothing more the second time
        again.Flat.SequenceEqual(first.Flat).ShouldBeTrue();
        File.ReadAllText(folder["f.json"]).ShouldContain("\"extractor\": \"pixels\"");
        Npy.Read(folder["f.npy"]).Header.Shape.ShouldBe([70, 192]);
        FeatureExtraction.Kept(folder["f.npy"], Set(69), extractor, Context(told), "features").Count.ShouldBe(69);
        first.Select([5, 2]).Values[0, 7].ShouldBe(first.Values[5, 7]);
    }

    [Fact]
    public void The_penultimate_features_of_a_trained_network_come_from_its_folder()
    {
        using var folder = new TemporaryFolder();
        var train = PhantomDataset.Draw(10, 32, 1, [.2, .2, .2, .2, .2], []);
        ClassifierTraining.Train(new ClassifierConfig { Network = ClassifierNetwork.Cnn, Recipe = "thesis-cnn", Steps = 2, Batch = 4 }, train, train, null, 1, folder.Path, Context(), "fit");
        using var extractor = FeatureExtractors.Open(folder.Path, Context());
        (extractor.Name, extractor.Dimension).ShouldBe(("downstream", 128));
        var matrix = FeatureExtraction.Of(train, extractor, Context(), "features");
        matrix.Flat.ToArray().ShouldAllBe(v => float.IsFinite(v));
        matrix.Flat.ToArray().Distinct().Count().ShouldBeGreaterThan(100);
    }

    [Fact]
    public void A_network_that_sees_the_middle_of_an_image_has_features_of_the_middle()
    {
        using var folder = new TemporaryFolder();
        var train = PhantomDataset.Draw(10, 32, 1, [.2, .2, .2, .2, .2], []);
        ClassifierTraining.Train(new ClassifierConfig { Network = ClassifierNetwork.Cnn, Recipe = "thesis-cnn", Steps = 2, Batch = 4, Evaluation = new() { Resize = 32, Crop = 24 } }, train, train, null, 1, folder.Path,
            Context(), "fit");
        using var extractor = FeatureExtractors.Open(folder.Path, Context());
        extractor.Preprocessing.ShouldBe("32 px, bilinear, antialiased, the middle 24 px");
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        Tensor image = rand(1, 3, 32, 32), framed = zeros(1, 3, 32, 32), moved = ones(1, 3, 32, 32);
        framed.narrow(2, 4, 24).narrow(3, 4, 24).copy_(image.narrow(2, 4, 24).narrow(3, 4, 24)); // another border
        moved.narrow(2, 5, 24).narrow(3, 4, 24).copy_(image.narrow(2, 4, 24).narrow(3, 4, 24));
        var expected = extractor.Extract(image);
        extractor.Extract(framed).Equals(expected).ShouldBeTrue();
        extractor.Extract(moved).Equals(expected).ShouldBeFalse();
    }

    [Fact]
    public void Unknown_extractors_and_weights_that_do_not_fit_are_refused_in_a_line()
    {
        using var folder = new TemporaryFolder();
        Should.Throw<StudyException>(() => FeatureExtractors.Open("resnet", Context())).Message.ShouldStartWith("features: \"resnet\"; must be one of resnet18-imagenet, resnet50-imagenet, pixels,");
        Should.Throw<DatasetException>(() => FeatureExtractors.Open(folder.Path, Context())).Message.ShouldContain("holds no classifier.json nor segmenter.json");
        using (NewDisposeScope())
        {
            Safetensors.Write(folder["w.safetensors"], new Dictionary<string, Tensor> { ["Conv2d_1a_3x3.conv.weight"] = zeros(32, 3, 3, 3) });
        }
        Should.Throw<DatasetException>(() => FeatureExtractors.Open(folder["w.safetensors"], Context())).Message.ShouldContain("tensor 'Conv2d_1a_3x3.bn.weight' is missing");
        InceptionFeatures.IsOfficial("6726825d0000").ShouldBeTrue();
        InceptionFeatures.IsOfficial(WeightsCache.Sha256(folder["w.safetensors"])).ShouldBeFalse();
    }

    [Fact]
    public void Nothing_of_a_batch_stays_behind_and_an_interruption_is_heard()
    {
        using var extractor = FeatureExtractors.Open("pixels", Context());
        FeatureExtraction.Of(Set(40), extractor, Context(), "test");
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        FeatureExtraction.Of(Set(80), extractor, Context(), "test");
        DisposeScopeManager.Statistics.ThreadTotalLiveCount.ShouldBe(before);
        Should.Throw<OperationCanceledException>(() => FeatureExtraction.Of(Set(3), extractor, Context(cancel: new CancellationToken(true)), "test"));
    }
}
