using Odm.Augment.Generators;
using Odm.Classify.Training;
using Odm.Data.Images;
using Odm.Engine.Runtime;
using Odm.Pipeline.Configuration;
using Odm.Pipeline.Online;
using static TorchSharp.torch;

namespace Odm.Pipeline.Tests;

/// <summary>Rounds of images with a generator and a classifier that are known.</summary>
public sealed class OnlineImagesTests : IDisposable
{
    private static readonly string[] Classes = ["a", "b", "c"];

    private readonly string folder = Directory.CreateTempSubdirectory("odm-online-").FullName;
    private readonly Known generator = new() { Kind = "known" };
    private int saved;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Images_come_every_so_many_epochs_in_place_of_those_before()
    {
        var images = Of(new() { Generator = "g", Images = 7, Every = 2 });
        images.Of(0, null).ShouldBeSameAs(images.Known);
        (images.CountOf(0), images.CountOf(1), images.CountOf(2)).ShouldBe((9, 9, null));
        var third = images.Of(2, Standing("w2"));
        third.ClassCounts().ShouldBe([3 + 3, 3 + 2, 3 + 2]); // 7 over three classes
        (images.CountOf(2), images.CountOf(3), images.CountOf(4), saved).ShouldBe((16, 16, null, 1));
        images.Of(3, Standing("never asked")).ContentHash.ShouldBe(third.ContentHash);
        var fifth = images.Of(4, Standing("w4"));
        fifth.Count.ShouldBe(16);
        saved.ShouldBe(2);
        var made = fifth.Rows.Where(r => r.Origin == ImageRow.Synthetic).ToList();
        made.ShouldAllBe(r => r.Id.StartsWith("epoch-4-") && r.Provenance!.More["epoch"] == "4" && r.Provenance.More["classifier"] == "w4");
        made.Select(r => r.Sha256).Intersect(third.Rows.Select(r => r.Sha256)).ShouldBeEmpty(); // new noise each time
        // of the images before, their rows are left, not their pixels
        Directory.Exists(Path.Combine(folder, "epoch-00002", "set")).ShouldBeFalse();
        File.ReadLines(Path.Combine(folder, "epoch-00002", "rows.csv")).Count().ShouldBe(8);
        var rounds = OnlineImages.Rounds(folder);
        rounds.Select(r => (r.Epoch, r.Total, r.Classifier)).ShouldBe([(2, 7, "w2"), (4, 7, "w4")]);
        (rounds[0].NetworkEvaluations, rounds[0].ClassifierGradients).ShouldBe((7 * 5, 7 * 4));
    }

    [Fact]
    public void Or_beside_those_before_or_once_for_all()
    {
        var kept = Of(new() { Generator = "g", Images = 6, Replace = false });
        kept.Of(1, Standing("w1")).Count.ShouldBe(15);
        var third = kept.Of(2, Standing("w2"));
        third.Count.ShouldBe(21);
        third.Rows.Select(r => r.Id).Distinct().Count().ShouldBe(21);
        (kept.CountOf(1), kept.CountOf(2)).ShouldBe((15, 21));

        Directory.Delete(folder, recursive: true);
        var once = Of(new() { Generator = "g", Images = 6, Every = 2, Once = true });
        (once.Of(1, null).Count, once.Of(2, Standing("w2")).Count, once.Of(9, null).Count, once.CountOf(100)).ShouldBe((9, 15, 15, 15));
        OnlineImages.Rounds(folder).Count.ShouldBe(1);
    }

    [Fact]
    public void Killed_in_a_synthesis_it_goes_on_from_its_finished_batches_to_the_same_images()
    {
        var whole = Of(new() { Generator = "g", Images = 20 }).Of(1, Standing("w"));
        Directory.Delete(folder, recursive: true);
        generator.FailAt = 3; // of five batches of four
        generator.Batches = 0;
        Should.Throw<InvalidOperationException>(() => Of(new() { Generator = "g", Images = 20 }).Of(1, Standing("w")));
        OnlineImages.Rounds(folder).ShouldBeEmpty();
        Of(new() { Generator = "g", Images = 20 }).CountOf(1).ShouldBeNull();
        (generator.FailAt, generator.Batches) = (0, 0);
        Of(new() { Generator = "g", Images = 20 }).Of(1, Standing("w")).ContentHash.ShouldBe(whole.ContentHash);
        generator.Batches.ShouldBe(3); // the two that were finished are not made again
    }

