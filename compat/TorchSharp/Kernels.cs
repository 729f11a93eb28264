using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>Kernels of the door's own (native/group_norm.cpp, native/updates.cpp): float32 or bfloat16 tensors in main memory.</summary>
internal static class Kernels
{
    private static readonly Op groupNormSilu = new("odm::group_norm_silu");
    private static readonly Op adamStep = new("odm::adam_step");
    private static readonly Op emaStep = new("odm::ema_step");

    /// <summary>
    /// dropout(silu(group_norm(x + add))) in one pass, channels-last: [N, C, H, W] (+ [N, C]) -> [N, C, H, W] in x's type.
    /// The dropout mask is a hash of one draw of torch's generator and is never stored.
    /// </summary>
    internal static Tensor GroupNormSilu(Tensor x, Tensor weight, Tensor bias, Tensor? add, long groups, double eps, bool silu, double dropout) =>
        groupNormSilu.Call(x, weight, bias, add, groups, eps, silu, dropout);

    /// <summary>One step of Adam over all weights in place, the moments with them; <paramref name="decoupled"/> makes it AdamW.</summary>
    internal static void AdamStep(Tensor[] weights, Tensor[] gradients, Tensor[] mean, Tensor[] square, long step, double rate, double beta1, double beta2, double epsilon, double decay, bool decoupled) =>
        adamStep.Run(weights, gradients, mean, square, step, rate, beta1, beta2, epsilon, decay, decoupled);

    /// <summary>average += (1 - decay) (weight - average) for every pair.</summary>
    internal static void EmaStep(Tensor[] average, Tensor[] weights, double decay) => emaStep.Run(average, weights, decay);
}
