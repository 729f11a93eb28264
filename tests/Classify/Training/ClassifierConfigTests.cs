using Odm.Classify.Classification;
using Odm.Classify.Losses;
using Odm.Classify.Training;
using Odm.Data.Batching;

namespace Odm.Classify.Tests;

public sealed class ClassifierConfigTests
{
    [Theory]
    [InlineData("cpu")]
    [InlineData("iois")]
    [InlineData("thesis-cnn")]
    [InlineData("thesis-resnet50")]
    public void Every_preset_is_without_fault(string recipe) => new ClassifierConfig { Recipe = recipe }.Faults("downstream").ShouldBeEmpty();

    [Fact]
    public void Iois_trains_as_the_paper_says()
    {
        var r = new ClassifierConfig { Recipe = "iois" }.Resolve(images: 3200);
        (r.Batch, r.Size, r.Optimizer, r.SelectBy, r.Weights, r.Steps).ShouldBe((32, 224, OptimizerKind.Sgd, "macro_f1", "imagenet", 200L * 100));
        long Epoch(int e) => e * 100L;
        r.RateAt(0).ShouldBe(.0125, 1e-12);
        r.RateAt(Epoch(60) - 1).ShouldBe(.0125, 1e-12);
        r.RateAt(Epoch(60)).ShouldBe(.00125, 1e-12);
        r.RateAt(Epoch(120)).ShouldBe(.000125, 1e-12);
        r.RateAt(Epoch(180)).ShouldBe(.0000125, 1e-12);
    }

    [Fact]
    public void The_thesis_presets_train_as_the_thesis_says()
    {
        var cnn = new ClassifierConfig { Recipe = "thesis-cnn" }.Resolve(1773);
        (cnn.Batch, cnn.Optimizer, cnn.Normalisation, cnn.Steps).ShouldBe((25, OptimizerKind.Adam, NormalisationKind.ZScore, 80L * 70));
        var resnet = new ClassifierConfig { Recipe = "thesis-resnet50" }.Resolve(1773);
        (resnet.Batch, resnet.Freeze, resnet.Hidden > 0, resnet.Steps).ShouldBe((25, true, true, 25L * 70));
    }

    [Fact]
    public void The_cpu_recipe_counts_steps_whatever_the_images_and_its_rate_rises_then_falls_to_zero()
    {
        var r = new ClassifierConfig().Resolve(10);
        r.Steps.ShouldBe(new ClassifierConfig().Resolve(100_000).Steps);
        var rates = Enumerable.Range(0, (int)r.Steps).Select(s => r.RateAt(s)).ToArray();
        rates.Max().ShouldBe(r.LearningRate, 1e-9);
        rates[0].ShouldBeLessThan(r.LearningRate / 20);
        rates[^1].ShouldBeLessThan(r.LearningRate / 1000);
        rates.Skip(Array.IndexOf(rates, rates.Max()) + 1).Zip(rates.Skip(Array.IndexOf(rates, rates.Max()) + 2)).ShouldAllBe(p => p.First >= p.Second);
    }

    [Fact]
    public void Any_field_goes_over_the_preset()
    {
        var r = new ClassifierConfig { Recipe = "iois", Steps = 7, Batch = 4, Weights = "none", Network = ClassifierNetwork.ResNet50, ClassWeights = true }.Resolve(1000);
        (r.Steps, r.Batch, r.Weights, r.Network, r.ClassWeights, r.Optimizer).ShouldBe((7L, 4, "none", ClassifierNetwork.ResNet50, true, OptimizerKind.Sgd));
        new ClassifierConfig { Epochs = 3 }.Resolve(320).Steps.ShouldBe(30);
    }

    [Fact]
    public void All_faults_are_told_each_with_field_value_and_what_is_allowed()
    {
        var faults = new ClassifierConfig { Batch = 1, LearningRate = -1, SelectBy = "auc", Steps = 5, Epochs = 5 }.Faults("downstream").ToArray();
        faults.Length.ShouldBe(4);
        faults[0].ShouldBe("downstream.select_by: \"auc\"; must be one of accuracy, balanced_accuracy, macro_f1, weighted_f1, mcc, qwk, loss");
        faults.ShouldContain("downstream.batch: 1; must be at least 2: batch norm needs more than one image");
        new ClassifierConfig { Recipe = "x" }.Faults("d").Single().ShouldBe("d.recipe: \"x\"; must be one of cpu, iois, thesis-cnn, thesis-resnet50");
        new ClassifierConfig { Weights = "imagenet" }.Faults("d").Single().ShouldContain("network: resnet50-v1");
        new ClassifierConfig { Loss = new() { Kind = LossKind.Focal, Gamma = -1 }, Evaluation = new() { Resize = 20, Crop = 24 } }.Faults("d")
            .ShouldBe(["d.loss.gamma: -1; must be 0 to 100", "d.evaluation.resize: 20; must be at least 8 pixels and not below crop, 24"]);
        new ClassifierConfig { Loss = LossConfig.Parse("logit_adjustment"), Sampling = Sampling.Balanced, Mixup = -1 }.Faults("d").Count().ShouldBe(2);
        new ClassifierConfig { Freeze = true }.Faults("d").Single().ShouldContain("freeze");
    }
}
