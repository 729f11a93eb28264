using Odm.Engine.Kernels;
using Odm.Engine.Layers;
using Odm.Engine.Runtime;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace Odm.Augment.Diffusion.Networks;

/// <summary>
/// The U-Net of Ho et al. 2020, class-conditional or not. Class <c>classes</c> is the null class of classifier-free guidance
/// (Ho and Salimans 2022). Build it outside dispose scopes.
/// </summary>
internal sealed class UNet : Module<Tensor, Tensor, Tensor, Tensor>
{
    private readonly Linear time1;
    private readonly Linear time2;
    private readonly Module<Tensor, Tensor>? grade; // only where it is class-conditional
    private readonly Linear? moved;                 // only where training images are moved
    private readonly Conv2d input;
    private readonly ModuleList<UNetStep> down;
    private readonly ModuleList<Conv2d> shrink; // between levels: these, or the blocks below
    private readonly ModuleList<ResidualBlock> shrinkBlocks;
    private readonly ResidualBlock middle1;
    private readonly AttentionBlock middleAttention;
    private readonly ResidualBlock middle2;
    private readonly ModuleList<UNetStep> up;
    private readonly ModuleList<Conv2d> grow;
    private readonly ModuleList<ResidualBlock> growBlocks;
    private readonly GroupNorm outputNorm;
    private readonly Conv2d output;
    private readonly UNetConfig config;
    private readonly Precision precision;

    /// <summary>A network with fresh weights drawn from torch's generator.</summary>
    /// <param name="config">Any configuration without faults for this size.</param>
    /// <param name="size">Side of the images in pixels.</param>
    /// <param name="channels">Image channels in, and out where <paramref name="outputs"/> does not say otherwise.</param>
    /// <param name="classes">Classes besides the null class; null: not class-conditional.</param>
    /// <param name="precision">Number format of convolutions, linear layers and attention products.</param>
    /// <param name="outputs">Channels out.</param>
    /// <param name="told">Numbers that tell of an image's moves (Karras et al. 2022, appendix F.2); none by default.</param>
    public UNet(UNetConfig config, int size, int channels, int? classes, Precision precision = Precision.Fp32, int? outputs = null,
        int told = 0)
        : base(nameof(UNet))
    {
        this.config = config = config.ForSize(size);
        this.precision = precision;
        var (width, groups, attention) = (config.Channels, config.Groups!.Value, config.Attention!);
        var embedded = 4 * width;
        var pixel = channels * config.Patch * config.Patch;
        var side = size / config.Patch;
        ResidualBlock Block(int from, int to, Resampling move = Resampling.None)
            => new(from, to, embedded, groups, config.Dropout, precision, config.ScaleShift, move);
        AttentionBlock Attend(int c) => new(c, groups, config.HeadChannels is { } depth ? c / depth : config.Heads, precision);
        UNetStep Step(int from, int to) => new(Block(from, to), attention.Contains(side) ? Attend(to) : null);

        time1 = Linear(width, embedded);
        time2 = Linear(embedded, embedded);
        grade = classes is not { } count ? null : config.Classes == ClassEmbedding.Ordinal ? new GradeEmbedding(count, embedded)
            : Embedding(count + 1, embedded);
        input = Layers.Conv(pixel, width, 3L, padding: 1L);
        var (steps, moves, blocks) = (new List<UNetStep>(), new List<Conv2d>(), new List<ResidualBlock>());
        var (skips, c) = (new Stack<int>([width]), width);
        for (var level = 0; level < config.Multipliers.Count; level++)
        {
            for (var block = 0; block < config.Blocks; block++)
            {
                steps.Add(Step(c, c = width * config.Multipliers[level]));
                skips.Push(c);
            }
            if (level < config.Multipliers.Count - 1)
            {
                Move(() => Layers.Conv(c, c, 3L, stride: 2L, padding: 1L), Resampling.Down);
                skips.Push(c);
                side /= 2;
            }
        }
        (down, shrink, shrinkBlocks) = (new(steps.ToArray()), new(moves.ToArray()), new(blocks.ToArray()));
        (middle1, middleAttention, middle2) = (Block(c, c), Attend(c), Block(c, c));
        (steps, moves, blocks) = ([], [], []);
        for (var level = config.Multipliers.Count - 1; level >= 0; level--)
        {
            for (var block = 0; block <= config.Blocks; block++)
            {
                steps.Add(Step(c + skips.Pop(), c = width * config.Multipliers[level]));
            }
            if (level > 0)
            {
                Move(() => Layers.Conv(c, c, 3L, padding: 1L), Resampling.Up);
                side *= 2;
            }
        }
        (up, grow, growBlocks) = (new(steps.ToArray()), new(moves.ToArray()), new(blocks.ToArray()));
        outputNorm = Layers.Norm(groups, c);
        output = Layers.Conv(c, (outputs ?? channels) * config.Patch * config.Patch, 3L, padding: 1L);
        if (config.ZeroInit)
        {
            init.zeros_(output.weight);
            init.zeros_(output.bias!);
        }
        moved = told == 0 ? null : Linear(told, width, hasBias: false);
        RegisterComponents();

        void Move(Func<Conv2d> convolution, Resampling move)
        {
            if (config.ResidualSampling)
            {
                blocks.Add(Block(c, c, move));
            }
            else
            {
                moves.Add(convolution());
            }
        }
    }

