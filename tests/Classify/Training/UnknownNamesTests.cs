using Odm.Classify.Classification;
using Odm.Classify.Losses;
using Odm.Classify.Training;
using Odm.Data.Batching;
using Odm.Engine.Runtime;
using static TorchSharp.torch;

namespace Odm.Classify.Tests;

/// <summary>A value that nobody handles is refused where it is used, whatever looked at it before.</summary>
public class UnknownNamesTests
{
    private static readonly ClassifierRecipe Recipe = new() { Network = (ClassifierNetwork)51, Optimizer = (OptimizerKind)52, Schedule = (RateSchedule)53, LearningRate = 1, Batch = 1 };

    [Fact]
    public void An_optimizer() => Should.Throw<ArgumentException>(() => Optimizers.Make(Recipe, [])).Message.ShouldBe("no optimizer is called 52 (Parameter 'recipe')");

    [Fact]
    public void A_schedule() => Should.Throw<InvalidOperationException>(() => Recipe.RateAt(0)).Message.ShouldBe("no schedule is called 53");

    [Fact]
    public void A_loss_of_masks()
    {
        using var some = zeros([1, 2, 4, 4]);
        Should.Throw<ArgumentException>(() => MaskLosses.Of((MaskLoss)54, some, some)).Message.ShouldStartWith("no loss of masks is called 54");
    }

    [Fact]
    public void A_network()
    {
        var manifest = new ClassifierManifest
        {
            Recipe = Recipe,
            Classes = ["a", "b"],
            Channels = 3,
            Normalisation = new Normalisation(NormalisationKind.Unit, [0], [1]),
            Seed = 1,
            TrainingListHash = "",
        };
        Should.Throw<ArgumentException>(() => manifest.Make(Precision.Fp32)).Message.ShouldBe("no classifier network is called 51");
    }
}
