using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Classify.Losses;

/// <summary>A classifier's loss, with the class weights or priors of one training set on the device.</summary>
internal sealed class ClassLoss : IDisposable
{
    private readonly LossConfig config;
    private readonly double smoothing;
    private readonly Tensor? perClass; // float [K]: weights, or the adjustment of the logits

    /// <param name="config">Settings without faults.</param>
    /// <param name="smoothing">ε of label smoothing; for cross_entropy and logit_adjustment.</param>
    /// <param name="counts">Training images of each class.</param>
    /// <param name="device">Where the loss is computed.</param>
    public ClassLoss(LossConfig config, double smoothing, IReadOnlyList<int> counts, Device device)
    {
        (this.config, this.smoothing) = (config.Resolve(), smoothing);
        double[]? values = this.config switch
        {
            { Kind: LossKind.LogitAdjustment, Tau: { } tau } => ClassWeights.Adjustment(counts, tau),
            { Kind: LossKind.CbFocal, Beta: { } beta } => ClassWeights.Effective(counts, beta),
            { Weights: ClassWeighting.Effective, Beta: { } beta } => ClassWeights.Effective(counts, beta),
            { Weights: ClassWeighting.Inverse } => ClassWeights.Inverse(counts),
            _ => null,
        };
        perClass = values is null ? null : tensor(Array.ConvertAll(values, v => (float)v), device: device);
    }

    /// <summary>The mean over a batch.</summary>
    /// <param name="logits">float [N, K].</param>
    /// <param name="labels">int64 [N].</param>
    /// <returns>A scalar with a graph.</returns>
    public Tensor Of(Tensor logits, Tensor labels) => config.Kind switch
    {
        LossKind.CrossEntropy => ClassLosses.CrossEntropy(logits, labels, perClass, smoothing),
        LossKind.Focal or LossKind.CbFocal => ClassLosses.Focal(logits, labels, config.Gamma!.Value, perClass),
        LossKind.LogitAdjustment => ClassLosses.LogitAdjusted(logits, labels, perClass!, smoothing),
        _ => throw new InvalidOperationException($"no loss is called {config.Kind}"),
    };

    /// <summary>
    /// λ L(f(x), y_i) + (1 - λ) L(f(x), y_j) of mixed images: for cross-entropy the loss of the mixed label (Zhang et al. 2018), and the
    /// same rule for the others, whose weights, exponents and priors then go by each of the two labels.
    /// </summary>
    /// <param name="logits">float [N, K] of the mixed images.</param>
    /// <param name="labels">int64 [N]: labels of the images that have the share λ.</param>
    /// <param name="partners">int64 [N]: labels of the others.</param>
    /// <param name="lambda">λ, 0 to 1.</param>
    public Tensor Mixed(Tensor logits, Tensor labels, Tensor partners, double lambda)
    {
        using var scope = NewDisposeScope();
        return (Of(logits, labels) * Number.Of(lambda) + Of(logits, partners) * Number.Of(1 - lambda)).MoveToOuterDisposeScope();
    }

    public void Dispose() => perClass?.Dispose();
}
