using Odm.Engine.Kernels;
using Odm.Engine.Runtime;
using static TorchSharp.torch;

namespace Odm.Engine.Optimization;

/// <summary>
/// The arithmetic of an update in published operators: what <see cref="UpdateKernels"/> does in one pass where the tensors lie in main
/// memory.
/// </summary>
internal static class Updates
{
    /// <summary>As <see cref="UpdateKernels.Adam"/>, of one parameter.</summary>
    public static void Adam(Tensor weight, Tensor gradient, Tensor mean, Tensor square, AdamStep s)
    {
        if (s.Decoupled)
        {
            weight.mul_(Number.Of(1 - s.Rate * s.Decay));
        }
        else if (s.Decay != 0)
        {
            gradient = gradient.add(weight, Number.Of(s.Decay));
        }
        mean.mul_(Number.Of(s.Beta1)).add_(gradient, Number.Of(1 - s.Beta1));
        square.mul_(Number.Of(s.Beta2)).addcmul_(gradient, gradient, Number.Of(1 - s.Beta2));
        var denominator = square.sqrt().div_(Number.Of(Math.Sqrt(1 - Math.Pow(s.Beta2, s.Step)))).add_(Number.Of(s.Epsilon));
        weight.addcdiv_(mean, denominator, Number.Of(-s.Rate / (1 - Math.Pow(s.Beta1, s.Step))));
    }

    /// <summary>As <see cref="UpdateKernels.Sgd"/>, of one parameter; <paramref name="direction"/> is null without momentum.</summary>
    public static void Sgd(Tensor weight, Tensor gradient, Tensor? direction, SgdStep s)
    {
        if (s.Decay != 0)
        {
            gradient = gradient.add(weight, Number.Of(s.Decay));
        }
        if (direction is not null)
        {
            direction.mul_(Number.Of(s.Momentum)).add_(gradient);
            gradient = s.Nesterov ? gradient.add(direction, Number.Of(s.Momentum)) : direction;
        }
        weight.add_(gradient, Number.Of(-s.Rate));
    }
}
