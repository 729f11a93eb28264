using Odm.Engine.Kernels;
using Odm.Engine.Runtime;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Odm.Engine.Optimization;

/// <summary>Limits on gradients.</summary>
public static class GradientClip
{
    /// <summary>
    /// Scales all gradients together so that their joint Euclidean norm is at most <paramref name="limit"/> (Pascanu et al.,
    /// arXiv:1211.5063, algorithm 1;
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
        var blocks = Fusion.Enabled && ParameterBlocks.Take(gradients) ? gradients.Select(BlockOf).ToArray() : null;
        var norm = blocks is null ? stack(gradients.Select(g => g.norm())).norm().to(ScalarType.Float64).item<double>()
            : Math.Sqrt(UpdateKernels.SquaredNorm(blocks));
        var factor = limit / (norm + 1e-6);
        if (double.IsFinite(norm) && factor < 1)
        {
            if (blocks is null)
            {
                gradients.ForEach(g => g.mul_(Number.Of(factor)));
            }
            else
            {
                UpdateKernels.Scale(blocks, factor);
            }
        }
        return norm;
    }

    private static unsafe ParameterBlock BlockOf(Tensor gradient) => new(null, (float*)Memory.Of(gradient), null, null, gradient.numel());
}
