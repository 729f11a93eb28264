using Odm.Classify.Exchange;
using Odm.Engine.Layers;
using Odm.Engine.Runtime;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace Odm.Classify.Networks;

/// <summary>Three convolutions around a shortcut (He et al. 2016, figure 5 right), each with batch norm.</summary>
internal sealed class Bottleneck : Module<Tensor, Tensor>, IOnnxModule
{
    /// <summary>Output channels over inner channels.</summary>
    public const int Expansion = 4;

    private readonly Conv2d conv1;
    private readonly BatchNorm2d bn1;
    private readonly Conv2d conv2;
    private readonly BatchNorm2d bn2;
    private readonly Conv2d conv3;
    private readonly BatchNorm2d bn3;
    private readonly ConvNorm? downsample; // only where the shape changes
    private readonly Precision precision;

    public Bottleneck(int input, int width, int stride, ResNetVariant variant, Precision precision) : base(nameof(Bottleneck))
    {
        var (first, middle) = variant == ResNetVariant.V1 ? (stride, 1) : (1, stride);
        conv1 = Layers.Conv(input, width, 1L, stride: first, bias: false);
        bn1 = BatchNorm2d(width);
        conv2 = Layers.Conv(width, width, 3L, stride: middle, padding: 1L, bias: false);
        bn2 = BatchNorm2d(width);
        conv3 = Layers.Conv(width, width * Expansion, 1L, bias: false);
        bn3 = BatchNorm2d(width * Expansion);
        if (stride != 1 || input != width * Expansion)
        {
            downsample = new ConvNorm(input, width * Expansion, 1, stride, relu: false, precision);
        }
        this.precision = precision;
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) // [N, C, H, W] -> [N, 4 width, H / stride, W / stride]
    {
        using var scope = NewDisposeScope();
        var h = ConvNorm.Relu(conv1, bn1, x, precision);
        h = ConvNorm.Relu(conv2, bn2, h, precision);
        h = ConvNorm.Of(conv3, bn3, h, precision);
        return F.relu(h + (downsample is null ? x : downsample.call(x))).MoveToOuterDisposeScope();
    }

    public string Write(OnnxGraph graph, string x)
    {
        var h = graph.ConvNorm(conv2, bn2, graph.ConvNorm(conv1, bn1, x, relu: true), relu: true);
        h = graph.ConvNorm(conv3, bn3, h, relu: false);
        return graph.Relu(graph.Add(h, downsample?.Write(graph, x) ?? x));
    }
}
