using Odm.Classify.Training;
using Odm.MLNet.Running;
using Odm.MLNet.Views;

namespace Odm.MLNet.Trainers;

/// <summary>Where a network finds its images and how it is trained.</summary>
/// <typeparam name="T">The settings of the study file's <c>downstream</c>.</typeparam>
public record LearningOptions<T> : EngineOptions
    where T : LearningConfig, new()
{
    /// <summary>Recipe, network, steps, optimizer: the fields of <c>downstream</c>.</summary>
    public T Settings { get; init; } = new();

    /// <summary>Names of the columns.</summary>
    public ImageColumns Columns { get; init; } = new();

    /// <summary>
    /// Share of the real rows that chooses the best weights where no row's Split says <c>val</c>; whole groups where rows have them.
    /// </summary>
    public double ValidationShare { get; init; } = .1;
}
