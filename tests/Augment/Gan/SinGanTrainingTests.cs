using System.Globalization;
using Odm.Augment.Gan.SinGan;
using Odm.Augment.Generators;
using Odm.Data.Images;
using Odm.Engine.Runtime;
using Odm.Tests;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Tests;

public sealed class SinGanTrainingTests : IDisposable
{
    private static readonly SinGanGeneratorConfig Small = new()
    {
        Kind = "singan-seg",
        Training = new() { MinSize = 14, ScaleFactor = .6, Channels = 4, Steps = 4, DiscriminatorSteps = 2, GeneratorSteps = 1, Sources = 2 },
    };

    private readonly TemporaryFolder scratch = new();
    private readonly List<Progress> reports = [];

    public void Dispose() => scratch.Dispose();

    private TrainingWork Work(string name, CancellationToken cancel = default) => GanDrawn.Work(scratch[name], cancel: cancel, reports: reports);

    private void One(string name, Action<long>? beforeStep = null, CancellationToken cancel = default, SinGanConfig? training = null, int image = 3)
    {
        var shape = SinGanShape.Of(training ?? Small.Training, GanDrawn.Eyes);
        SinGanModels.Train(shape, GanDrawn.Eyes.Select([image]), scratch[name], Work(name, cancel), (step, words) => reports.Add(new("", step, 0, 0, "", words)), beforeStep);
    }

    private void ShouldBeEqual(string a, string b, params string[] files)
    {
        foreach (var file in files)
        {
            File.ReadAllBytes(Path.Combine(scratch[a], file)).SequenceEqual(File.ReadAllBytes(Path.Combine(scratch[b], file))).ShouldBeTrue(file);
        }
    }

    [Theory]
    [InlineData(2)] // within the first scale
    [InlineData(4)] // where a scale is frozen and the next begins with its weights
    [InlineData(9)] // within the last of three
    public void A_training_that_is_cancelled_goes_on_to_the_bits_of_an_uninterrupted_one(int at)
    {
        One("whole");
        using var cancel = new CancellationTokenSource();
        Should.Throw<OperationCanceledException>(() => One("parts", step =>
        {
            if (step == at - 1)
            {
                cancel.Cancel();
            }
        }, cancel.Token));
        One("parts");
        reports.Select(r => r.Note).ShouldContain(string.Create(CultureInfo.InvariantCulture, $"resumed at step {at}"));
        ShouldBeEqual("parts", "whole", "checkpoint/weights.safetensors", "checkpoint/state.json", "curve.csv");
        var rows = File.ReadAllLines(Path.Combine(scratch["whole"], "curve.csv"));
        rows[0].ShouldBe("step,discriminator,generator,reconstruction,real_logit,fake_logit,penalty,amplitude,learning_rate");
        rows.Length.ShouldBe(13, "three scales of four steps");
        rows.Skip(1).Select(r => r.Split(',')[8]).ShouldBe(Enumerable.Repeat(new[] { "0.0005", "0.0005", "0.0005", "0.0005" }, 3).SelectMany(r => r)); // .8 of 4 steps is beyond the last
    }

    [Fact]
    public void A_training_that_is_killed_begins_at_its_last_checkpoint_whatever_lies_beside_it()
    {
        One("whole");
        Should.Throw<InvalidOperationException>(() => One("killed", step =>
        {
            if (step == 6)
            {
                throw new InvalidOperationException("killed");
            }
        }));
        Directory.CreateDirectory(Path.Combine(scratch["killed"], "checkpoint.partial"));
        File.WriteAllText(Path.Combine(scratch["killed"], "checkpoint.partial", "weights.safetensors"), "half");
        File.AppendAllText(Path.Combine(scratch["killed"], "curve.csv"), "5,1,2,3");
        One("killed");
        reports.ShouldContain(r => r.Note == "resumed at step 4");
        ShouldBeEqual("killed", "whole", "checkpoint/weights.safetensors", "checkpoint/state.json", "curve.csv");
    }

