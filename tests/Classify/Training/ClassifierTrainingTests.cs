using Odm.Classify.Classification;
using Odm.Classify.Losses;
using Odm.Classify.Metrics;
using Odm.Classify.Networks;
using Odm.Classify.Training;
using Odm.Data.Batching;
using Odm.Data.Images;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Classify.Tests;

public sealed class ClassifierTrainingTests : IDisposable
{
    // the thesis' CNN at 16 px: dropout, batch norm and Adam in a twentieth of a second a step
    private static readonly ClassifierConfig Small = new()
    {
        Network = ClassifierNetwork.Cnn,
        Recipe = "thesis-cnn",
        Batch = 8,
        Steps = 12,
        ValidateEvery = 4,
    };

    private readonly string folder = Directory.CreateTempSubdirectory("odm-training-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void It_learns_what_colour_tells()
    {
        var train = Colours(60, "train");
        ClassifierTraining.Train(Small with { Steps = 40, Dropout = .1 }, train, Colours(24, "val"), null, 1, folder, Context(), "fit");

        var predictions = Judge(folder, Colours(30, "test"), Context());

        predictions.Truth.Zip(predictions.Predicted, (t, p) => t == p ? 1 : 0).Sum().ShouldBeGreaterThan(25);
        for (var i = 0; i < predictions.Count; i++)
        {
            Enumerable.Range(0, 3).Sum(k => predictions.Probabilities![i, k]).ShouldBe(1, 1e-9);
        }
        predictions.Groups[4].ShouldBe("g2");
        Directory.GetFileSystemEntries(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal)
            .ShouldBe(["accuracy.png", "best.safetensors", "classifier.json", "curves.csv", "loss.png"]);
        File.ReadLines(Path.Combine(folder, "curves.csv")).First().ShouldBe("step,train_loss,train_accuracy,val_loss,val_accuracy,val_macro_f1");
        File.ReadLines(Path.Combine(folder, "curves.csv")).Count().ShouldBe(11);
    }

    [Fact, Trait("speed", "slow")]
    public void Every_step_leaves_as_many_tensors_as_the_one_before_and_memory_stays_flat_over_500()
    {
        var (alive, resident) = (new List<long>(), new List<long>());
        ClassifierTraining.Run((Small with { Steps = 500, ValidateEvery = 250, Batch = 2 }).Resolve(30), Colours(30, "train"), Colours(12, "val"), null, 1, folder, Context(), "fit", TimeSpan.MaxValue, _ =>
        {
            alive.Add(DisposeScopeManager.Statistics.ThreadTotalLiveCount);
            resident.Add(TorchEngine.ResidentBytes);
        });
        alive.Skip(2).Take(240).Distinct().Count().ShouldBe(1);
        (resident[^1] - resident[50]).ShouldBeLessThan(300L << 20);
    }

    [Fact]
    public void A_run_that_is_cancelled_or_killed_and_started_again_ends_bit_equal()
    {
        var (train, val) = (Colours(30, "train"), Colours(12, "val"));
        string Run(string name, params (int Image, bool Cancel)[] stops)
        {
            var place = Path.Combine(folder, name);
            foreach (var stop in stops.Append((int.MaxValue, false)))
            {
                using var cancel = new CancellationTokenSource();
                var seen = 0;
                (Tensor, Tensor?) Noise(Tensor image, Tensor? mask, Rng rng)
                {
                    if (++seen == stop.Item1)
                    {
                        if (!stop.Item2)
                        {
                            throw new InvalidOperationException("killed");
                        }
                        cancel.Cancel();
                    }
                    return (image + (float)rng.Uniform(-.2, .2), mask);
                }
                void Train() => ClassifierTraining.Run(Small.Resolve(30), train, val, Noise, 3, place, Context(cancel.Token), "fit", checkpointEvery: TimeSpan.Zero);
                if (stop.Item1 == int.MaxValue)
                {
                    Train();
                }
                else
                {
                    var thrown = Should.Throw<Exception>(Train);
                    (thrown is OperationCanceledException).ShouldBe(stop.Item2);
                }
            }
            return place;
        }

        var whole = Run("whole");
        var broken = Run("broken", (3 * 8 + 2, true), (2 * 8 + 5, false), (5, false));

        foreach (var file in new[] { "best.safetensors", "curves.csv", "classifier.json", "loss.png" })
        {
            File.ReadAllBytes(Path.Combine(broken, file)).ShouldBe(File.ReadAllBytes(Path.Combine(whole, file)), file);
        }
    }

    [Fact]
    public void With_resampling_MixUp_and_a_loss_by_class_too_a_killed_run_ends_bit_equal()
    {
        var (train, val) = (Uneven(), Colours(12, "val"));
        var config = Small with { Sampling = Sampling.Progressive, Mixup = .4, Loss = LossConfig.Parse("cb_focal") };
        string Run(string name, params int[] stops)
        {
            var place = Path.Combine(folder, name);
            foreach (var stop in stops.Append(int.MaxValue))
            {
                void Kill(LearningState state)
                {
                    if (state.Step == stop)
                    {
                        throw new InvalidOperationException("killed");
                    }
                }
                void Train() => ClassifierTraining.Run(config.Resolve(24), train, val, null, 3, place, Context(), "fit", checkpointEvery: TimeSpan.Zero, Kill);
                if (stop == int.MaxValue)
                {
                    Train();
                }
                else
                {
                    Should.Throw<InvalidOperationException>(Train);
                }
            }
            return place;
        }

        var (whole, broken) = (Run("whole"), Run("broken", 5, 9));
        foreach (var file in new[] { "best.safetensors", "curves.csv", "classifier.json" })
        {
            File.ReadAllBytes(Path.Combine(broken, file)).ShouldBe(File.ReadAllBytes(Path.Combine(whole, file)), file);
        }
        File.ReadAllText(Path.Combine(whole, "classifier.json")).ShouldContain("\"kind\": \"CbFocal\"");
    }

    [Theory]
    [InlineData("mixup")]
    [InlineData("focal")]
    [InlineData("adjusted")]
    public void No_step_of_another_loss_leaves_a_tensor_behind(string way)
    {
        var counts = new List<long>();
        var config = way == "mixup" ? Small with { Mixup = .4 } : Small with { Loss = LossConfig.Parse(way == "focal" ? "cb_focal" : "logit_adjustment") };
        ClassifierTraining.Run((config with { Evaluation = new() { Resize = 20, Crop = 16 }, ValidateEvery = 2 }).Resolve(24), Uneven(), Colours(12, "val"), null, 1, folder,
            Context(), "fit", TimeSpan.MaxValue, _ => counts.Add(Tensor.TotalCount));
        // other tests' tensors may be collected meanwhile, so that it falls
        counts.Skip(3).Zip(counts.Skip(4)).ShouldAllBe(c => c.Second <= c.First, string.Join(", ", counts));
    }

    [Fact]
    public void Settings_that_are_not_set_do_not_stand_in_what_a_training_keeps()
    {
        ClassifierTraining.Train(Small with { Steps = 2 }, Uneven(), Colours(6, "val"), null, 1, folder, Context(), "fit");
        var recipe = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "classifier.json")))!["recipe"]!.AsObject();
        recipe.Select(f => f.Key).ShouldBe(["freeze", "hidden", "dropout", "stem", "class_weights", "label_smoothing", "network", "weights", "size", "optimizer", "learning_rate", "momentum",
            "weight_decay", "schedule", "milestones", "gamma", "warmup", "clip", "batch", "epochs", "steps", "validate_every", "normalisation", "select_by"], ignoreOrder: true);
    }

    [Fact]
    public void Evaluation_shows_the_middle_and_so_does_training_unless_transforms_crop()
    {
        using var scope = NewDisposeScope();
        var image = arange(36).to(ScalarType.Float32).view(1, 1, 6, 6);
        var recipe = new ClassifierConfig { Evaluation = new() { Resize = 6, Crop = 4 } }.Resolve(1);
        recipe.Size.ShouldBe(4);
        float[] middle = [7, 8, 9, 10, 13, 14, 15, 16, 19, 20, 21, 22, 25, 26, 27, 28];
        recipe.Seen(image).contiguous().data<float>().ToArray().ShouldBe(middle);
        recipe.SeenInTraining(image).contiguous().data<float>().ToArray().ShouldBe(middle);
        var cropped = recipe with { TransformsCrop = true };
        cropped.SeenInTraining(image).contiguous().data<float>().ToArray().ShouldBe(Resizing.To(image, 4).contiguous().data<float>().ToArray());
        cropped.Seen(image).contiguous().data<float>().ToArray().ShouldBe(middle);
        new ClassifierConfig { Size = 5 }.Resolve(1).Seen(image).shape.ShouldBe([1, 1, 5, 5]);
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
        ClassifierTraining.Train(Small with { ValidateEvery = 2 }, Colours(30, "train"), Colours(12, "val"), Count, 1, folder, Context(), "fit");
        var first = counts.Where((_, i) => i % 8 == 0).ToArray(); // at the first image of each step
        first.Skip(2).Distinct().Count().ShouldBe(1, string.Join(", ", first));
    }

    [Fact]
    public void The_kept_weights_are_those_of_the_best_validation()
    {
        var (train, val) = (Colours(30, "train"), Colours(12, "val"));
        ClassifierTraining.Train(Small with { SelectBy = "loss" }, train, val, null, 1, folder, Context(), "fit");
        var losses = File.ReadLines(Path.Combine(folder, "curves.csv")).Skip(1)
            .Select(l => double.Parse(l.Split(',')[3], System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        var kept = Judge(folder, val, Context());
        var loss = -kept.Truth.Select((t, i) => Math.Log(kept.Probabilities![i, t])).Average();
        loss.ShouldBe(losses.Min(), 1e-5);
    }

    [Fact]
    public void A_finished_training_is_not_done_again_and_another_is_refused_its_folder()
    {
        var (train, val) = (Colours(30, "train"), Colours(12, "val"));
        var small = Small with { Steps = 2 };
        ClassifierTraining.Train(small, train, val, null, 1, folder, Context(), "fit");
        var written = File.GetLastWriteTimeUtc(Path.Combine(folder, "best.safetensors"));
        ClassifierTraining.Train(small, train, val, (_, _, _) => throw new InvalidOperationException("trained again"), 1, folder, Context(), "fit");
        File.GetLastWriteTimeUtc(Path.Combine(folder, "best.safetensors")).ShouldBe(written);

        Should.Throw<StudyException>(() => ClassifierTraining.Train(small, train, val, null, 2, folder, Context(), "fit")).Message.ShouldContain(folder);
        Should.Throw<StudyException>(() => ClassifierTraining.Train(small with { Batch = 6 }, train, val, null, 1, folder, Context(), "fit"));
    }

    [Fact]
    public void Missing_labels_images_and_weights_are_named()
    {
        var (train, val) = (Colours(8, "train"), Colours(4, "val"));
        Should.Throw<DatasetException>(() => ClassifierTraining.Train(Small, train, val.Select([]), null, 1, folder, Context(), "fit")).Message.ShouldStartWith("validation set: has no images");
        var unlabelled = train.WithRows([.. train.Rows.Select(r => r with { Label = -1 })]);
        Should.Throw<DatasetException>(() => ClassifierTraining.Train(Small, unlabelled, val, null, 1, folder, Context(), "fit")).Message.ShouldContain("'train0' has no label; must be one of red, green, blue");
        Should.Throw<DatasetException>(() => ClassifierTraining.Train(Small with { Weights = "/nowhere.safetensors" }, train, val, null, 1, folder, Context(), "fit"))
            .Message.ShouldStartWith("/nowhere.safetensors: no such file");
        Should.Throw<DatasetException>(() => Judge(folder, val, Context())).Message.ShouldContain("no classifier.json");
    }

    private static RunContext Context(CancellationToken cancel = default) => new(CPU, Precision.Fp32, _ => { }, cancel);

    // squares of one colour each with noise; two images a group
    private static ImageSet Colours(int count, string name)
    {
        const int size = 16;
        var pixels = new byte[count * 3 * size * size];
        var rows = new List<ImageRow>();
        for (var i = 0; i < count; i++)
        {
            var rng = Rng.For(9, name, i);
            var label = rng.NextInt(3);
            for (var p = 0; p < 3 * size * size; p++)
            {
                pixels[i * 3 * size * size + p] = (byte)((p / (size * size) == label ? 110 : 70) + rng.NextInt(80));
            }
            rows.Add(new ImageRow { Id = $"{name}{i}", Label = label, Group = $"g{i / 2}" });
        }
        return ImageSet.FromPixels(pixels, 3, size, size, rows, ["red", "green", "blue"]);
    }

    // 24 of Colours, the rare class a sixth
    private static ImageSet Uneven()
    {
        var all = Colours(90, "train");
        int[] Of(int label, int count) => [.. Enumerable.Range(0, 90).Where(i => all.Rows[i].Label == label).Take(count)];
        return all.Select([.. Of(0, 14), .. Of(1, 6), .. Of(2, 4)]);
    }

    private static Predictions Judge(string folder, ImageSet test, RunContext context)
    {
        using var classifier = TrainedClassifier.Load(folder, context);
        return classifier.Judge(test);
    }
}
