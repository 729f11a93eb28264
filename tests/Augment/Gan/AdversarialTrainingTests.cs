using Odm.Augment.Gan.Augmenting;
using Odm.Augment.Gan.Family;
using Odm.Augment.Gan.Losses;
using Odm.Augment.Generators;
using Odm.Augment.Plans;
using Odm.Data.Images;
using Odm.Engine.Files;
using Odm.Engine.Runtime;
using Odm.Tests;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Tests;

public sealed class AdversarialTrainingTests : IDisposable
{
    private readonly TemporaryFolder scratch = new();
    private readonly List<Progress> reports = [];

    public void Dispose() => scratch.Dispose();

    private void Train(string name, GanGeneratorConfig config, CancellationToken cancel = default, Action<long>? beforeStep = null)
        => GanDrawn.Train(config, GanDrawn.Work(scratch[name], cancel: cancel, reports: reports), beforeStep);

    private void ShouldBeEqual(string a, string b)
    {
        foreach (var file in new[] { "checkpoint/weights.safetensors", "checkpoint/ema.safetensors", "checkpoint/optimizer.safetensors", "checkpoint/state.json", "curve.csv", "sheets/step-00000006.png" })
        {
            File.ReadAllBytes(Path.Combine(scratch[a], file)).SequenceEqual(File.ReadAllBytes(Path.Combine(scratch[b], file))).ShouldBeTrue(file);
        }
    }

    public static TheoryData<string> Ways => ["non_saturating", "hinge", "wgan_gp", "least_squares", "ada", "micro", "stylegan"];

