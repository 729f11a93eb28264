using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Odm.Classify.Losses;

/// <summary>Losses of logits [N, K] against classes int64 [N]; float scalars, means over the batch.</summary>
internal static class ClassLosses
{
    /// <summary>
    /// -Σ w_y log p_y / Σ w_y, with label smoothing as PyTorch has it.
    /// </summary>
    /// <param name="logits">float [N, K].</param>
    /// <param name="labels">int64 [N].</param>
    /// <param name="weights">float [K]; null for 1 each.</param>
    /// <param name="smoothing">ε of label smoothing.</param>
    public static Tensor CrossEntropy(Tensor logits, Tensor labels, Tensor? weights, double smoothing)
        => F.cross_entropy(logits, labels, weights, label_smoothing: smoothing);

    /// <summary>
    /// Σ w_y (1 - p_y)^γ (-log p_y) / N, p the softmax of the logits (Lin et al. 2017, equation 4). Cui et al. (2019) put their
    /// class-balanced weights before the sum and divide by the images, as here.
    /// </summary>
    /// <param name="logits">float [N, K].</param>
    /// <param name="labels">int64 [N].</param>
    /// <param name="gamma">γ; 0 is cross-entropy.</param>
    /// <param name="weights">float [K]; null for 1 each.</param>
    public static Tensor Focal(Tensor logits, Tensor labels, double gamma, Tensor? weights)
    {
        using var scope = NewDisposeScope();
        var logP = logits.log_softmax(1).gather(1, labels.unsqueeze(1)).squeeze(1); // [N]
        // 1 - p by expm1, so that a sure image keeps a gradient; the power 0 of 0 has none, hence γ 0 apart
        var loss = gamma == 0 ? -logP : -logP * (-logP.expm1()).clamp_min(Number.Of(1e-12)).pow(Number.Of(gamma));
        return (weights is null ? loss : loss * weights.index_select(0, labels)).mean().MoveToOuterDisposeScope();
    }

    /// <summary>Cross-entropy of f + τ log π; the network itself is asked without it (Menon et al. 2021, equation 10).</summary>
    /// <param name="logits">float [N, K].</param>
    /// <param name="labels">int64 [N].</param>
    /// <param name="adjustment">τ log π, float [K].</param>
    /// <param name="smoothing">ε of label smoothing.</param>
    public static Tensor LogitAdjusted(Tensor logits, Tensor labels, Tensor adjustment, double smoothing)
    {
        using var scope = NewDisposeScope();
        return F.cross_entropy(logits + adjustment, labels, label_smoothing: smoothing).MoveToOuterDisposeScope();
    }
}
