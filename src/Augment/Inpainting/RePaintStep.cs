using Odm.Augment.Diffusion.Process;
using Odm.Augment.Diffusion.Samplers;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Inpainting;

/// <summary>Variance σ² of an ancestral step.</summary>
public enum StepVariance
{
    /// <summary>That of q(x_{t-1} | x_t, x_0), exact where an image is known: the smallest that makes sense.</summary>
    Posterior,

    /// <summary>β, exact where pixels are independent with variance 1: the largest that makes sense.</summary>
    Beta,

    /// <summary>The one between the two that the network learned (Nichol and Dhariwal 2021).</summary>
    Learned,
}

/// <summary>The model's own move in <see cref="RePaint"/> (equation 8b), from a state to the next lower one.</summary>
/// <param name="x">x at the state, [N, C, H, W].</param>
/// <param name="state">The state, 0 to S - 1.</param>
/// <param name="noise">Draws the move's standard normal noise.</param>
internal delegate Tensor RePaintStep(Tensor x, int state, Func<Tensor> noise);

/// <summary>The moves that there are.</summary>
internal static class RePaintSteps
{
    /// <summary>The ancestral step of the paper (Ho et al. 2020, algorithm 2).</summary>
    /// <param name="network">The network with its condition bound.</param>
    /// <param name="schedule">The shortened schedule.</param>
    /// <param name="times">The time of the network's own schedule at each state.</param>
    /// <param name="variance">σ².</param>
    /// <param name="clip">Keep the implied clean image within [-1, 1].</param>
    public static RePaintStep Ancestral(ImpliedClean network, NoiseSchedule schedule, IReadOnlyList<int> times, StepVariance variance,
        bool clip) => (x, state, noise) =>
    {
        var (clean, range) = Ask(network, x, times[state], clip);
        return variance switch
        {
            StepVariance.Learned => Ddpm.Step(schedule, x, clean, range
                ?? throw new ArgumentException("the network has learned no variance", nameof(network)), state, noise()),
            StepVariance.Beta => Ddpm.Step(schedule, x, clean, schedule.Beta(state), state, noise()),
            StepVariance.Posterior => Ddpm.Step(schedule, x, clean, schedule.PosteriorVariance(state), state, noise()),
            _ => throw new ArgumentOutOfRangeException(nameof(variance), variance, "no such variance"),
        };
    };

    /// <summary>
    /// DPM-Solver++(2S) (Lu et al. 2022, arXiv 2211.01095, algorithm 1 with r = 1): a step of first order, then the same step with the mean
    /// of the clean images implied at both its ends; to the clean image the first alone. Draws no noise.
    /// </summary>
    /// <remarks>
    /// The step before, which DPM-Solver++(2M) goes by, is of another image once the known part is put in. Heun's method in σ overshoots
    /// where states lie far apart at high noise, as those of a shortened cosine schedule do; this one does not.
    /// </remarks>
    public static RePaintStep SecondOrder(ImpliedClean network, NoiseSchedule schedule, IReadOnlyList<int> times, bool clip)
        => (x, state, _) =>
    {
        var (clean, _) = Ask(network, x, times[state], clip);
        var end = DpmSolver.Step(schedule, x, clean, state, state - 1);
        if (state == 0)
        {
            return end;
        }
        var (there, _) = Ask(network, end, times[state - 1], clip);
        return DpmSolver.Step(schedule, x, (clean + there) / 2, state, state - 1);
    };

    private static (Tensor Clean, Tensor? Range) Ask(ImpliedClean network, Tensor x, int time, bool clip)
    {
        var (clean, range) = network(x, Walk.At(x, time));
        return (clip ? clean.clamp(Number.Of(-1), Number.Of(1)) : clean, range);
    }
}
