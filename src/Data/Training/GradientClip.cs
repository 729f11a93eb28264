using Odm.Data.Kernels;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Odm.Data.Training;

/// <summary>Limits on gradients.</summary>
public static class GradientClip
{
    /// <summary>
    /// Scales all gradients together so that their joint Euclidean norm is at most <paramref name="limit"/> (Pascanu et al., arXiv:1211.5063, algorithm 1;
    /// the 1e-6 is torch.nn.utils.clip_grad_norm_'s). Returns the norm before; where that is not finite, nothing is scaled. One sync point.
    /// </summary>
    public static double ByNorm(IEnumerable<Parameter> parameters, double limit)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var gradients = parameters.Select(p => p.grad).OfType<Tensor>().ToList();
        if (gradients.Count == 0)
        {
            return 0;
        }
        var stretches = Fusion.Enabled && Stretches.Take(gradients) ? gradients.Select(StretchOf).ToArray() : null;
        var norm = stretches is null ? stack(gradients.Select(g => g.norm())).norm().to(ScalarType.Float64).item<double>() : Math.Sqrt(UpdateKernels.SquaredNorm(stretches));
        var factor = limit / (norm + 1e-6);
        if (double.IsFinite(norm) && factor < 1)
        {
            if (stretches is null) gradients.ForEach(g => g.mul_(factor));
            else UpdateKernels.Scale(stretches, factor);
        }
        return norm;
    }

    private static unsafe Stretch StretchOf(Tensor gradient) => new(null, (float*)Memory.Of(gradient), null, null, gradient.numel());
}
