using Microsoft.ML;
using Microsoft.ML.Trainers;
using Microsoft.ML.Trainers.FastTree;
using Microsoft.ML.Trainers.LightGbm;

namespace Odm.MLNet.Judges;

/// <summary>ML.NET's trainers by the study file's names, each on one thread, so that equal seeds give equal models.</summary>
internal static class MlNetTrainers
{
    /// <summary>The column that they read.</summary>
    public const string Features = "Features";

    /// <summary>The class.</summary>
    public const string Label = "Label";

    /// <summary>The estimator: adds Score and PredictedLabel.</summary>
    /// <param name="ml">Its environment, seeded.</param>
    /// <param name="config">Settings without faults.</param>
    public static IEstimator<ITransformer> Of(MLContext ml, MlNetConfig config)
    {
        var trainers = ml.MulticlassClassification.Trainers;
        return config.Trainer switch
        {
            "lbfgs_maximum_entropy" => Scaled(ml).Append(trainers.LbfgsMaximumEntropy(Lbfgs(config))),
            "sdca_maximum_entropy" => Scaled(ml).Append(trainers.SdcaMaximumEntropy(Sdca(config))),
            "light_gbm" => trainers.LightGbm(LightGbm(config)),
            "fast_tree_ova" => trainers.OneVersusAll(ml.BinaryClassification.Trainers.FastTree(FastTree(config))),
            MlNetConfig.ImageClassification => Vision.Of(ml, config),
            _ => throw new ArgumentException($"no trainer is called {config.Trainer}", nameof(config)),
        };
    }

    private static IEstimator<ITransformer> Scaled(MLContext ml) => ml.Transforms.NormalizeMeanVariance(Features, fixZero: false);

    private static LbfgsMaximumEntropyMulticlassTrainer.Options Lbfgs(MlNetConfig config)
    {
        var options = new LbfgsMaximumEntropyMulticlassTrainer.Options { NumberOfThreads = 1 };
        options.L1Regularization = (float?)config.L1 ?? options.L1Regularization;
        options.L2Regularization = (float?)config.L2 ?? options.L2Regularization;
        options.MaximumNumberOfIterations = config.Iterations ?? options.MaximumNumberOfIterations;
        return options;
    }

    private static SdcaMaximumEntropyMulticlassTrainer.Options Sdca(MlNetConfig config) => new()
    {
        NumberOfThreads = 1,
        L1Regularization = (float?)config.L1,
        L2Regularization = (float?)config.L2,
        MaximumNumberOfIterations = config.Iterations,
    };

    private static LightGbmMulticlassTrainer.Options LightGbm(MlNetConfig config)
    {
        var options = new LightGbmMulticlassTrainer.Options
        {
            NumberOfThreads = 1,
            LearningRate = config.LearningRate,
            NumberOfLeaves = config.Leaves,
            MinimumExampleCountPerLeaf = config.LeafImages,
        };
        options.NumberOfIterations = config.Iterations ?? options.NumberOfIterations;
        return options;
    }

    private static FastTreeBinaryTrainer.Options FastTree(MlNetConfig config)
    {
        var options = new FastTreeBinaryTrainer.Options { NumberOfThreads = 1 };
        options.NumberOfTrees = config.Iterations ?? options.NumberOfTrees;
        options.LearningRate = config.LearningRate ?? options.LearningRate;
        options.NumberOfLeaves = config.Leaves ?? options.NumberOfLeaves;
        options.MinimumExampleCountPerLeaf = config.LeafImages ?? options.MinimumExampleCountPerLeaf;
        return options;
    }
}
