using Odm.Data.Batching;
using Odm.Engine.Optimization;

namespace Odm.Classify.Training;

/// <summary>What the training of any downstream network needs to know, nothing left open.</summary>
public abstract record LearningRecipe
{
    /// <summary>
    /// What the network starts from: <c>none</c>, <c>imagenet</c> where the network has such weights, or the path of a safetensors file.
    /// </summary>
    public string Weights { get; init; } = "none";

    /// <summary>Side in pixels that images are resized to; 0: as they are.</summary>
    public int Size { get; init; }

    /// <summary><c>sgd</c>, <c>adam</c> or <c>adamw</c>.</summary>
    public required OptimizerKind Optimizer { get; init; }

    /// <summary>Highest learning rate.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Momentum of SGD.</summary>
    public double Momentum { get; init; } = .9;

    /// <summary>Weight decay, as the optimiser understands it.</summary>
    public double WeightDecay { get; init; }

    /// <summary><c>constant</c>, <c>steps</c> or <c>cosine</c> (to zero).</summary>
    public RateSchedule Schedule { get; init; }

    /// <summary>Shares of the training at which <c>steps</c> multiplies the rate by <see cref="Gamma"/>.</summary>
    public IReadOnlyList<double> Milestones { get; init; } = [];

    /// <summary>Factor at each milestone.</summary>
    public double Gamma { get; init; } = .1;

    /// <summary>Share of the training in which the rate rises linearly.</summary>
    public double Warmup { get; init; }

    /// <summary>Largest norm of all gradients together; 0: no limit.</summary>
    public double Clip { get; init; }

    /// <summary>Images a step.</summary>
    public required int Batch { get; init; }

    /// <summary>Passes over the images where <see cref="Steps"/> is not given; 0: steps are.</summary>
    public int Epochs { get; init; }

    /// <summary>Optimiser steps, equal for every arm of a study.</summary>
    public long Steps { get; init; }

    /// <summary>
    /// Steps between two validations; 0: twenty in all, at least, or one an epoch with the recipes <c>iois</c> and <c>paper</c>.
    /// </summary>
    public long ValidateEvery { get; init; }

    /// <summary>Whether a validation follows each epoch where <see cref="ValidateEvery"/> is 0, as in the paper.</summary>
    internal bool ValidateEachEpoch { get; init; }

    /// <summary>
    /// Fitted on the training images: <c>imagenet</c>, <c>dataset</c>, <c>zscore</c>, <c>unit</c>, <c>symmetric</c> or <c>raw</c>.
    /// </summary>
    public NormalisationKind Normalisation { get; init; } = NormalisationKind.Dataset;

    /// <summary>Validation score that the kept weights have the most of, or <c>loss</c> (the least).</summary>
    public string SelectBy { get; init; } = "loss";

    /// <summary>Rate of a step, counted from 0: linear warm-up, then as the schedule has it.</summary>
    internal double RateAt(long step)
    {
        var rise = (long)(Warmup * Steps);
        return LearningRates.WarmUp(rise, step) * Schedule switch
        {
            RateSchedule.Cosine => LearningRates.Cosine(LearningRate, 0, Steps - rise, Math.Max(0, step - rise)),
            RateSchedule.Steps => LearningRates.MultiStep(LearningRate, [.. Milestones.Select(m => (long)(m * Steps))], Gamma, step),
            RateSchedule.Constant => LearningRate,
            _ => throw new InvalidOperationException($"no schedule is called {Schedule}"),
        };
    }
}
