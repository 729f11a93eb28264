using Odm.Data;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Odm.Augment;

/// <summary>Ho et al.'s residual block: two 3x3 convolutions, each after group norm and SiLU, with the embedding added between them.</summary>
internal sealed class ResidualBlock : Module<Tensor, Tensor, Tensor>
{
    private readonly GroupNorm norm1;
    private readonly Conv2d conv1;
    private readonly Linear embedding;
    private readonly GroupNorm norm2;
    private readonly Conv2d conv2;
    private readonly Conv2d? skip; // 1x1, only where the channels change
    private readonly double dropout;
    private readonly Precision precision;

    public ResidualBlock(int input, int output, int embedded, int groups, double dropout, Precision precision) : base(nameof(ResidualBlock))
    {
        norm1 = Norms.Group(groups, input);
        conv1 = Conv2d(input, output, 3L, padding: 1L);
        embedding = Linear(embedded, output);
        norm2 = Norms.Group(groups, output);
        conv2 = Conv2d(output, output, 3L, padding: 1L);
        skip = input == output ? null : Conv2d(input, output, 1L);
        this.dropout = dropout;
        this.precision = precision;
        RegisterComponents();
    }

    public override Tensor forward(Tensor x, Tensor e) // [N, C, H, W], SiLU of the embedding [N, E] -> [N, D, H, W]
    {
        using var scope = NewDisposeScope();
        var h = Fused.Convolution(conv1, Fused.GroupNormSilu(norm1, x, precision), precision);
        h = Fused.GroupNormSilu(norm2, h, precision, Fused.Linear(embedding, e, precision), training ? dropout : 0);
        h = Fused.Convolution(conv2, h, precision);
        return ((skip is null ? x : Fused.Convolution(skip, x, precision)) + h).MoveToOuterDisposeScope();
    }
}

internal static class Norms
{
    /// <summary>Group norm with weight 1 and bias 0; TorchSharp 0.104 to 0.107 leave both uninitialised.</summary>
    public static GroupNorm Group(int groups, int channels)
    {
        var norm = GroupNorm(groups, channels);
        init.ones_(norm.weight!);
        init.zeros_(norm.bias!);
        return norm;
    }
}
