using Odm.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Classify;

/// <summary>Weights before training, drawn from <see cref="Rng"/> and so equal for equal seeds on any engine.</summary>
internal static class InitialWeights
{
    /// <summary>
    /// Convolutions: normal, variance 2 / (outputs x kernel area) (He et al. 2015, arXiv 1502.01852, as torchvision's ResNet has it). Linear layers: Xavier
    /// normal, variance 2 / (inputs + outputs) (Glorot and Bengio 2010), bias 0. Norms: 1 and 0, but 0 for the last of a residual block, so that
    /// each block starts as the identity (Goyal et al. 2017, arXiv 1706.02677, 5.1), which steadies the first hundred steps.
    /// </summary>
    public static void Draw(nn.Module network, ulong seed)
    {
        using var frozen = no_grad();
        foreach (var (name, parameter) in network.named_parameters())
        {
            using var scope = NewDisposeScope();
            var shape = parameter.shape;
            if (shape.Length == 1)
            {
                parameter.fill_(name.EndsWith(".weight", StringComparison.Ordinal) && !name.EndsWith(".bn3.weight", StringComparison.Ordinal) ? 1 : 0);
                continue;
            }
            var variance = shape.Length == 4 ? 2.0 / (shape[0] * shape[2] * shape[3]) : 2.0 / (shape[0] + shape[1]);
            var values = new float[parameter.numel()];
            Rng.For(seed, "initial weights " + name).FillNormal(values);
            parameter.copy_(tensor(values, shape) * Math.Sqrt(variance));
        }
    }
}
