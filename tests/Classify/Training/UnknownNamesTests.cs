using Odm.Classify.Classification;
using Odm.Classify.Losses;
using Odm.Classify.Training;
using Odm.Data.Batching;
using Odm.Engine.Runtime;
using static TorchSharp.torch;

namespace Odm.Classify.Tests;

/// <summary>A name that nobody handles is refused where it is used, whatever looked at it before.</summary>
public class UnknownNamesTests
{
    private static readonly ClassifierRecipe Recipe = new() { Network = "resnet51", Optimizer = "adamx", Schedule = "sine", LearningRate = 1, Batch = 1 };

    [Fact]
    public void An_optimizer() => Should.Throw<ArgumentException>(() => Optimizers.Make(Recipe, [])).Message.ShouldContain("adamx");

    [Fact]
    public void A_schedule() => Should.Throw<InvalidOperationException>(() => Recipe.RateAt(0)).Message.ShouldContain("sine");

    [Fact]
    public void A_loss_of_masks()
    {
        using var some = zeros([1, 2, 4, 4]);
        Should.Throw<ArgumentException>(() => MaskLosses.Of("dyce", some, some)).Message.ShouldContain("dyce");
    }

    [Fact]
    public void A_network()
    {
        var manifest = new ClassifierManifest
        {
            Recipe = Recipe,
            Classes = ["a", "b"],
            Channels = 3,
            Normalisation = new Normalisation("none", [0], [1]),
            Seed = 1,
            TrainingListHash = "",
        };
        Should.Throw<ArgumentException>(() => manifest.Make(Precision.Fp32)).Message.ShouldContain("resnet51");
    }
}
