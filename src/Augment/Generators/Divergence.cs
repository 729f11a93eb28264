using System.Globalization;
using Odm.Engine.Runtime;

namespace Odm.Augment.Generators;

/// <summary>
/// What a training does whose loss is not finite: back to a stable checkpoint, at half the learning rate. Stable checkpoints are kept at
/// fixed steps, so that the outcome does not depend on the machine's speed.
/// </summary>
internal static class Divergence
{
    /// <summary>Times that the learning rate is halved before the training is given up.</summary>
    private const int Most = 6;

    /// <summary>Steps between two stable checkpoints: at least 200, at most 50 in all.</summary>
    /// <param name="steps">Steps of the training.</param>
    public static long StableEvery(long steps) => Math.Max(200, steps / 50);

    /// <summary>Half the factor of the learning rate.</summary>
    /// <param name="factor">The factor so far; 1 before the first time.</param>
    /// <param name="learningRate">The learning rate of the settings, for the message.</param>
    /// <param name="training">What diverged, for the message.</param>
    /// <exception cref="StudyException">It has been halved often enough.</exception>
    public static double Halved(double factor, double learningRate, string training)
    {
        var half = factor / 2;
        return half >= Math.Pow(2, -Most) ? half : throw new StudyException(string.Create(CultureInfo.InvariantCulture,
            $"learning_rate {learningRate}: {training} diverged {Most + 1} times, the rate halved each time; a lower one is needed"));
    }
}
