using Odm.Augment.Diffusion.Process;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Diffusion.Samplers;

/// <summary>Classifier-free guidance (Ho and Salimans 2022).</summary>
internal static class Guidance
{
    /// <summary>
    /// ε = ε_∅ + s (ε_c - ε_∅), conditional and unconditional in one call of twice the batch; at s = 1 the conditional call alone.
    /// </summary>
    /// <param name="denoise">Noise at images, times and classes; the last class is the null class.</param>
    /// <param name="labels">int64 [N].</param>
    /// <param name="nullClass">Number of the null class.</param>
    /// <param name="scale">s.</param>
    public static Denoise Guided(Func<Tensor, Tensor, Tensor, Tensor> denoise, Tensor labels, long nullClass, double scale)
    {
        if (scale == 1)
        {
            return (x, t) => denoise(x, t, labels);
        }
        return (x, t) =>
        {
            using var scope = NewDisposeScope();
            var both = cat([labels, full_like(labels, Number.Of(nullClass))]);
            var eps = denoise(cat([x, x]), cat([t, t]), both).chunk(2);
            return (eps[1] + scale * (eps[0] - eps[1])).MoveToOuterDisposeScope();
        };
    }

    /// <summary>The same for the clean image, which is linear in ε; the range of variances is the conditional one.</summary>
    public static ImpliedClean Guided(Func<Tensor, Tensor, Tensor, (Tensor Clean, Tensor? Range)> network, Tensor labels, long nullClass,
        double scale)
    {
        if (scale == 1)
        {
            return (x, t) => network(x, t, labels);
        }
        return (x, t) =>
        {
            using var scope = NewDisposeScope();
            var (clean, range) = network(cat([x, x]), cat([t, t]), cat([labels, full_like(labels, Number.Of(nullClass))]));
            var halves = clean.chunk(2);
            return ((halves[1] + scale * (halves[0] - halves[1])).MoveToOuterDisposeScope(), range?.chunk(2)[0].MoveToOuterDisposeScope());
        };
    }

    /// <summary>What a denoiser implies, with the range of variances of a network, where one is asked for.</summary>
    /// <param name="denoise">The denoiser.</param>
    /// <param name="network">The network; a further evaluation where its range is asked for.</param>
    /// <param name="schedule">The network's schedule.</param>
    /// <param name="range">Whether the range of variances is asked for.</param>
    public static ImpliedClean Implied(Denoise denoise, ImpliedClean network, NoiseSchedule schedule, bool range) => (x, t) =>
    {
        using var scope = NewDisposeScope();
        var clean = Parameterization.Clean(schedule, denoise(x, t), x, t);
        return (clean.MoveToOuterDisposeScope(), range ? network(x, t).Range?.MoveToOuterDisposeScope() : null);
    };
}
