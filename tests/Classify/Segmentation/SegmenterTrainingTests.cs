using Odm.Classify.Losses;
using Odm.Classify.Metrics;
using Odm.Classify.Networks;
using Odm.Classify.Segmentation;
using Odm.Classify.Weights;
using Odm.Data.Images;
using Odm.Engine.Files;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Classify.Tests;

public sealed class SegmenterTrainingTests : IDisposable
{
    private static readonly SegmenterConfig Small = new() { Decoder = [8, 8, 8, 8, 8], Batch = 4, Steps = 5, ValidateEvery = 2 };

    private readonly string folder = Directory.CreateTempSubdirectory("odm-segmenter-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    [Trait("speed", "slow")]
    public void It_learns_to_find_bright_squares()
    {
        SegmenterTraining.Train(Small with { Steps = 40, Batch = 8, LearningRate = 3e-3, ValidateEvery = 10 }, Squares(48, "train"), Squares(12, "val"), null, 1, folder, Context(), "fit");
        var test = Squares(16, "test");

        var predictions = Judge(folder, test, Context());

        SegmentationMetrics.Score(predictions).First(f => f.Metric == "dice_hard").Value.ShouldBeGreaterThan(.8);
        predictions.Rows[5].Id.ShouldBe("test5");
        predictions.Rows[5].Group.ShouldBe("g2");
        predictions.Rows.ShouldAllBe(r => r.Tp + r.Fp + r.Fn + r.Tn == 32 * 32);
        var maps = Maps(folder, test, [7, 2]);
        maps.Select(m => m.Sum(p => (double)p)).ShouldBe([predictions.Rows[7].SoftPredicted, predictions.Rows[2].SoftPredicted], .05);
        Directory.GetFileSystemEntries(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal)
            .ShouldBe(["best.safetensors", "curves.csv", "iou_global.png", "loss.png", "segmenter.json"]);
        File.ReadLines(Path.Combine(folder, "curves.csv")).First().ShouldBe("step,train_loss,train_iou_global,val_loss,val_iou_global,val_iou");
    }

    [Fact]
    [Trait("speed", "slow")]
    public void A_run_that_is_cancelled_or_killed_and_started_again_ends_bit_equal()
    {
        var (train, val) = (Squares(12, "train"), Squares(6, "val"));
        string Run(string name, params (int Image, bool Cancel)[] stops)
        {
            var place = Path.Combine(folder, name);
            foreach (var (at, cancelled) in stops.Append((int.MaxValue, false)))
            {
                using var cancel = new CancellationTokenSource();
                var seen = 0;
                (Tensor, Tensor?) Noise(Tensor image, Tensor? mask, Rng rng)
                {
                    if (++seen == at)
                    {
                        if (!cancelled)
                        {
                            throw new InvalidOperationException("killed");
                        }
                        cancel.Cancel();
                    }
                    return (image + (float)rng.Uniform(-.2, .2), mask);
                }
                void Train() => SegmenterTraining.Run(Small.Resolve(12), train, val, Noise, 3, place, Context(cancel.Token), "fit", checkpointEvery: TimeSpan.Zero);
                if (at == int.MaxValue)
                {
                    Train();
                }
                else
                {
                    (Should.Throw<Exception>(Train) is OperationCanceledException).ShouldBe(cancelled);
                }
            }
            return place;
        }

        var whole = Run("whole");
        var broken = Run("broken", (2 * 4 + 2, true), (4 + 3, false));

        foreach (var file in new[] { "best.safetensors", "curves.csv", "segmenter.json" })
        {
            File.ReadAllBytes(Path.Combine(broken, file)).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(whole, file))).ShouldBeTrue(file);
        }
    }

    [Fact]
    public void No_step_leaves_a_tensor_behind()
    {
        var counts = new List<long>();
        (Tensor, Tensor?) Count(Tensor image, Tensor? mask, Rng rng)
        {
            counts.Add(Tensor.TotalCount);
            return (image, mask);
        }
        SegmenterTraining.Train(Small, Squares(8, "train"), Squares(4, "val"), Count, 1, folder, Context(), "fit");
        var first = counts.Where((_, i) => i % 4 == 0).ToArray(); // at the first image of each step
        first.Skip(2).Distinct().Count().ShouldBe(1, string.Join(", ", first));
    }

    [Fact]
    public void The_kept_weights_are_those_of_the_best_validation_and_a_finished_training_is_not_done_again()
    {
        var (train, val) = (Squares(8, "train"), Squares(5, "val"));
        var config = Small with { Loss = MaskLoss.Dice, SelectBy = "loss", ValidateEvery = 1, LearningRate = .01 };
        SegmenterTraining.Train(config, train, val, null, 1, folder, Context(), "fit");
        var losses = File.ReadLines(Path.Combine(folder, "curves.csv")).Skip(1).Select(l => double.Parse(l.Split(',')[3], System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        losses.Distinct().Count().ShouldBe(5);
        Judge(folder, val, Context()).Rows.Average(r => 1 - r.DiceSoft()!.Value).ShouldBe(losses.Min(), 1e-5);

        SegmenterTraining.Train(config, train, val, (_, _, _) => throw new InvalidOperationException("trained again"), 1, folder, Context(), "fit");
        Should.Throw<StudyException>(() => SegmenterTraining.Train(config with { Decoder = [8, 8, 8, 8, 4] }, train, val, null, 1, folder, Context(), "fit")).Message.ShouldContain(folder);
    }

    [Fact]
    public void Images_are_resized_to_the_networks_size_and_scored_at_their_own()
    {
        var (train, val) = (Squares(8, "train", 48), Squares(4, "val", 48));
        Should.Throw<DatasetException>(() => SegmenterTraining.Train(Small, train, val, null, 1, folder, Context(), "fit")).Message
            .ShouldStartWith("training set: images of 48x48 pixels; U-Net++ halves them five times and needs multiples of 32");
        SegmenterTraining.Train(Small with { Size = 32, Steps = 2 }, train, val, null, 1, folder, Context(), "fit");
        Judge(folder, val, Context()).Rows.ShouldAllBe(r => r.Tp + r.Fp + r.Fn + r.Tn == 48 * 48);
    }

    [Fact]
    public void Weights_of_the_encoder_or_of_the_whole_network_are_taken_from_a_file()
    {
        using var scope = NewDisposeScope();
        using var network = new UNetPlusPlus(new ResNet(new ResNetConfig { Classes = 0, Depth = 18, Width = 4 }), [8, 8, 8, 8, 8], 2, Precision.Fp32);
        using var grey = new UNetPlusPlus(new ResNet(new ResNetConfig { Classes = 0, Depth = 18, Width = 4, Channels = 1 }), [8, 8, 8, 8, 8], 2, Precision.Fp32);
        Scattered.Fill(network);
        var (whole, encoder) = (Path.Combine(folder, "whole.safetensors"), Path.Combine(folder, "encoder.safetensors"));
        Safetensors.Write(whole, network.state_dict());
        Safetensors.Write(encoder, network.Encoder.state_dict());

        NetworkWeights.LoadPretrained(grey, encoder);
        grey.state_dict()["encoder.conv1.weight"].allclose(network.state_dict()["encoder.conv1.weight"].sum([1], keepdim: true)).ShouldBeTrue();
        grey.state_dict()["encoder.layer4.1.bn2.running_var"].allclose(network.state_dict()["encoder.layer4.1.bn2.running_var"]).ShouldBeTrue();
        grey.state_dict()["decoder.blocks.x_1_2.conv1.0.weight"].allclose(network.state_dict()["decoder.blocks.x_1_2.conv1.0.weight"]).ShouldBeFalse();
        NetworkWeights.LoadPretrained(grey, whole);
        grey.state_dict()["decoder.blocks.x_1_2.conv1.0.weight"].allclose(network.state_dict()["decoder.blocks.x_1_2.conv1.0.weight"]).ShouldBeTrue();
        using var other = new UNetPlusPlus(new SeResNeXt(3, Precision.Fp32, 4, 2), [8, 8, 8, 8, 8], 2, Precision.Fp32);
        Should.Throw<DatasetException>(() => NetworkWeights.LoadPretrained(other, encoder)).Message.ShouldStartWith($"{encoder}: tensor 'layer0.conv1.weight' is missing");
    }

    [Fact]
    public void Divergence_and_sets_that_do_not_suit_are_named()
    {
        var (train, val) = (Squares(4, "train"), Squares(4, "val"));
        void Train(SegmenterConfig c, ImageSet t, ImageSet v) => SegmenterTraining.Train(c, t, v, null, 1, folder, Context(), "fit real");
        Should.Throw<StudyException>(() => SegmenterTraining.Train(Small, train, val, (image, mask, _) => (image * float.NaN, mask), 1, folder, Context(), "fit real")).Message
            .ShouldStartWith("learning_rate: 0.001; fit real diverged at step 0");
        Should.Throw<DatasetException>(() => Train(Small, train, val.Select([]))).Message.ShouldStartWith("validation set: has no images");
        var bare = ImageSet.FromPixels(new byte[3 * 32 * 32], 3, 32, 32, [new ImageRow { Id = "a" }], []);
        Should.Throw<DatasetException>(() => Train(Small, bare, val)).Message.ShouldStartWith("training set: its images have no masks");
        Should.Throw<DatasetException>(() => Judge(folder, val, Context())).Message.ShouldContain("no segmenter.json");
    }

    private static RunContext Context(CancellationToken cancel = default) => new(CPU, Precision.Fp32, _ => { }, cancel);

    // a bright square on noise; two images a group
    private static ImageSet Squares(int count, string name, int size = 32)
    {
        var (pixels, masks, rows) = (new byte[count * 3 * size * size], new byte[count * size * size], new List<ImageRow>());
        for (var i = 0; i < count; i++)
        {
            var rng = Rng.For(9, name, i);
            var (top, left, side) = (rng.NextInt(size / 2), rng.NextInt(size / 2), 6 + rng.NextInt(size / 2 - 6));
            for (var p = 0; p < 3 * size * size; p++)
            {
                var (y, x) = (p % (size * size) / size, p % size);
                var inside = y >= top && y < top + side && x >= left && x < left + side;
                pixels[i * 3 * size * size + p] = (byte)((inside ? 130 : 70) + rng.NextInt(80));
                masks[i * size * size + p % (size * size)] = inside ? (byte)255 : (byte)0;
            }
            rows.Add(new ImageRow { Id = $"{name}{i}", Group = $"g{i / 2}" });
        }
        return ImageSet.FromPixels(pixels, 3, size, size, rows, [], masks);
    }

    private static MaskPredictions Judge(string folder, ImageSet test, RunContext context)
    {
        using var segmenter = TrainedSegmenter.Load(folder, context);
        return segmenter.Judge(test);
    }

    private static IReadOnlyList<float[]> Maps(string folder, ImageSet images, int[] indices)
    {
        using var segmenter = TrainedSegmenter.Load(folder, Context());
        return segmenter.Predict(images, indices);
    }
}
