using Odm.Engine.Kernels;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Odm.Engine.Optimization;

/// <summary>Stochastic gradient descent with momentum and L2 penalty, as torch.optim.SGD without dampening.</summary>
/// <param name="parameters">What is trained, by name.</param>
/// <param name="learningRate">The rate until it is set.</param>
/// <param name="momentum">Share of the last direction that is kept; 0 keeps no state.</param>
/// <param name="weightDecay">Times the weight, added to the gradient.</param>
/// <param name="nesterov">Whether the gradient is looked up ahead of the momentum's step.</param>
public sealed class Sgd(IEnumerable<(string name, Parameter parameter)> parameters, double learningRate, double momentum = 0,
    double weightDecay = 0, bool nesterov = false)
    : Optimizer(parameters, learningRate, momentum == 0 ? [] : ["momentum_buffer"])
{
    private SgdStep Now => new(LearningRate, momentum, weightDecay, nesterov);

    private protected override void Move(Parameter parameter, Tensor gradient, Tensor[] held)
        => Updates.Sgd(parameter, gradient, held.Length > 0 ? held[0] : null, Now);

    private protected override void Move(ParameterBlock[] blocks) => UpdateKernels.Sgd(blocks, Now);
}
