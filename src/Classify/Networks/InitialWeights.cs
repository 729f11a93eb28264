using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Classify.Networks;

/// <summary>Weights before training, drawn from <see cref="Rng"/> and so equal for equal seeds on any engine.</summary>
internal static class InitialWeights
{
    /// <summary>
    /// Convolutions: normal, variance 2 / (outputs x kernel area) (He et al. 2015, arXiv 1502.01852, as torchvision's ResNet has it); of a
    /// decoder and of squeeze and excitation 2 / (inputs x kernel area). Linear layers and a segmenter's last: Xavier normal, variance 2 /
    /// (inputs + outputs) (Glorot and Bengio 2010), bias 0. Norms:
    /// 1 and 0, but 0 for the last of a residual block, so that each block starts as the identity (Goyal et al. 2017, arXiv 1706.02677,
    /// 5.1), which steadies the first hundred steps.
    /// </summary>
    public static void Draw(nn.Module network, ulong seed)
    {
        using var frozen = no_grad();
        var named = network.named_parameters().ToArray();
        var names = named.Select(p => p.name).ToHashSet(StringComparer.Ordinal);
        foreach (var (name, parameter) in named)
        {
            using var scope = NewDisposeScope();
            if (parameter.dim() == 1)
            {
                parameter.fill_(Number.Of(name.EndsWith(".weight", StringComparison.Ordinal) && !EndsBlock(name, names) ? 1 : 0));
                continue;
            }
            var values = new float[parameter.numel()];
            Rng.For(seed, "initial weights " + name).FillNormal(values);
            parameter.copy_(tensor(values, parameter.shape) * Math.Sqrt(Variance(name, parameter.shape)));
        }
    }

    private static double Variance(string name, long[] shape)
    {
        var area = shape.Length == 4 ? shape[2] * shape[3] : 1;
        return name.StartsWith("segmentation_head.", StringComparison.Ordinal) || shape.Length == 2 ? 2.0 / ((shape[0] + shape[1]) * area)
            : name.StartsWith("decoder.", StringComparison.Ordinal) || name.Contains(".se_module.", StringComparison.Ordinal)
            ? 2.0 / (shape[1] * area)
            : 2.0 / (shape[0] * area);
    }

    // bn3 of a bottleneck, bn2 of a basic block
    private static bool EndsBlock(string name, HashSet<string> names) =>
        name.EndsWith(".bn3.weight", StringComparison.Ordinal)
        || name.EndsWith(".bn2.weight", StringComparison.Ordinal)
        && !names.Contains(name.Replace(".bn2.", ".bn3.", StringComparison.Ordinal));
}
