namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            /// <summary>Logits [N, C, ...] against int64 classes [N, ...] or probabilities [N, C, ...].</summary>
            public static Tensor cross_entropy(Tensor input, Tensor target, Tensor? weight = null, long ignore_index = -100, Reduction reduction = Reduction.Mean, double label_smoothing = 0) =>
                Ops.cross_entropy_loss.Call(input, target, weight, (long)reduction, ignore_index, label_smoothing);

            /// <summary>Log-probabilities [N, C, ...] against int64 classes [N, ...].</summary>
            public static Tensor nll_loss(Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean) =>
                Ops.nll_loss_nd.Call(input, target, weight, (long)reduction, -100L);

            public static Tensor mse_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) => Ops.mse_loss.Call(input, target, (long)reduction);

            public static Tensor l1_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) => Ops.l1_loss.Call(input, target, (long)reduction);

            public static Tensor smooth_l1_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean, double beta = 1) =>
                Ops.smooth_l1_loss.Call(input, target, (long)reduction, beta);

            public static Tensor huber_loss(Tensor input, Tensor target, double delta = 1, Reduction reduction = Reduction.Mean) =>
                Ops.huber_loss.Call(input, target, (long)reduction, delta);

            public static Tensor binary_cross_entropy(Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean) =>
                Ops.binary_cross_entropy.Call(input, target, weight, (long)reduction);

            public static Tensor binary_cross_entropy_with_logits(Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean, Tensor? pos_weights = null) =>
                Ops.binary_cross_entropy_with_logits.Call(input, target, weight, pos_weights, (long)reduction);

            /// <summary>The input holds log-probabilities; the target too unless <paramref name="log_target"/> is switched off.</summary>
            public static Tensor kl_div(Tensor input, Tensor target, bool log_target = true, Reduction reduction = Reduction.Mean) =>
                Ops.kl_div.Call(input, target, (long)reduction, log_target);
        }
    }
}
