using Odm.Classify.Classification;
using Odm.Classify.Training;
using Odm.Data.Batching;
using Odm.Data.Images;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Classify.Tests;

/// <summary>Where training images come from: one set, or others in each epoch.</summary>
public sealed class TrainingImagesTests : IDisposable
{
    private static readonly ClassifierConfig Small = new() { Network = ClassifierNetwork.Cnn, Recipe = "thesis-cnn", Batch = 4, Steps = 14, ValidateEvery = 7 };

    private readonly string folder = Directory.CreateTempSubdirectory("odm-source-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Of_fixed_images_the_batches_are_those_of_the_set()
    {
        using var scope = NewDisposeScope();
        var set = Colours(11, "i");
        Batches Of(ImageSet images) => new(images, 4, 7, "x", Normalisation.Symmetric(3), (image, mask, rng) => (image + (float)rng.NextDouble(), mask));
        var (plain, epochs) = (Of(set), new EpochBatches(new FixedImages(set), 4, Of));
        for (var step = 0L; step < 7; step++) // two an epoch
        {
            epochs.Begin(step);
            var (a, b) = (plain.At(step), epochs.At(step));
            b.Indices.ShouldBe(a.Indices);
            b.Images.Equals(a.Images).ShouldBeTrue();
        }

        var resumed = new EpochBatches(new FixedImages(set), 4, Of);
        resumed.Begin(5);
        resumed.At(5).Images.Equals(plain.At(5).Images).ShouldBeTrue();
    }

    [Fact]
    public void Epochs_of_other_images_have_other_lengths_and_are_asked_for_once()
    {
        using var scope = NewDisposeScope();
        var asked = new List<long>();
        var source = new Growing(e => Colours(8 + 4 * (int)Math.Min(e, 2), $"e{e}-"), asked);
        EpochBatches Of() => new(source, 4, set => new(set, 4, 7, "x", Normalisation.Symmetric(3)));
        var (epochs, seen) = (Of(), new List<string>());
        for (var step = 0L; step < 13; step++) // epochs of 2, 3, 4, 4 steps
        {
            epochs.Begin(step);
            epochs.Begin(step); // asking again changes nothing
            seen.Add(string.Join(' ', epochs.At(step).Indices));
        }

        asked.ShouldBe([0, 1, 2, 3]);
        asked.Clear();
        var resumed = Of();
        resumed.Begin(10);
        string.Join(' ', resumed.At(10).Indices).ShouldBe(seen[10]);
        asked.ShouldBe([3]);
        Should.Throw<InvalidOperationException>(() => Of().At(0));
    }

    [Fact]
    public void Synthetic_rows_may_have_a_normalisation_of_their_own()
    {
        using var scope = NewDisposeScope();
        var real = Colours(4, "r");
        var set = ImageSet.Concat(real, real.WithRows([.. real.Rows.Select(r => r with { Id = "s" + r.Id, Origin = ImageRow.Synthetic })]));
        var unit = Normalisation.Fit(NormalisationKind.Unit, real);
        var batch = new Batches(set, 8, 1, "x", unit, synthetic: unit with { Std = [.5, .5, .5] }).At(0);
        var plain = new Batches(set, 8, 1, "x", unit).At(0);
        for (var i = 0; i < 8; i++)
        {
            var factor = set.Rows[batch.Indices[i]].Origin == ImageRow.Synthetic ? 2 : 1;
            batch.Images[i].allclose(plain.Images[i] * factor).ShouldBeTrue();
        }
    }

    [Fact]
    public void The_standing_classifier_sees_images_as_validation_does_and_raw_ones_as_they_are()
    {
        var val = Colours(6, "v");
        StandingClassifier? standing = null;
        double[]? own = null, raw = null, shifted = null;
        IReadOnlyList<int>? classes = null;
        var (hash, training) = ("", true);
        var source = new Growing(_ => Colours(12, "t"), [], (epoch, now) =>
        {
            if (epoch != 2)
            {
                return;
            }

            standing = now;
            using var scope = NewDisposeScope();
            var (images, labels) = (val.Pixels([0, 1, 2, 3, 4, 5]).to(ScalarType.Float32) / 127.5f - 1, tensor(val.Rows.Select(r => (long)r.Label).ToArray()));
            var leaf = images.clone().requires_grad_();
            var sum = now!.LogProbability(leaf, labels).sum();
            training = autograd.grad([sum], [leaf])[0].abs().sum().item<float>() == 0;
            (own, raw) = (Values(now.LogProbability(images, labels)), Values(now.RawLogProbability(images, labels)));
            shifted = Values(now.RawLogProbability(Normalisation.Fit(NormalisationKind.ZScore, Colours(12, "t")).Apply((images + 1) / 2), labels));
            (classes, hash) = (now.Classes(val), now.Hash());
            now.Hash().ShouldBe(hash);
            (now.Step, now.Batch).ShouldBe((6, 4));
        });
        ClassifierTraining.TrainOn(Small with { Steps = 6 + 1, ValidateEvery = 6, SelectBy = "accuracy" }, source, val, null, 1, folder, Context(), "fit");
        training.ShouldBeFalse();
        own!.ShouldBe(shifted!, 1e-5); // the thesis' recipe normalises by z-scores
        own!.Zip(raw!, (a, b) => Math.Abs(a - b)).Max().ShouldBeGreaterThan(1e-3);
        hash.Length.ShouldBe(64);
        classes!.Count.ShouldBe(6);
        own!.ShouldAllBe(p => p < 0);
    }

    [Fact]
    public void A_training_on_images_that_its_own_weights_choose_goes_on_bit_equal()
    {
        string Run(string name, params int[] stops)
        {
            var place = Path.Combine(folder, name);
            var made = new Dictionary<long, ImageSet>();
            foreach (var stop in stops.Append(int.MaxValue))
            {
                var steps = 0;
                var source = new Growing(made, place);
                void Train() => ClassifierTraining.Run(Small.Resolve(12), source, Colours(6, "v"), (image, mask, _) =>
                    ++steps == stop ? throw new InvalidOperationException("killed") : (image, mask), 3, place, Context(), "fit", TimeSpan.FromHours(1));
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

        var (whole, broken) = (Run("whole"), Run("broken", 30, 14)); // within the third epoch, and soon after it began again
        foreach (var file in new[] { "best.safetensors", "curves.csv", "classifier.json" })
        {
            File.ReadAllBytes(Path.Combine(broken, file)).ShouldBe(File.ReadAllBytes(Path.Combine(whole, file)), file);
        }

        File.ReadAllText(Path.Combine(whole, "chosen.txt")).ShouldBe(File.ReadAllText(Path.Combine(broken, "chosen.txt")));
    }

    private static double[] Values(Tensor x)
    {
        using var doubles = x.to(ScalarType.Float64).cpu();
        return doubles.data<double>().ToArray();
    }

    private static RunContext Context() => new(CPU, Precision.Fp32, _ => { }, CancellationToken.None);

    private static ImageSet Colours(int count, string name)
    {
        var rng = new Rng((ulong)name.Length + 17);
        byte[] pixels = [.. Enumerable.Range(0, count).SelectMany(i => Enumerable.Range(0, 3).SelectMany(c => Enumerable.Range(0, 256).Select(_ => (byte)((c == i % 3 ? 120 : 40) + rng.NextInt(60)))))];
        return ImageSet.FromPixels(pixels, 3, 16, 16, [.. Enumerable.Range(0, count).Select(i => new ImageRow { Id = $"{name}{i}", Label = i % 3 })], ["red", "green", "blue"]);
    }

    // images by the epoch, and, where it has a place, the first of them by what the weights are
    private sealed class Growing : ITrainingImages
    {
        private readonly Func<long, ImageSet> of;
        private readonly List<long> asked = [];
        private readonly Action<long, StandingClassifier?>? look;
        private readonly Dictionary<long, ImageSet> made = [];
        private readonly string? place;

        public Growing(Func<long, ImageSet> of, List<long> asked, Action<long, StandingClassifier?>? look = null) => (this.of, this.asked, this.look) = (of, asked, look);

        public Growing(Dictionary<long, ImageSet> made, string place) => (this.made, this.place, of) = (made, place, e => Colours(8 + 4 * (int)Math.Min(e, 2), $"e{e}-"));

        public string Identity => "growing";

        public ImageSet Known => of(0);

        public int? CountOf(long epoch) => place is null ? of(epoch).Count : made.GetValueOrDefault(epoch)?.Count;

        public ImageSet Of(long epoch, StandingClassifier? standing)
        {
            asked.Add(epoch);
            look?.Invoke(epoch, standing);
            if (place is not null && !made.ContainsKey(epoch))
            {
                standing!.Save();
                var (all, hash) = (of(epoch), standing.Hash());
                var drop = hash[0] % 3; // another image is left out by the weights
                made[epoch] = all.Select([.. Enumerable.Range(0, all.Count).Where(i => i != drop)]);
                File.AppendAllText(Path.Combine(place, "chosen.txt"), $"{epoch} {hash}\n");
            }

            return place is null ? of(epoch) : made[epoch];
        }
    }
}
