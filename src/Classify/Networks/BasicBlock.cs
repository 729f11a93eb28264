using Odm.Classify.Exchange;
using Odm.Engine.Layers;
using Odm.Engine.Runtime;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace Odm.Classify.Networks;

/// <summary>Two 3x3 convolutions around a shortcut (He et al. 2016, figure 5 left), each with batch norm.</summary>
internal sealed class BasicBlock : Module<Tensor, Tensor>, IOnnxModule
{
    private readonly Conv2d conv1;
    private readonly BatchNorm2d bn1;
    private readonly Conv2d conv2;
    private readonly BatchNorm2d bn2;
    private readonly ConvNorm? downsample; // only where the shape changes
    private readonly Precision precision;

    public BasicBlock(int input, int width, int stride, Precision precision) : base(nameof(BasicBlock))
    {
        conv1 = Layers.Conv(input, width, 3L, stride: stride, padding: 1L, bias: false);
        bn1 = BatchNorm2d(width);
        conv2 = Layers.Conv(width, width, 3L, padding: 1L, bias: false);
        bn2 = BatchNorm2d(width);
        downsample = stride == 1 && input == width ? null : new ConvNorm(input, width, 1, stride, relu: false, precision);
        this.precision = precision;
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) // [N, C, H, W] -> [N, width, H / stride, W / stride]
    {
        using var scope = NewDisposeScope();
        var h = ConvNorm.Relu(conv1, bn1, x, precision);
        h = ConvNorm.Of(conv2, bn2, h, precision);
        return F.relu(h + (downsample is null ? x : downsample.call(x))).MoveToOuterDisposeScope();
    }

    public string Write(OnnxGraph graph, string x)
    {
        var h = graph.ConvNorm(conv2, bn2, graph.ConvNorm(conv1, bn1, x, relu: true), relu: false);
        return graph.Relu(graph.Add(h, downsample?.Write(graph, x) ?? x));
    }
}
