using Odm.Engine.Optimization;
using TorchSharp.Modules;
using Adam = Odm.Engine.Optimization.Adam;
using AdamW = Odm.Engine.Optimization.AdamW;

namespace Odm.Classify.Training;

/// <summary>Makes the optimiser that a recipe names.</summary>
internal static class Optimizers
{
    public static Optimizer Make(LearningRecipe recipe, IEnumerable<(string name, Parameter parameter)> parameters)
        => recipe.Optimizer switch
        {
            OptimizerKind.Sgd => new Sgd(parameters, recipe.LearningRate, recipe.Momentum, recipe.WeightDecay),
            OptimizerKind.Adam => new Adam(parameters, recipe.LearningRate, weightDecay: recipe.WeightDecay),
            OptimizerKind.AdamW => new AdamW(parameters, recipe.LearningRate, weightDecay: recipe.WeightDecay),
            _ => throw new ArgumentException($"no optimizer is called {recipe.Optimizer}", nameof(recipe)),
        };
}
