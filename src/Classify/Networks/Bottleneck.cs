using Odm.Data;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace Odm.Classify;

/// <summary>Three convolutions around a shortcut (He et al. 2016, figure 5 right), each with batch norm.</summary>
internal sealed class Bottleneck : Module<Tensor, Tensor>
{
    /// <summary>Output channels over inner channels.</summary>
    public const int Expansion = 4;

    private readonly Conv2d conv1;
    private readonly BatchNorm2d bn1;
    private readonly Conv2d conv2;
    private readonly BatchNorm2d bn2;
    private readonly Conv2d conv3;
    private readonly BatchNorm2d bn3;
    private readonly Shortcut? downsample; // only where the shape changes
    private readonly Precision precision;

    public Bottleneck(int input, int width, int stride, ResNetVariant variant, Precision precision) : base(nameof(Bottleneck))
    {
        var (first, middle) = variant == ResNetVariant.V1 ? (stride, 1) : (1, stride);
        conv1 = Conv2d(input, width, 1L, stride: first, bias: false);
        bn1 = BatchNorm2d(width);
        conv2 = Conv2d(width, width, 3L, stride: middle, padding: 1L, bias: false);
        bn2 = BatchNorm2d(width);
        conv3 = Conv2d(width, width * Expansion, 1L, bias: false);
        bn3 = BatchNorm2d(width * Expansion);
        if (stride != 1 || input != width * Expansion)
        {
            downsample = new Shortcut(input, width * Expansion, stride, precision);
        }
        this.precision = precision;
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) // [N, C, H, W] -> [N, 4 width, H / stride, W / stride]
    {
        using var scope = NewDisposeScope();
        var h = F.relu(bn1.call(Mixed.Convolution(conv1, x, precision)));
        h = F.relu(bn2.call(Mixed.Convolution(conv2, h, precision)));
        h = bn3.call(Mixed.Convolution(conv3, h, precision));
        return F.relu(h + (downsample is null ? x : downsample.call(x))).MoveToOuterDisposeScope();
    }
}

/// <summary>The 1x1 convolution and norm on a shortcut that changes shape.</summary>
internal sealed class Shortcut : Module<Tensor, Tensor>
{
    private readonly Conv2d conv;
    private readonly BatchNorm2d norm;
    private readonly Precision precision;

    public Shortcut(int input, int output, int stride, Precision precision) : base(nameof(Shortcut))
    {
        conv = Conv2d(input, output, 1L, stride: stride, bias: false);
        norm = BatchNorm2d(output);
        this.precision = precision;
        register_module("0", conv); // torchvision's names, so that its files fit
        register_module("1", norm);
    }

    public override Tensor forward(Tensor x) // [N, C, H, W] -> [N, D, H / stride, W / stride]
    {
        using var scope = NewDisposeScope();
        return norm.call(Mixed.Convolution(conv, x, precision)).MoveToOuterDisposeScope();
    }
}
