using System.Diagnostics;
using System.Globalization;
using Odm.Augment.Generators;
using Odm.Classify.Training;
using Odm.Engine.Runtime;

namespace Odm.Pipeline.Downstream;

/// <summary>Settings and trial steps of a downstream network.</summary>
internal static class NetworkTrial
{
    private const int Few = 6;       // images of a trial batch
    private const double Short = 4;  // seconds of a step that may be run as it is

    /// <summary>A number of steps, and of those between two validations where an epoch means one.</summary>
    public static T Counted<T>(T config, LearningRecipe recipe)
        where T : LearningConfig => config with
        {
            Steps = recipe.Steps,
            Epochs = null,
            ValidateEvery = recipe.ValidateEvery == Math.Max(1, recipe.Steps / 20) ? config.ValidateEvery : recipe.ValidateEvery,
        };

    /// <summary>What was alike for all arms.</summary>
    public static string Treatment(int validation) => string.Create(CultureInfo.InvariantCulture,
        $"Every arm trained the same network for the same number of optimiser steps, its checkpoint chosen on the {validation} validation "
        + $"images alone");

    /// <summary>
    /// The cost of a fit: a few steps in the network's own training code, multiplied. A large network is not run with its full batch: two
    /// small ones give the time of an image and how memory grows with the batch.
    /// </summary>
    public static DownstreamCost Cost(DownstreamTrial trial, LearningConfig config, LearningRecipe recipe)
        => new(GeneratorCost.Words($"{recipe.Steps:#,0} steps of {recipe.Batch}"), recipe.Steps * recipe.Batch,
            trial.Timed ? recipe.Steps * trial.Known.Of("downstream step", () => Timed(trial, config, recipe.Batch)) : 0);

    // the difference of a longer and a shorter training: making, loading and saving the network fall out of it
    private static double Timed(DownstreamTrial trial, LearningConfig config, int batch)
    {
        var small = Math.Min(batch, Math.Max(2,
            (int)(2 * Few * Math.Min(1, Math.Pow(128.0 / Math.Max(trial.Train.Width, config.Size ?? 0), 2))) / 2 * 2));
        Seconds(trial, config with { Batch = small / 2 }, 1);
        var before = TorchEngine.PeakResidentBytes;
        var step = Step(trial, config with { Batch = small });
        if (step * batch / small < Short)
        {
            return Step(trial, config);
        }

        trial.Known.Grow(before, small - small / 2, batch - small);
        return step / small * batch;
    }

    private static double Step(DownstreamTrial trial, LearningConfig config)
    {
        var (one, more) = (Seconds(trial, config, 1), Seconds(trial, config, 4));
        return Math.Max(1e-4, (more - one) / 3);
    }

    private static double Seconds(DownstreamTrial trial, LearningConfig config, int steps) => Timings.InFolder(folder =>
    {
        var began = Stopwatch.GetTimestamp();
        Downstreams.Of(config with { Steps = steps, Epochs = null, ValidateEvery = steps }, trial.Train.Count)
            .Train(new FixedImages(trial.Train), trial.Val.Select([0]), null, 1, folder, trial.Context, "calibrate");
        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    });
}
