using Odm.Engine.Layers;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace Odm.Classify.Networks;

/// <summary>Convolution without bias, batch norm (epsilon .001), ReLU.</summary>
internal sealed class InceptionConv : Module<Tensor, Tensor>
{
    private readonly Conv2d conv;
    private readonly BatchNorm2d bn;

    public InceptionConv(int input, int output, int height, int width, int stride = 1, (long, long)? padding = null)
        : base(nameof(InceptionConv))
    {
        conv = Layers.Conv(input, output, (height, width), (stride, stride), padding ?? (0, 0));
        bn = BatchNorm2d(output, eps: .001);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) // [N, C, H, W] -> [N, D, H', W']
    {
        using var scope = NewDisposeScope();
        return F.relu(bn.call(conv.call(x))).MoveToOuterDisposeScope();
    }
}

/// <summary>Branches whose maps are joined; each convolution by the name that pytorch-fid and torchvision give it.</summary>
internal abstract class InceptionBlock(string name) : Module<Tensor, Tensor>(name)
{
    private readonly Dictionary<string, InceptionConv> convolutions = new(StringComparer.Ordinal);

    /// <summary>
    /// Adds a convolution of one or two sizes (height, width), padded to keep the maps' size where <paramref name="stride"/> is 1.
    /// </summary>
    protected void Add(string branch, int input, int output, int height, int width, int stride = 1)
    {
        var padding = stride == 1 ? ((long)(height / 2), (long)(width / 2)) : (0L, 0L);
        convolutions[branch] = new InceptionConv(input, output, height, width, stride, padding);
        register_module(branch, convolutions[branch]);
    }

    /// <summary>One convolution after another, by name.</summary>
    protected Tensor Through(Tensor x, params string[] branches) => branches.Aggregate(x, (h, b) => convolutions[b].call(h));

    /// <summary>Mean of the 3x3 around each place, of those places that are within the maps: TensorFlow's average pool.</summary>
    protected static Tensor Average(Tensor x) => F.avg_pool2d(x, 3L, stride: 1L, padding: 1L, count_include_pad: false);

    /// <summary>[N, C, H, W] of each branch.</summary>
    protected abstract Tensor[] Branches(Tensor x);

    public sealed override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        return cat(Branches(x), 1).MoveToOuterDisposeScope();
    }
}

/// <summary>Mixed_5b, 5c, 5d: 1x1, 5x5, two 3x3, average.</summary>
internal sealed class InceptionA : InceptionBlock
{
    public InceptionA(int input, int pooled, int divisor) : base(nameof(InceptionA))
    {
        Add("branch1x1", input, 64 / divisor, 1, 1);
        Add("branch5x5_1", input, 48 / divisor, 1, 1);
        Add("branch5x5_2", 48 / divisor, 64 / divisor, 5, 5);
        Add("branch3x3dbl_1", input, 64 / divisor, 1, 1);
        Add("branch3x3dbl_2", 64 / divisor, 96 / divisor, 3, 3);
        Add("branch3x3dbl_3", 96 / divisor, 96 / divisor, 3, 3);
        Add("branch_pool", input, pooled, 1, 1);
    }

    protected override Tensor[] Branches(Tensor x) =>
    [
        Through(x, "branch1x1"), Through(x, "branch5x5_1", "branch5x5_2"),
            Through(x, "branch3x3dbl_1", "branch3x3dbl_2", "branch3x3dbl_3"), Through(Average(x), "branch_pool"),
    ];
}

/// <summary>Mixed_6a: halves; 3x3, two 3x3, maximum.</summary>
internal sealed class InceptionB : InceptionBlock
{
    public InceptionB(int input, int divisor) : base(nameof(InceptionB))
    {
        Add("branch3x3", input, 384 / divisor, 3, 3, stride: 2);
        Add("branch3x3dbl_1", input, 64 / divisor, 1, 1);
        Add("branch3x3dbl_2", 64 / divisor, 96 / divisor, 3, 3);
        Add("branch3x3dbl_3", 96 / divisor, 96 / divisor, 3, 3, stride: 2);
    }

    protected override Tensor[] Branches(Tensor x) =>
        [Through(x, "branch3x3"), Through(x, "branch3x3dbl_1", "branch3x3dbl_2", "branch3x3dbl_3"), F.max_pool2d(x, 3L, stride: 2L)];
}

