using Odm.Engine.Kernels;
using Odm.Engine.Runtime;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Odm.Engine.Optimization;

/// <summary>
/// Muon (Jordan et al. 2024, "Muon: an optimizer for hidden layers in neural networks"): the momentum of each weight matrix is replaced by
/// the nearest semi-orthogonal matrix before it moves the weights, with the scale of Liu et al. 2025 (arXiv:2502.16982, section 2.2), 0.2
/// √max(rows, columns), which gives its updates the size of Adam's. A convolution's weight is the matrix [outputs, inputs x kernel].
/// Vectors and narrow matrices (fewer than 16 rows or columns) move by Adam.
/// </summary>
/// <param name="parameters">What is trained, by name.</param>
/// <param name="learningRate">The rate until it is set; Adam's rates suit.</param>
/// <param name="momentum">Decay of the gradients' mean; Nesterov's form.</param>
public sealed class Muon(IEnumerable<(string name, Parameter parameter)> parameters, double learningRate = 1e-3, double momentum = 0.95)
    : Optimizer(parameters, learningRate, "exp_avg", "exp_avg_sq")
{
    private const int Narrow = 16;

    private protected override bool InOnePass => false;

    // matrices of one shape go through the iterations together, in a few large products
    private protected override void Move(Moved[] all)
    {
        base.Move([.. all.Where(m => !IsMatrix(m.Parameter))]);
        foreach (var group in all.Where(m => IsMatrix(m.Parameter)).GroupBy(m => (m.Parameter.shape[0], m.Parameter.numel())))
        {
            using var scope = NewDisposeScope();
            var members = group.ToArray();
            var directions = stack(members.Select(m =>
            {
                m.Held[0].mul_(Number.Of(momentum)).add_(m.Gradient, Number.Of(1 - momentum));
                return m.Gradient.mul(Number.Of(1 - momentum)).add_(m.Held[0], Number.Of(momentum)).reshape(m.Parameter.shape[0], -1);
            }));
            var scale = 0.2 * Math.Sqrt(Math.Max(directions.shape[1], directions.shape[2]));
            var moves = Orthogonal(directions).unbind(0);
            foreach (var (member, move) in members.Zip(moves))
            {
                member.Parameter.add_(move.reshape(member.Parameter.shape), Number.Of(-LearningRate * scale));
            }
        }
    }

    private protected override void Move(Parameter parameter, Tensor gradient, Tensor[] held) =>
        Updates.Adam(parameter, gradient, held[0], held[1], new(LearningRate, .9, .99, 1e-8, 0, Decoupled: false, Step));

    private static bool IsMatrix(Parameter parameter) =>
        parameter.dim() >= 2 && parameter.shape[0] >= Narrow && parameter.numel() / parameter.shape[0] >= Narrow;

    private protected override void Move(ParameterBlock[] blocks) => throw new NotSupportedException();

    /// <summary>
    /// Nearly U Vᵀ of each x = U S Vᵀ, [matrices, rows, columns], by five Newton-Schulz iterations with Jordan's coefficients: singular
    /// values come to .7 to 1.2.
    /// </summary>
    internal static Tensor Orthogonal(Tensor x)
    {
        var (a, b, c) = (3.4445, -4.7750, 2.0315);
        var wide = x.shape[1] <= x.shape[2];
        x = wide ? x : x.transpose(1, 2);
        x = x / (x.square().sum([1L, 2], keepdim: true).sqrt() + Number.Of(1e-7));
        for (var i = 0; i < 5; i++)
        {
            var square = x.bmm(x.transpose(1, 2));
            x = x.mul(Number.Of(a)).add_(square.mul(Number.Of(b)).add_(square.bmm(square), Number.Of(c)).bmm(x));
        }
        return wide ? x : x.transpose(1, 2);
    }
}
