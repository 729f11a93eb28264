using Odm.Engine.Layers;
using Odm.Engine.Runtime;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace Odm.Augment.Diffusion.Networks;

/// <summary>What a residual block does to the side of its input.</summary>
internal enum Resampling
{
    /// <summary>Keeps it.</summary>
    None,

    /// <summary>Halves it by the mean of 2x2 pixels.</summary>
    Down,

    /// <summary>Doubles it by repeating pixels.</summary>
    Up,
}

/// <summary>
/// Ho et al.'s residual block: two 3x3 convolutions, each after group norm and SiLU, with the embedding added between them or,
/// with scale and shift, applied to the second norm's output (Nichol and Dhariwal 2021). Where it resamples, both branches do, before the
/// first convolution (Brock et al. 2019, figure 15).
/// </summary>
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
    private readonly bool scaleShift;
    private readonly Resampling resampling;

    public ResidualBlock(int input, int output, int embedded, int groups, double dropout, Precision precision,
        bool scaleShift = false, Resampling resampling = Resampling.None) : base(nameof(ResidualBlock))
    {
        norm1 = Layers.Norm(groups, input);
        conv1 = Layers.Conv(input, output, 3L, padding: 1L);
        embedding = Linear(embedded, scaleShift ? 2 * output : output);
        norm2 = Layers.Norm(groups, output);
        conv2 = Layers.Conv(output, output, 3L, padding: 1L);
        skip = input == output ? null : Layers.Conv(input, output, 1L);
        (this.dropout, this.precision, this.scaleShift, this.resampling) = (dropout, precision, scaleShift, resampling);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x, Tensor e) // [N, C, H, W], SiLU of the embedding [N, E] -> [N, D, H', W']
    {
        using var scope = NewDisposeScope();
        var h = Fused.Convolution(conv1, Resampled(Fused.NormSilu(norm1, x, precision)), precision);
        var condition = Fused.Linear(embedding, e, precision); // [N, D], or [N, 2 D]: scales, then shifts
        var drop = training ? dropout : 0;
        h = scaleShift ? Fused.ScaledNormSilu(norm2, h, condition, precision, drop) : Fused.NormSilu(norm2, h, precision, condition, drop);
        h = Fused.Convolution(conv2, h, precision);
        var kept = Resampled(x);
        return ((skip is null ? kept : Fused.Convolution(skip, kept, precision)) + h).MoveToOuterDisposeScope();
    }

    private Tensor Resampled(Tensor x) => resampling switch
    {
        Resampling.Down => F.avg_pool2d(x, 2),
        Resampling.Up => F.interpolate(x, scale_factor: [2, 2], mode: InterpolationMode.Nearest),
        Resampling.None => x,
        _ => throw new InvalidOperationException($"no resampling {resampling}"),
    };
}