    /// <summary>
    /// [N, C, H, W] in [-1, 1] noised, int64 times [N] in 0..T-1, int64 classes [N] (of no effect without classes) -> float32 [N, outputs,
    /// H, W].
    /// </summary>
    public override Tensor forward(Tensor x, Tensor t, Tensor y) => Forward(x, t, y, null);

    /// <summary>The same for images that were moved: <paramref name="told"/> is float32 [N, told], null for images as they are.</summary>
    public Tensor Forward(Tensor x, Tensor t, Tensor y, Tensor? told)
    {
        using var scope = NewDisposeScope();
        var e = Embedded(t, y, told);
        var skips = new Stack<Tensor>(Encode(x, e));
        var h = middle2.call(middleAttention.call(middle1.call(skips.Peek(), e)), e);
        for (var (i, level) = (0, 0); i < up.Count; i++)
        {
            h = up[i].call(cat([h, skips.Pop()], 1), e);
            if ((i + 1) % (config.Blocks + 1) == 0 && level < config.Multipliers.Count - 1)
            {
                h = config.ResidualSampling ? growBlocks[level++].call(h, e)
                    : Fused.Convolution(grow[level++], F.interpolate(h, scale_factor: [2, 2], mode: InterpolationMode.Nearest), precision);
            }
        }
        h = Fused.Convolution(output, Fused.NormSilu(outputNorm, h, precision), precision).to(ScalarType.Float32);
        return (config.Patch == 1 ? h : Patches.Unfold(h, config.Patch)).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// What the encoder hands to the decoder, from the full grid to the smallest: after the first convolution, after each block (with its
    /// attention) and after each halving; float32 [N, D, H', W'], differentiable. With two blocks a level these are guided-diffusion's
    /// <c>input_blocks</c>, whose numbers 0, 2, 5, 8 and 11 ZeCon (Yang et al. 2023) compares.
    /// </summary>
    public IReadOnlyList<Tensor> Features(Tensor x, Tensor t, Tensor y)
    {
        using var scope = NewDisposeScope();
        return [.. Encode(x, Embedded(t, y)).Select(h => h.to(ScalarType.Float32).MoveToOuterDisposeScope())];
    }

    // int64 [N], int64 [N], float32 [N, told] -> [N, 4 channels], float32: times need the digits
    private Tensor Embedded(Tensor t, Tensor y, Tensor? told = null)
    {
        using var scope = NewDisposeScope();
        var time = TimeEmbedding.Sinusoidal(t, config.Channels);
        var e = time2.call(F.silu(time1.call(told is null ? time : time + moved!.call(told))));
        return F.silu(grade is null ? e : e + grade.call(y)).MoveToOuterDisposeScope();
    }

    // within the caller's scope
    private List<Tensor> Encode(Tensor x, Tensor e)
    {
        var h = Fused.Convolution(input, Layout.ChannelsLast(config.Patch == 1 ? x : Patches.Fold(x, config.Patch)), precision);
        var kept = new List<Tensor> { h };
        for (var (i, level) = (0, 0); i < down.Count; i++)
        {
            kept.Add(h = down[i].call(h, e));
            if ((i + 1) % config.Blocks == 0 && level < config.Multipliers.Count - 1)
            {
                kept.Add(h = config.ResidualSampling ? shrinkBlocks[level++].call(h, e) : Fused.Convolution(shrink[level++], h, precision));
            }
        }
        return kept;
    }

    /// <summary>Number of weights, all trained.</summary>
    public long ParameterCount => parameters().Sum(p => p.numel());
}

/// <summary>A residual block and, at the resolutions that ask for it, self-attention.</summary>
internal sealed class UNetStep : Module<Tensor, Tensor, Tensor>
{
    private readonly ResidualBlock residual;
    private readonly AttentionBlock? attention;

    public UNetStep(ResidualBlock residual, AttentionBlock? attention) : base(nameof(UNetStep))
    {
        (this.residual, this.attention) = (residual, attention);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x, Tensor e)
    {
        if (attention is null)
        {
            return residual.call(x, e);
        }
        using var h = residual.call(x, e);
        return attention.call(h);
    }
}
