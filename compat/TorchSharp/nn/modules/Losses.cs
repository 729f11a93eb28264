using TorchSharp.Modules;
using F = TorchSharp.torch.nn.functional;

namespace TorchSharp
{
    /// <summary>A loss of two inputs and how it sums them up.</summary>
    public abstract class Loss<T1, T2, TResult> : torch.nn.Module<T1, T2, TResult>
    {
        public Loss(torch.nn.Reduction reduction = torch.nn.Reduction.Mean) : base("Loss") => this.reduction = reduction;

        public torch.nn.Reduction reduction { get; }
    }

    /// <summary>A loss with a weight per class or element.</summary>
    public abstract class WeightedLoss<T1, T2, TResult> : Loss<T1, T2, TResult>
    {
        public WeightedLoss(torch.Tensor? weight = null, torch.nn.Reduction reduction = torch.nn.Reduction.Mean) : base(reduction) => this.weight = weight;

        public torch.Tensor? weight { get; }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.CrossEntropyLoss CrossEntropyLoss(Tensor? weight = null, long? ignore_index = null, Reduction reduction = Reduction.Mean) => new(weight, ignore_index, reduction);

            public static NLLLoss NLLLoss(Tensor? weight = null, Reduction reduction = Reduction.Mean) => new(weight, reduction);

            public static BCEWithLogitsLoss BCEWithLogitsLoss(Tensor? weight = null, Reduction reduction = Reduction.Mean, Tensor? pos_weights = null) => new(weight, reduction, pos_weights);

            public static MSELoss MSELoss(Reduction reduction = Reduction.Mean) => new(reduction);

            public static L1Loss L1Loss(Reduction reduction = Reduction.Mean) => new(reduction);

            public static SmoothL1Loss SmoothL1Loss(Reduction reduction = Reduction.Mean, double beta = 1) => new(reduction, beta);
        }
    }
}

namespace TorchSharp.Modules
{
    /// <summary>Logits against classes or probabilities.</summary>
    public sealed class CrossEntropyLoss(torch.Tensor? weight = null, long? ignore_index = null, torch.nn.Reduction reduction = torch.nn.Reduction.Mean, double label_smoothing = 0)
        : WeightedLoss<torch.Tensor, torch.Tensor, torch.Tensor>(weight, reduction)
    {
        public double label_smoothing { get; } = label_smoothing;

        public long? ignore_index { get; } = ignore_index;

        public override torch.Tensor forward(torch.Tensor input, torch.Tensor target) => F.cross_entropy(input, target, this.weight, this.ignore_index ?? -100, this.reduction, this.label_smoothing);
    }

    /// <summary>Log-probabilities against classes.</summary>
    public sealed class NLLLoss(torch.Tensor? weight = null, torch.nn.Reduction reduction = torch.nn.Reduction.Mean)
        : WeightedLoss<torch.Tensor, torch.Tensor, torch.Tensor>(weight, reduction)
    {
        public override torch.Tensor forward(torch.Tensor input, torch.Tensor target) => F.nll_loss(input, target, this.weight, this.reduction);
    }

    /// <summary>Logits against probabilities of two classes.</summary>
    public sealed class BCEWithLogitsLoss(torch.Tensor? weight = null, torch.nn.Reduction reduction = torch.nn.Reduction.Mean, torch.Tensor? pos_weights = null)
        : WeightedLoss<torch.Tensor, torch.Tensor, torch.Tensor>(weight, reduction)
    {
        public torch.Tensor? pos_weights { get; } = pos_weights;

        public override torch.Tensor forward(torch.Tensor input, torch.Tensor target) => F.binary_cross_entropy_with_logits(input, target, this.weight, this.reduction, this.pos_weights);
    }

    /// <summary>Squared differences.</summary>
    public sealed class MSELoss(torch.nn.Reduction reduction = torch.nn.Reduction.Mean)
        : Loss<torch.Tensor, torch.Tensor, torch.Tensor>(reduction)
    {
        public override torch.Tensor forward(torch.Tensor input, torch.Tensor target) => F.mse_loss(input, target, this.reduction);
    }

    /// <summary>Absolute differences.</summary>
    public sealed class L1Loss(torch.nn.Reduction reduction = torch.nn.Reduction.Mean)
        : Loss<torch.Tensor, torch.Tensor, torch.Tensor>(reduction)
    {
        public override torch.Tensor forward(torch.Tensor input, torch.Tensor target) => F.l1_loss(input, target, this.reduction);
    }

    /// <summary>Squared differences below beta, absolute ones above.</summary>
    public sealed class SmoothL1Loss(torch.nn.Reduction reduction = torch.nn.Reduction.Mean, double beta = 1)
        : Loss<torch.Tensor, torch.Tensor, torch.Tensor>(reduction)
    {
        public double beta { get; } = beta;

        public override torch.Tensor forward(torch.Tensor input, torch.Tensor target) => F.smooth_l1_loss(input, target, this.reduction, this.beta);
    }
}
