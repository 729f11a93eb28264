using Odm.Classify.Losses;
using Odm.Classify.Segmentation;
using Odm.Classify.Training;
using Odm.Data.Batching;

namespace Odm.Classify.Tests;

public sealed class SegmenterConfigTests
{
    [Theory]
    [InlineData("cpu")]
    [InlineData("paper")]
    public void Every_preset_is_without_fault(string recipe) => new SegmenterConfig { Recipe = recipe }.Faults("downstream").ShouldBeEmpty();

    [Fact]
    public void The_paper_preset_trains_as_the_paper_says()
    {
        var r = new SegmenterConfig { Recipe = "paper" }.Resolve(images: 320);
        (r.Encoder, r.Loss, r.Optimizer, r.Batch, r.SelectBy, r.Steps).ShouldBe((SegmenterEncoder.SeResNeXt50, MaskLoss.Dice, OptimizerKind.Adam, 32, "iou", 150L * 10));
        r.RateAt(0).ShouldBe(1e-4, 1e-12);
        r.RateAt(50 * 10 - 1).ShouldBe(1e-4, 1e-12);
        r.RateAt(50 * 10).ShouldBe(1e-5, 1e-12);
        r.RateAt(r.Steps - 1).ShouldBe(1e-5, 1e-12);
    }

    [Fact]
    public void The_cpu_preset_counts_steps_whatever_the_images_and_any_field_goes_over_it()
    {
        new SegmenterConfig().Resolve(10).Steps.ShouldBe(new SegmenterConfig().Resolve(100_000).Steps);
        var r = new SegmenterConfig { Encoder = SegmenterEncoder.ResNet50, Decoder = [8, 8, 8, 8, 8], Loss = MaskLoss.Dice, Steps = 7, Batch = 4, Normalisation = NormalisationKind.Raw }.Resolve(1000);
        (r.Encoder, r.Decoder.Sum(), r.Loss, r.Steps, r.Batch, r.Normalisation, r.Optimizer).ShouldBe((SegmenterEncoder.ResNet50, 40, MaskLoss.Dice, 7L, 4, NormalisationKind.Raw, OptimizerKind.AdamW));
    }

    [Fact]
    public void All_faults_are_told_each_with_field_value_and_what_is_allowed()
    {
        var faults = new SegmenterConfig { Kind = "classifier", Size = 48, Decoder = [1, 2], SelectBy = "mcc", LearningRate = 0 }.Faults("downstream").ToArray();
        faults.Length.ShouldBe(5);
        faults.ShouldContain("downstream.kind: \"classifier\"; must be one of segmenter");
        faults.ShouldContain("downstream.size: 48; must be 0 (as they are) or a multiple of 32 pixels: U-Net++ halves an image five times");
        new SegmenterConfig { Weights = "imagenet" }.Faults("d").Single().ShouldContain("encoder: resnet50-v1");
        new SegmenterConfig { Recipe = "x" }.Faults("d").Single().ShouldBe("d.recipe: \"x\"; must be one of cpu, paper");
    }
}