    [Fact]
    public void A_finished_set_of_other_weights_is_made_again()
    {
        var images = Of(new() { Generator = "g", Images = 6 });
        images.Of(1, Standing("w"));
        File.Delete(Path.Combine(folder, "epoch-00001", "round.json")); // killed just before it was written
        var again = images.Of(1, Standing("other"));
        again.Rows.Where(r => r.Origin == ImageRow.Synthetic).ShouldAllBe(r => r.Provenance!.More["classifier"] == "other");
        images.Of(1, null).ContentHash.ShouldBe(again.ContentHash);
        Should.Throw<DatasetException>(() => Of(new() { Generator = "g", Images = 6, Every = 3 }).Of(4, Standing("w"))).Message.ShouldContain("images of an earlier epoch are missing");
    }

    [Fact]
    public void Numbers_follow_the_accuracies_of_the_slice()
    {
        var slice = Images(4, "s");
        var images = Of(new() { Generator = "g", Images = 100, Aas = new() { Temperature = .5 } }, slice);
        IReadOnlyList<int> Said(ImageSet set)
        {
            set.ShouldBeSameAs(slice);
            return [.. set.Rows.Select(r => r.Label == 0 ? 0 : r.Label == 1 ? int.Parse(r.Id[^1..], System.Globalization.CultureInfo.InvariantCulture) % 2 : 0)];
        }

        images.Of(1, Standing("w", Said));
        var round = OnlineImages.Rounds(folder).Single();
        round.Accuracies!.ShouldBe([1, round.Accuracies![1], 0]);
        round.Counts.ShouldBe(Odm.Augment.Plans.AccuracyAdaptive.Counts(100, round.Accuracies!, .5));
        round.Counts[2].ShouldBeGreaterThan(round.Counts[0] * 5); // e² times
    }

    [Fact]
    public void The_classifier_guides_with_its_own_normalisation_and_is_seen_on_clean_images()
    {
        Of(new() { Generator = "g", Images = 6 }).Of(1, Standing("w"));
        var guide = generator.Guide!;
        (guide.On, guide.Form, guide.Scale).ShouldBe((GuidanceOn.Clean, GuidanceForm.Score, 1));
        using var one = guide.Classifier(zeros(1, 3, 4, 4), tensor([0L]));
        one.item<float>().ShouldBe(-1); // the standing classifier's own view
    }

    [Fact]
    public void As_the_papers_code_has_it_it_is_asked_about_noisy_values_as_they_are()
    {
        Of(new() { Generator = "g", Images = 6, PaperCode = true }).Of(0, Standing("w"));
        generator.Guide!.On.ShouldBe(GuidanceOn.Noisy);
        using var one = generator.Guide.Classifier(zeros(1, 3, 4, 4), tensor([0L]));
        one.item<float>().ShouldBe(-2); // neither normalised nor resized
        OnlineImages.Rounds(folder).Single().Counts.ShouldBe([2, 2, 0]); // and the batch of two is left out
    }

    [Fact]
    public void A_generator_of_another_image_size_is_refused()
        => Should.Throw<DatasetException>(() => Of(new() { Generator = "g", Images = 6 }, with: generator with { Side = 8 }).Of(1, Standing("w")))
            .Message.ShouldContain("makes images of 3x8x8; those they are to join have 3x4x4");

