using Odm.Augment.Generators;
using Odm.Classify.Classification;
using Odm.Classify.Training;
using Odm.Data.Batching;
using Odm.Engine.Runtime;
using Odm.Pipeline.Configuration;
using Odm.Pipeline.Online;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Pipeline.Tests;

/// <summary>The defects of the published code, one by one: with <c>paper_code: true</c> they are there, by default none is.</summary>
public sealed class PaperCodeTests
{
    private static readonly OnlineConfig Default = new() { Generator = "g", Images = 100 };
    private static readonly OnlineConfig Code = Default with { PaperCode = true };

    [Fact]
    public void Images_before_anything_is_learned_at_accuracies_of_a_half()
    {
        (Code.First, Code.Due(0)).ShouldBe((0, true));
        (Default.First, Default.Due(0), Default.Due(1)).ShouldBe((1, false, true));
        (Default with { Every = 3 }).First.ShouldBe(3);
        PaperCode.BeforeTraining(4).ShouldBe([.5, .5, .5, .5]);
    }

    [Fact]
    public void A_classifier_asked_about_noisy_images()
        => (Code.Sees, Default.Sees).ShouldBe((GuidanceOn.Noisy, GuidanceOn.Clean));

    [Fact]
    public void Numbers_rounded_down_without_a_temperature()
    {
        // softmax of 0 and 1 is .2689 and .7311
        PaperCode.Counts(100, [1, 0], 1).ShouldBe([26, 73]);
        Odm.Augment.Plans.AccuracyAdaptive.Counts(100, [1, 0], new AdaptiveConfig().Tau).ShouldBe([2, 98]); // 1 to e⁴
    }

    [Fact]
    public void The_last_batch_of_a_synthesis_left_out()
    {
        PaperCode.Counts(100, [.5, .5, .5], 32).ShouldBe([33, 33, 30]); // 99 after rounding down, 96 in full batches
        PaperCode.Counts(20, [.5, .5], 32).ShouldBe([0, 0]);
    }

    [Fact]
    public void Validation_images_transformed_and_the_last_batch_of_them_left_out()
    {
        var val = OnlineImagesTests.Images(5, "v", "val"); // 15
        (Tensor, Tensor?) Darker(Tensor image, Tensor? mask, Rng rng) => (image * 0.5f, mask);
        var seen = Images(Code, Darker).Validation(val, 4, 10);
        seen.Count.ShouldBe(12);
        seen.Image(3).ToArray().ShouldBe(val.Image(3).ToArray().Select(p => (byte)Math.Round(p * .5, MidpointRounding.ToEven)));
        seen.Rows.Select(r => r.Label).ShouldBe(val.Rows.Take(12).Select(r => r.Label));
        Images(Default, Darker).Validation(val, 4, 10).ShouldBeSameAs(val);
    }

    [Fact]
    public void Synthetic_images_normalised_by_another_scale()
    {
        // the two lines of the code: mean and deviation of real images over 255, and what it has for synthetic ones
        var real = new Normalisation(NormalisationKind.Dataset, [195.461 / 255, 139.809 / 255, 146.056 / 255], [22.945 / 255, 30.287 / 255, 34.036 / 255]);
        var synthetic = Images(Code, null).OfSynthetic(real)!;
        synthetic.Mean.ShouldBe([.7635, .5461, .5705], 5e-5);
        synthetic.Std.ShouldBe([.0896, .1183, .1330], 5e-5);
        Images(Default, null).OfSynthetic(real).ShouldBeNull();
    }

    [Fact]
    public void Weights_chosen_by_plain_accuracy()
    {
        var downstream = new ClassifierConfig { SelectBy = "macro_f1" };
        new ArmConfig { Online = Code }.Over(downstream).ShouldBeOfType<ClassifierConfig>().SelectBy.ShouldBe("accuracy");
        new ArmConfig { Online = Default }.Over(downstream).ShouldBeOfType<ClassifierConfig>().SelectBy.ShouldBe("macro_f1");
    }

    [Fact]
    public void Accuracies_of_validation_and_training_images_together()
    {
        // all training images right, all validation images wrong: half of each class of equal sides
        var folder = Directory.CreateTempSubdirectory("odm-online-").FullName;
        try
        {
            var (real, val) = (OnlineImagesTests.Images(4, "r"), OnlineImagesTests.Images(4, "v", "val"));
            IReadOnlyList<int> Said(Data.Images.ImageSet set) => [.. set.Rows.Select(r => r.Id[0] == 'r' ? r.Label : (r.Label + 1) % 3)];
            Accuracies(Code with { Aas = new() }).ShouldBe([.5, .5, .5]);
            Accuracies(Default with { Aas = new() { Accuracy = AccuracyOn.Training } }).ShouldBe([1, 1, 1]);

            double[] Accuracies(OnlineConfig config)
            {
                var work = Work(config, null, folder) with { Real = real, Validation = config.PaperCode ? val : null };
                return new OnlineImages(work).Measured(5, new()
                {
                    LogProbability = (_, _) => zeros(1),
                    RawLogProbability = (_, _) => zeros(1),
                    Classes = Said,
                    Hash = () => "w",
                    Save = () => { },
                    Step = 10,
                    Batch = 4,
                });
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Every_defect_has_its_sentence()
    {
        PaperCode.Defects.Count.ShouldBe(10);
        PaperCode.Defects.Except(PaperCode.DefectsOf(adaptive: false)).ShouldBe([PaperCode.Defects[4], PaperCode.Defects[5]]);
    }

    private static OnlineImages Images(OnlineConfig config, ImageTransform? transform) => new(Work(config, transform, "nowhere"));

    private static OnlineWork Work(OnlineConfig config, ImageTransform? transform, string folder) => new()
    {
        Config = config,
        Generator = null!,
        Trained = "",
        Real = OnlineImagesTests.Images(4, "r"),
        Slice = null,
        Transform = transform,
        Seed = 1,
        Folder = folder,
        Context = new(CPU, Precision.Fp32, _ => { }, CancellationToken.None),
        Stage = "fit",
    };
}
