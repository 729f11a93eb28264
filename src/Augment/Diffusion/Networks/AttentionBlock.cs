using Odm.Engine.Layers;
using Odm.Engine.Runtime;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Odm.Augment.Diffusion.Networks;

/// <summary>Self-attention over all pixels with a residual connection (Ho et al. 2020, appendix B).</summary>
internal sealed class AttentionBlock : Module<Tensor, Tensor>
{
    private readonly GroupNorm norm;
    private readonly Conv2d qkv;
    private readonly Conv2d output;
    private readonly int heads;
    private readonly Precision precision;

    public AttentionBlock(int channels, int groups, int heads, Precision precision) : base(nameof(AttentionBlock))
    {
        norm = Layers.Norm(groups, channels);
        qkv = Layers.Conv(channels, 3 * channels, 1L);
        output = Layers.Conv(channels, channels, 1L);
        this.heads = heads;
        this.precision = precision;
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) // [N, C, H, W] -> the same
    {
        using var scope = NewDisposeScope();
        var (n, c, height, width) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3]);
        var (length, depth) = (height * width, c / heads);
        var parts = Fused.Convolution(qkv, Fused.GroupNorm(norm, x, precision), precision)
            .permute(0, 2, 3, 1).reshape(n, length, 3, heads, depth).unbind(2);        // 3 of [N, L, heads, D]
        var tokens = parts.Select(p => p.transpose(1, 2)).ToArray();                   // [N, heads, L, D]
        var mixed = Fused.Attention(tokens[0], tokens[1], tokens[2])
            .transpose(1, 2).reshape(n, height, width, c).permute(0, 3, 1, 2);
        return (x + Fused.Convolution(output, mixed, precision)).MoveToOuterDisposeScope();
    }
}