    [Fact]
    public void Its_identity_is_of_images_and_settings()
    {
        var plain = Of(new() { Generator = "g", Images = 6 });
        Of(new() { Generator = "g", Images = 6 }).Identity.ShouldBe(plain.Identity);
        Of(new() { Generator = "g", Images = 6, Guidance = 2 }).Identity.ShouldNotBe(plain.Identity);
        Of(new() { Generator = "g", Images = 6 }, Images(4, "s")).Identity.ShouldNotBe(plain.Identity);
        new FixedImages(plain.Known).Identity.ShouldBe(plain.Known.ContentHash); // as before there was a source
    }

    internal static ImageSet Images(int perClass, string name, string split = "train")
    {
        var rng = new Rng(5);
        byte[] pixels = [.. Enumerable.Range(0, 3 * perClass * 48).Select(_ => (byte)rng.NextInt(256))];
        return ImageSet.FromPixels(pixels, 3, 4, 4, [.. Enumerable.Range(0, 3 * perClass).Select(i => new ImageRow { Id = $"{name}{i}", Label = i % 3, Split = split, Group = $"{name}g{i / 2}" })], Classes);
    }

    private OnlineImages Of(OnlineConfig config, ImageSet? slice = null, Known? with = null) => new(new()
    {
        Config = config,
        Generator = with ?? generator,
        Trained = "trained",
        Real = Images(3, "r"),
        Slice = slice,
        Transform = null,
        Seed = 3,
        Folder = folder,
        Context = new(CPU, Precision.Fp32, _ => { }, CancellationToken.None),
        Stage = "fit ois-1",
    });

    private StandingClassifier Standing(string hash, Func<ImageSet, IReadOnlyList<int>>? classes = null) => new()
    {
        LogProbability = (images, _) => full(images.shape[0], -1f),
        RawLogProbability = (images, _) => full(images.shape[0], -2f),
        Classes = classes ?? (_ => throw new InvalidOperationException("nobody asked for accuracies")),
        Hash = () => hash,
        Save = () => saved++,
        Step = 10,
        Batch = 4,
    };

    /// <summary>Pixels from the seed, four a batch; fails at a batch that it is told.</summary>
    private sealed record Known : GeneratorConfig
    {
        public int Side { get; init; } = 4;

        public int FailAt { get; set; }

        public int Batches { get; set; }

        public ClassifierGuide? Guide { get; set; }

        public override bool Anew => false;

        public override bool Guidable => true;

        public override IReadOnlyList<string> SamplingFields => [];

        public override object Sampling => new { Steps = 5 };

        public override IGenerator OpenGuided(string folder, RunContext context, ClassifierGuide guide)
        {
            Guide = guide;
            return new Made(this, guide);
        }

        public override long Weights(ImageSet train) => 0;

        public override GeneratorCost Cost(Calibration calibration) => throw new NotSupportedException();

        public override void Train(TrainingWork work) => throw new NotSupportedException();

        public override void Synthesize(SynthesisWork work) => throw new NotSupportedException();

        public override ImageSet Regenerate(RegenerationWork work) => throw new NotSupportedException();
    }

    private sealed class Made(Known config, ClassifierGuide guide) : IGenerator
    {
        public string Name => "known";

        public string Hash => "0123456789abcdef";

        public int Channels => 3;

        public int Height => config.Side;

        public int Width => config.Side;

        public IReadOnlyList<string> ClassNames => guide.Classes;

        public int PreferredBatch => 4;

        public int Evaluations => 5;

        public int ClassifierGradients => 4;

        public void Sample(IReadOnlyList<SampleRequest> batch, Span<byte> pixels, CancellationToken cancel = default)
        {
            if (++config.Batches == config.FailAt)
            {
                throw new InvalidOperationException("killed");
            }

            for (var i = 0; i < pixels.Length; i++)
            {
                pixels[i] = (byte)Rng.Seed(batch[i / (pixels.Length / batch.Count)].Seed, "pixel", i);
            }
        }

        public Provenance Describe(SampleRequest request, int batch, int slot)
            => new() { Generator = "known:" + Hash, Seed = request.Seed, More = new Dictionary<string, string>(guide.Columns, StringComparer.Ordinal) };

        public void Dispose()
        {
        }
    }
}
