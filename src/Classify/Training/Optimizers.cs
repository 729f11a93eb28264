using Odm.Data.Training;
using TorchSharp.Modules;
using Adam = Odm.Data.Training.Adam;
using AdamW = Odm.Data.Training.AdamW;

namespace Odm.Classify;

/// <summary>Makes the optimiser that a recipe names.</summary>
internal static class Optimizers
{
    public static Optimizer Make(LearningRecipe recipe, IEnumerable<(string name, Parameter parameter)> parameters) => recipe.Optimizer switch
    {
        "sgd" => new Sgd(parameters, recipe.LearningRate, recipe.Momentum, recipe.WeightDecay),
        "adam" => new Adam(parameters, recipe.LearningRate, weightDecay: recipe.WeightDecay),
        _ => new AdamW(parameters, recipe.LearningRate, weightDecay: recipe.WeightDecay),
    };
}
