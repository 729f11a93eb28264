using Odm.Engine.Kernels;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Odm.Engine.Optimization;

/// <summary>Adam of Kingma and Ba (arXiv:1412.6980, algorithm 1), in the order of operations of torch.optim.Adam.</summary>
/// <param name="parameters">What is trained, by name.</param>
/// <param name="learningRate">The rate until it is set.</param>
/// <param name="beta1">Decay of the mean of the gradients.</param>
/// <param name="beta2">Decay of the mean of their squares.</param>
/// <param name="epsilon">Added to the root of that mean.</param>
/// <param name="weightDecay">Times the weight, added to the gradient (L2 penalty).</param>
public sealed class Adam(IEnumerable<(string name, Parameter parameter)> parameters, double learningRate = 1e-3, double beta1 = 0.9,
    double beta2 = 0.999, double epsilon = 1e-8, double weightDecay = 0)
    : Optimizer(parameters, learningRate, "exp_avg", "exp_avg_sq")
{
    private AdamStep Now => new(LearningRate, beta1, beta2, epsilon, weightDecay, Decoupled: false, Step);

    private protected override void Move(Parameter parameter, Tensor gradient, Tensor[] held)
        => Updates.Adam(parameter, gradient, held[0], held[1], Now);

    private protected override void Move(ParameterBlock[] blocks) => UpdateKernels.Adam(blocks, Now);
}

/// <summary>Adam with decoupled weight decay (Loshchilov and Hutter, arXiv:1711.05101, algorithm 2), as torch.optim.AdamW.</summary>
/// <param name="parameters">What is trained, by name.</param>
/// <param name="learningRate">The rate until it is set.</param>
/// <param name="beta1">Decay of the mean of the gradients.</param>
/// <param name="beta2">Decay of the mean of their squares.</param>
/// <param name="epsilon">Added to the root of that mean.</param>
/// <param name="weightDecay">Times the rate: the share each weight loses per update.</param>
public sealed class AdamW(IEnumerable<(string name, Parameter parameter)> parameters, double learningRate = 1e-3, double beta1 = 0.9,
    double beta2 = 0.999, double epsilon = 1e-8, double weightDecay = 0.01)
    : Optimizer(parameters, learningRate, "exp_avg", "exp_avg_sq")
{
    private AdamStep Now => new(LearningRate, beta1, beta2, epsilon, weightDecay, Decoupled: true, Step);

    private protected override void Move(Parameter parameter, Tensor gradient, Tensor[] held)
        => Updates.Adam(parameter, gradient, held[0], held[1], Now);

    private protected override void Move(ParameterBlock[] blocks) => UpdateKernels.Adam(blocks, Now);
}