    [Fact]
    public void Many_images_are_trained_one_after_the_other_and_a_finished_one_is_passed_over()
    {
        Small.Train(Work("whole"));
        using var cancel = new CancellationTokenSource();
        var images = 0;
        Should.Throw<OperationCanceledException>(() => Small.Train(Work("parts", cancel.Token) with
        {
            Context = GanDrawn.Context(cancel.Token) with
            {
                Report = p =>
                {
                    if (p.Note!.StartsWith("image 2 of 2", StringComparison.Ordinal) && images++ == 0)
                    {
                        cancel.Cancel();
                    }
                },
            },
        }));
        var first = File.GetLastWriteTimeUtc(Path.Combine(scratch["parts"], "sources/00000/checkpoint/weights.safetensors"));
        Small.Train(Work("parts"));
        File.GetLastWriteTimeUtc(Path.Combine(scratch["parts"], "sources/00000/checkpoint/weights.safetensors")).ShouldBe(first);
        ShouldBeEqual("parts", "whole", "sources/00000/checkpoint/weights.safetensors", "sources/00001/checkpoint/weights.safetensors", "sources/00001/curve.csv", "sources.csv", "sheets/sources.png");
        var last = reports.Last(r => r.Note!.StartsWith("image 2", StringComparison.Ordinal));
        (last.Step, last.Note!).ShouldSatisfyAllConditions(r => r.Step.ShouldBe(last.Total), r => r.Item2.ShouldStartWith("image 2 of 2, scale 3 of 3, losses"));
        Small.Networks(scratch["whole"], GanDrawn.Eyes).ShouldAllBe(n => TrainingList.Read(n.Folder).ContentHash == n.Images.ContentHash);
        Should.Throw<DatasetException>(() => Small.Networks(scratch["whole"], GanDrawn.Eyes.Select([0]))).Message.ShouldContain("it was trained on others");
    }

    [Fact]
    public void Sources_are_chosen_by_the_seed_and_a_smaller_choice_is_within_a_larger_one()
    {
        var (few, many) = (SinGanSources.Chosen(100, 5, 3), SinGanSources.Chosen(100, 20, 3));
        (few.Count, many.Count).ShouldBe((5, 20));
        few.ShouldBeSubsetOf(many);
        many.ShouldBe(many.Order());
        SinGanSources.Chosen(100, 5, 4).ShouldNotBe(few);
        SinGanSources.Chosen(4, 20, 3).ShouldBe([0, 1, 2, 3]);
        SinGanSources.Chosen(4, null, 3).ShouldBe([0, 1, 2, 3]);
    }

    [Fact]
    public void A_loss_that_is_not_finite_begins_the_scale_again_at_half_the_rate_and_gives_up_in_the_end()
    {
        Should.Throw<StudyException>(() => One("wild", training: Small.Training with { GradientPenalty = 1e38 })).Message
            .ShouldContain("learning_rate 0.0005: the training of an image's SinGAN diverged 7 times");
        reports.ShouldContain(r => r.Note!.StartsWith("! loss or gradient not finite at step", StringComparison.Ordinal));
    }

    [Fact]
    public void Another_image_seed_or_setting_is_refused_in_a_folder_that_holds_a_training()
    {
        One("a");
        Should.Throw<StudyException>(() => One("a", image: 4)).Message.ShouldContain("belongs to a training with other settings, images or seed");
        Should.Throw<StudyException>(() => One("a", training: Small.Training with { Noise = .2 })).Message.ShouldContain("belongs to a training");
        One("a", training: Small.Training with { Sources = 7 }); // how many others there are is not its matter
    }

    [Fact]
    public void No_tensors_are_left_behind_by_steps_or_scales()
    {
        var live = new List<long>();
        One("long", _ => live.Add(Tensor.TotalCount), training: Small.Training with { Steps = 6 });
        live[5].ShouldBe(live[2]);
        live[17].ShouldBe(live[14]);
    }

    [Fact]
    public void What_it_makes_again_of_the_fixed_noise_is_near_its_image_and_what_it_draws_is_another()
    {
        One("learned", training: Small.Training with { Steps = 60, Channels = 8, LearningRate = .002 });
        using var scope = NewDisposeScope();
        var (model, shape, _) = SinGanModel.Open(scratch["learned"], GanDrawn.Context());
        using var held = model;
        var real = new SinGanTask { Shape = shape, Image = GanDrawn.Eyes.Select([3]), ListFile = "", Seed = 0, Folder = "", Context = GanDrawn.Context() }.Pixels();
        var (again, drawn) = (model.Draw(1, start: 3), model.Draw(1, start: 0));
        var (spread, missed) = ((real - real.mean()).square().mean().item<float>(), (again - real).square().mean().item<float>());
        missed.ShouldBeLessThan(.25f * spread);
        (drawn - real).square().mean().item<float>().ShouldBeGreaterThan(1.1f * missed);
        model.Draw(2, start: 3).Values().ShouldBe(again.Values(), "without noise the seed says nothing");
        model.Draw(2, start: 0).Values().ShouldNotBe(drawn.Values());
        model.Amplitudes[0].ShouldBe(1);
        model.Amplitudes.Skip(1).ShouldAllBe(a => a > 0 && a < .1);
    }
}