/// <summary>Mixed_6b to 6e: 1x1, 7x7 as a row and a column, that twice, average.</summary>
internal sealed class InceptionC : InceptionBlock
{
    public InceptionC(int input, int inner, int divisor) : base(nameof(InceptionC))
    {
        var output = 192 / divisor;
        Add("branch1x1", input, output, 1, 1);
        Add("branch7x7_1", input, inner, 1, 1);
        Add("branch7x7_2", inner, inner, 1, 7);
        Add("branch7x7_3", inner, output, 7, 1);
        Add("branch7x7dbl_1", input, inner, 1, 1);
        Add("branch7x7dbl_2", inner, inner, 7, 1);
        Add("branch7x7dbl_3", inner, inner, 1, 7);
        Add("branch7x7dbl_4", inner, inner, 7, 1);
        Add("branch7x7dbl_5", inner, output, 1, 7);
        Add("branch_pool", input, output, 1, 1);
    }

    protected override Tensor[] Branches(Tensor x) =>
    [
        Through(x, "branch1x1"), Through(x, "branch7x7_1", "branch7x7_2", "branch7x7_3"),
        Through(x, "branch7x7dbl_1", "branch7x7dbl_2", "branch7x7dbl_3", "branch7x7dbl_4", "branch7x7dbl_5"),
            Through(Average(x), "branch_pool"),
    ];
}

/// <summary>Mixed_7a: halves; 3x3, 7x7 then 3x3, maximum.</summary>
internal sealed class InceptionD : InceptionBlock
{
    public InceptionD(int input, int divisor) : base(nameof(InceptionD))
    {
        var inner = 192 / divisor;
        Add("branch3x3_1", input, inner, 1, 1);
        Add("branch3x3_2", inner, 320 / divisor, 3, 3, stride: 2);
        Add("branch7x7x3_1", input, inner, 1, 1);
        Add("branch7x7x3_2", inner, inner, 1, 7);
        Add("branch7x7x3_3", inner, inner, 7, 1);
        Add("branch7x7x3_4", inner, inner, 3, 3, stride: 2);
    }

    protected override Tensor[] Branches(Tensor x) =>
        [Through(x, "branch3x3_1", "branch3x3_2"), Through(x, "branch7x7x3_1", "branch7x7x3_2", "branch7x7x3_3", "branch7x7x3_4"),
            F.max_pool2d(x, 3L, stride: 2L)];
}

/// <summary>
/// Mixed_7b (average) and 7c (maximum, a peculiarity of the graph that the FID is defined by): 1x1, 3x3 as row beside column, that after a
/// 3x3, pool.
/// </summary>
internal sealed class InceptionE : InceptionBlock
{
    private readonly bool maximum;

    public InceptionE(int input, int divisor, bool maximum) : base(nameof(InceptionE))
    {
        this.maximum = maximum;
        var inner = 384 / divisor;
        Add("branch1x1", input, 320 / divisor, 1, 1);
        Add("branch3x3_1", input, inner, 1, 1);
        Add("branch3x3_2a", inner, inner, 1, 3);
        Add("branch3x3_2b", inner, inner, 3, 1);
        Add("branch3x3dbl_1", input, 448 / divisor, 1, 1);
        Add("branch3x3dbl_2", 448 / divisor, inner, 3, 3);
        Add("branch3x3dbl_3a", inner, inner, 1, 3);
        Add("branch3x3dbl_3b", inner, inner, 3, 1);
        Add("branch_pool", input, 192 / divisor, 1, 1);
    }

    protected override Tensor[] Branches(Tensor x)
    {
        var (narrow, wide) = (Through(x, "branch3x3_1"), Through(x, "branch3x3dbl_1", "branch3x3dbl_2"));
        var pooled = maximum ? F.max_pool2d(x, 3L, stride: 1L, padding: 1L) : Average(x);
        return
        [
            Through(x, "branch1x1"), Through(narrow, "branch3x3_2a"), Through(narrow, "branch3x3_2b"),
            Through(wide, "branch3x3dbl_3a"), Through(wide, "branch3x3dbl_3b"), Through(pooled, "branch_pool"),
        ];
    }
}
