using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Diffusion.Samplers;

/// <summary>Classifier-free guidance (Ho and Salimans 2022).</summary>
public static class Guidance
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
            var both = cat([labels, full_like(labels, nullClass)]);
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
            var (clean, range) = network(cat([x, x]), cat([t, t]), cat([labels, full_like(labels, nullClass)]));
            var halves = clean.chunk(2);
            return ((halves[1] + scale * (halves[0] - halves[1])).MoveToOuterDisposeScope(), range?.chunk(2)[0].MoveToOuterDisposeScope());
        };
    }
}
