using MathNet.Numerics.Distributions;
using Odm.Engine.Runtime;
using static TorchSharp.torch;

namespace Odm.Classify.Losses;

/// <summary>
/// MixUp (Zhang et al. 2018): x = λ x_i + (1 - λ) x_j, λ from Beta(α, α). As in the paper's own training, one λ a batch, and the partners
/// are the batch itself in another order. Both are functions of seed and step.
/// </summary>
/// <param name="Share">λ.</param>
/// <param name="Partners">Place of each image's partner in the batch.</param>
internal readonly record struct MixUp(double Share, int[] Partners)
{
    /// <summary>Draws for a step.</summary>
    /// <param name="alpha">α, above 0.</param>
    /// <param name="images">Images in the batch.</param>
    /// <param name="seed">Run seed.</param>
    /// <param name="step">Step, from 0.</param>
    public static MixUp Draw(double alpha, int images, ulong seed, long step)
    {
        var rng = Rng.For(seed, "mixup", step);
        return new(Lambda(alpha, rng.NextDouble()), rng.Permutation(images));
    }

    /// <summary>λ by inversion: the quantile of Beta(α, α) at a uniform number.</summary>
    public static double Lambda(double alpha, double uniform) => Beta.InvCDF(alpha, alpha, uniform);

    /// <summary>The mixed images.</summary>
    /// <param name="images">float [N, C, H, W].</param>
    /// <param name="partners">int64 [N] on the images' device.</param>
    public Tensor Mix(Tensor images, Tensor partners)
    {
        using var scope = NewDisposeScope();
        var others = images.index_select(0, partners);
        return (images * Number.Of(Share) + others * Number.Of(1 - Share)).MoveToOuterDisposeScope();
    }
}
