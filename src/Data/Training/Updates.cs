using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Data.Training;

/// <summary>The arithmetic of an update, in place: one pass over memory with the <c>system</c> engine's kernels on a processor, published operators elsewhere.</summary>
internal static class Updates
{
    /// <summary>Adam's step (arXiv:1412.6980, algorithm 1), and with <paramref name="decoupled"/> AdamW's (arXiv:1711.05101, algorithm 2).</summary>
    public static void Adam(Tensor weight, Tensor gradient, Tensor mean, Tensor square, long step, double rate, double beta1, double beta2, double epsilon, double decay, bool decoupled)
    {
#if ODM_SYSTEM
        if (weight.device_type == DeviceType.CPU && weight.dtype == ScalarType.Float32)
        {
            Kernels.AdamStep([weight], [gradient], [mean], [square], step, rate, beta1, beta2, epsilon, decay, decoupled);
            return;
        }
#endif
        if (decoupled)
        {
            weight.mul_(1 - rate * decay);
        }
        else if (decay != 0)
        {
            gradient = gradient.add(weight, decay);
        }
        mean.mul_(beta1).add_(gradient, 1 - beta1);
        square.mul_(beta2).addcmul_(gradient, gradient, 1 - beta2);
        var correction1 = 1 - Math.Pow(beta1, step);
        var correction2 = 1 - Math.Pow(beta2, step);
        var denominator = square.sqrt().div_(Math.Sqrt(correction2)).add_(epsilon);
        weight.addcdiv_(mean, denominator, -rate / correction1);
    }

    /// <summary>average = kept average + (1 - kept) weight.</summary>
    public static void Average(Tensor average, Tensor weight, double kept)
    {
#if ODM_SYSTEM
        if (weight.device_type == DeviceType.CPU && weight.dtype == ScalarType.Float32)
        {
            Kernels.EmaStep([average], [weight], kept);
            return;
        }
#endif
        average.mul_(kept).add_(weight, 1 - kept);
    }
}