    private static GanGeneratorConfig Config(string way)
    {
        if (way == "stylegan")
        {
            return GanDrawn.StyleGan;
        }

        var config = GanDrawn.Dcgan;
        var training = config.Training;
        return config with
        {
            Training = way switch
            {
                "hinge" => training with { Loss = AdversarialLoss.Hinge, Augment = DiscriminatorAugmentation.Diffaugment, HorizontalFlip = true },
                "wgan_gp" => training with { Loss = AdversarialLoss.WganGp, GradientPenalty = 10, DiscriminatorSteps = 2 },
                "least_squares" => training with { Loss = AdversarialLoss.LeastSquares, VerticalFlip = true, Ema = 0 },
                "ada" => training with { Augment = DiscriminatorAugmentation.Ada, R1 = .1, R1Every = 2, Ada = new() { Every = 2, Images = 40, Target = -.9 } },
                "micro" => training with { MicroBatch = 2, GeneratorSteps = 2, R1 = 1 },
                _ => training,
            },
        };
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void An_interrupted_training_ends_with_the_weights_of_an_uninterrupted_one(string way)
    {
        Train("whole", Config(way));
        using var cancel = new CancellationTokenSource();
        Should.Throw<OperationCanceledException>(() => Train("parts", Config(way), cancel.Token, step =>
        {
            if (step == 3)
            {
                cancel.Cancel();
            }
        }));
        Train("parts", Config(way));
        reports.ShouldContain(r => r.Note == "resumed at step 4");
        ShouldBeEqual("parts", "whole");
        var rows = File.ReadAllLines(Path.Combine(scratch["whole"], "curve.csv"));
        rows[0].ShouldBe("step,discriminator,generator,real_logit,fake_logit,real_sign,penalty,path_length,augment_probability,learning_rate,discriminator_norm,generator_norm");
        rows.Length.ShouldBe(7);
        (rows[1].Split(',')[6].Length > 0).ShouldBe(way is "wgan_gp" or "ada" or "micro" or "stylegan", "a penalty is there where one is asked for");
        rows.Skip(1).Count(r => r.Split(',')[7].Length > 0).ShouldBe(way == "stylegan" ? 3 : 0, "path lengths at every other update");
        if (way is "ada" or "stylegan")
        {
            rows[6].Split(',')[8].ShouldNotBe("0", "the probability has moved");
        }
    }

    [Fact]
    public void A_loss_that_is_not_finite_goes_back_at_half_the_rate_and_gives_up_in_the_end()
    {
        var fault = Should.Throw<StudyException>(() => Train("wild", GanDrawn.Dcgan with { Training = GanDrawn.Dcgan.Training with { Loss = AdversarialLoss.WganGp, GradientPenalty = 1e38, Steps = 30 } }));
        fault.Message.ShouldContain("learning_rate 0.0002: the adversarial training diverged 7 times");
        reports.ShouldContain(r => r.Note!.StartsWith("! loss or gradient not finite at step", StringComparison.Ordinal));
    }

    [Fact]
    public void The_probability_of_augmentation_rises_where_a_discriminator_knows_its_few_images()
    {
        var config = GanDrawn.Dcgan;
        var work = GanDrawn.Work(scratch["few"], GanDrawn.Eyes.Select([0, 1, 2, 3]));
        GanDrawn.Train(config with { Training = config.Training with { Steps = 30, LearningRate = 1e-7, DiscriminatorRate = 5e-3, SheetEvery = 0, Augment = DiscriminatorAugmentation.Ada, Ada = new() { Every = 2, Images = 240 } } }, work);
        double[] probability = [.. File.ReadAllLines(Path.Combine(scratch["few"], "curve.csv")).Skip(1).Select(r => double.Parse(r.Split(',')[8], System.Globalization.CultureInfo.InvariantCulture))];
        probability[0].ShouldBe(0);
        probability.Max().ShouldBeGreaterThan(.2);
    }

    [Fact]
    public void Two_penalties_are_added()
    {
        double Penalty(string name, double r1, double gradient)
        {
            Train(name, GanDrawn.Dcgan with { Training = GanDrawn.Dcgan.Training with { Steps = 1, SheetEvery = 0, R1 = r1, GradientPenalty = gradient } });
            return double.Parse(File.ReadAllLines(Path.Combine(scratch[name], "curve.csv"))[1].Split(',')[6], System.Globalization.CultureInfo.InvariantCulture);
        }
        var (r1, gradient) = (Penalty("r1", .5, 0), Penalty("gradient", 0, 10));
        r1.ShouldBeGreaterThan(0);
        gradient.ShouldBeGreaterThan(0);
        Penalty("both", .5, 10).ShouldBe(r1 + gradient, 1e-4 * (r1 + gradient));
    }

    [Fact]
    public void Another_number_of_sheets_continues_the_same_training()
    {
        using var cancel = new CancellationTokenSource();
        Should.Throw<OperationCanceledException>(() => Train("sheets", GanDrawn.Dcgan, cancel.Token, _ => cancel.Cancel()));
        Train("sheets", GanDrawn.Dcgan with { Training = GanDrawn.Dcgan.Training with { SheetEvery = 1 } });
        reports.ShouldContain(r => r.Note!.StartsWith("resumed at step", StringComparison.Ordinal));
    }

    [Fact]
    public void Another_seed_or_setting_is_refused_in_a_folder_that_holds_a_training()
    {
        Train("a", GanDrawn.Dcgan);
        Should.Throw<StudyException>(() => Train("a", GanDrawn.Dcgan with { Network = new() { Latent = 9, Channels = 4 } })).Message.ShouldContain("belongs to a training with other settings");
    }

    [Fact]
    public void No_tensors_are_left_behind_by_steps()
    {
        var live = new List<long>();
        var config = Config("ada");
        Train("long", config with { Training = config.Training with { Steps = 12, SheetEvery = 4 } }, beforeStep: _ => live.Add(Tensor.TotalCount));
        live[11].ShouldBe(live[3]);
    }

    [Fact]
    public void A_set_is_drawn_and_each_image_can_be_made_again_from_its_row()
    {
        foreach (var (kind, classes) in new[] { ("dcgan", ClassHandling.Conditional), ("dcgan", ClassHandling.Separate), ("stylegan2-ada", ClassHandling.Conditional) })
        {
            GanGeneratorConfig start = kind == "dcgan" ? GanDrawn.Dcgan : GanDrawn.StyleGan;
            var (config, folder) = (start with { Classes = classes, Drawing = new() { SampleBatch = 7, Truncation = .7 } }, scratch[kind + classes]);
            var work = GanDrawn.Work(folder);
            config.Train(work);
            config.Networks(folder, work.Images).Count.ShouldBe(classes == ClassHandling.Separate ? 5 : 1);
            config.Networks(folder, work.Images).ShouldAllBe(n => TrainingList.Read(n.Folder).Images.Count == n.Images.Count);
            var synthesis = new SynthesisWork
            {
                Trained = folder,
                Sources = work.Images,
                Counts = [3, 2, 1, 2, 1],
                Classes = work.Images.Classes,
                Seed = 8,
                Number = 1,
                Folder = Path.Combine(folder, "set"),
                Context = work.Context,
                Stage = "synthesize",
            };
            config.Synthesize(synthesis);
            var set = ImageSet.Open(synthesis.Folder);
            set.ClassCounts().ShouldBe([3, 2, 1, 2, 1]);
            set.Rows.Select(r => r.Sha256).Distinct().Count().ShouldBeGreaterThan(4);
            set.Rows[4].Provenance!.More["truncation"].ShouldBe("0.7");
            foreach (var index in new[] { 0, 4, 8 })
            {
                (config with { Drawing = new() }).Regenerate(new() { Trained = folder, Set = set, Index = index, Context = work.Context }).Rows[0].Sha256.ShouldBe(set.Rows[index].Sha256);
            }
            using var opened = config.Open(folder, work.Context);
            Synthesis.Draw(opened, new Plan { Counts = [3, 2, 1, 2, 1] }, 8, work.Context, "draw").Rows.Select(r => r.Sha256).ShouldBe(set.Rows.Select(r => r.Sha256));
        }
    }
}
