using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Odm.Data.Training;

/// <summary>Stochastic gradient descent with momentum and L2 penalty, as torch.optim.SGD without dampening.</summary>
/// <param name="parameters">What is trained, by name.</param>
/// <param name="learningRate">The rate until it is set.</param>
/// <param name="momentum">Share of the last direction that is kept; 0 keeps no state.</param>
/// <param name="weightDecay">Times the weight, added to the gradient.</param>
/// <param name="nesterov">Whether the gradient is looked up ahead of the momentum's step.</param>
public sealed class Sgd(IEnumerable<(string name, Parameter parameter)> parameters, double learningRate, double momentum = 0, double weightDecay = 0, bool nesterov = false)
    : Optimizer(parameters, learningRate, momentum == 0 ? [] : ["momentum_buffer"])
{
    private protected override void Move(Parameter parameter, Tensor gradient, Tensor[] held)
    {
        if (weightDecay != 0)
        {
            gradient = gradient.add(parameter, weightDecay);
        }
        if (momentum != 0)
        {
            // from a buffer of zeros the first direction is the gradient itself, as in torch.optim
            held[0].mul_(momentum).add_(gradient);
            gradient = nesterov ? gradient.add(held[0], momentum) : held[0];
        }
        parameter.add_(gradient, -LearningRate);
    }
}
