using Odm.Augment.Diffusion.Process;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Diffusion.Samplers;

/// <summary>
/// DPM-Solver++(2M), the solver of second order that keeps the clean image of the step before (Lu et al. 2022, arXiv 2211.01095,
/// algorithm 2, data prediction). λ = log(√ᾱ / √(1 - ᾱ)), h = λ' - λ.
/// </summary>
internal static class DpmSolver
{
    /// <summary>
    /// x' = √(1 - ᾱ')/√(1 - ᾱ) x - √ᾱ' (e^-h - 1) D (equation 9 with D for the clean image); e^-h is the ratio of the σ, 0 at the
    /// clean image, so there x' = D.
    /// </summary>
    public static Tensor Step(NoiseSchedule schedule, Tensor x, Tensor data, int t, int next)
    {
        using var scope = NewDisposeScope();
        var (a, b) = (schedule.AlphaBar(t), schedule.AlphaBar(next));
        var shrink = schedule.Sigma(next) / schedule.Sigma(t);
        return (Math.Sqrt((1 - b) / (1 - a)) * x - Math.Sqrt(b) * (shrink - 1) * data).MoveToOuterDisposeScope();
    }

    /// <summary>D = (1 + 1/(2r)) x̂_0 - 1/(2r) x̂_0 of the step before, r = h_before / h (algorithm 2, line 8).</summary>
    /// <param name="schedule">The schedule.</param>
    /// <param name="clean">x̂_0 at t.</param>
    /// <param name="before">x̂_0 at the time before t.</param>
    /// <param name="times">The time before, t, and the next one, which is not -1.</param>
    public static Tensor Extrapolated(NoiseSchedule schedule, Tensor clean, Tensor before, (int Before, int Now, int Next) times)
    {
        using var scope = NewDisposeScope();
        double Span(int from, int to) => Math.Log(schedule.Sigma(from) / schedule.Sigma(to)); // λ = -log σ
        var half = Span(times.Now, times.Next) / Span(times.Before, times.Now) / 2; // 1/(2r)
        return ((1 + half) * clean - half * before).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// From noise to images in [-1, 1] (where clipped), [N, C, H, W]; an evaluation a step. The first step and the last, to the clean
    /// image, are of first order.
    /// </summary>
    /// <param name="denoise">The network with its condition bound.</param>
    /// <param name="schedule">The schedule it was trained on.</param>
    /// <param name="start">Standard normal noise, [N, C, H, W].</param>
    /// <param name="times">As <see cref="SamplingTimes"/> has them.</param>
    /// <param name="clip">Keep the implied clean image within [-1, 1].</param>
    /// <param name="cancel">Looked at before every step.</param>
    public static Tensor Sample(Denoise denoise, NoiseSchedule schedule, Tensor start, IReadOnlyList<int> times, bool clip,
        CancellationToken cancel)
    {
        Tensor? before = null;
        return Walk.Down(start, times, cancel, (x, t, i) =>
        {
            var (now, next) = (times[i], times[i + 1]);
            var clean = Parameterization.Clean(schedule, denoise(x, t), x, now, clip);
            var data = before is null || next < 0 ? clean : Extrapolated(schedule, clean, before, (times[i - 1], now, next));
            before?.Dispose();
            before = clean.MoveToOuterDisposeScope(); // the next step needs it; the walk's scope ends it
            return Step(schedule, x, data, now, next);
        });
    }
}
