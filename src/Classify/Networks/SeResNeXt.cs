using Odm.Classify.Exchange;
using Odm.Engine.Layers;
using Odm.Engine.Runtime;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace Odm.Classify.Networks;

/// <summary>
/// SE-ResNeXt-50 32x4d (Hu et al. 2018, arXiv 1709.01507, table 1) as an encoder, in the variant and with the names of Cadene's
/// pretrained-models and so of segmentation_models.pytorch: the maximum after the stem has no padding but rounds up, stages stride in the
/// 3x3 convolution.
/// </summary>
internal sealed class SeResNeXt : Encoder
{
    private static readonly int[] Blocks = [3, 4, 6, 3];
    private readonly SeStem layer0;
    private readonly ModuleList<SeBottleneck> layer1;
    private readonly ModuleList<SeBottleneck> layer2;
    private readonly ModuleList<SeBottleneck> layer3;
    private readonly ModuleList<SeBottleneck> layer4;
    private readonly int channels;

    /// <param name="channels">Image channels.</param>
    /// <param name="precision">Number format of convolutions.</param>
    /// <param name="width">Channels of the stem; less than 64 is for tests.</param>
    /// <param name="groups">Groups of the 3x3 convolutions.</param>
    public SeResNeXt(int channels, Precision precision, int width = 64, int groups = 32) : base(nameof(SeResNeXt))
    {
        this.channels = channels;
        Widths = [width, .. Enumerable.Range(0, 4).Select(s => (width << s) * SeBottleneck.Expansion)];
        layer0 = new SeStem(channels, width, precision);
        layer1 = Stage(0);
        layer2 = Stage(1);
        layer3 = Stage(2);
        layer4 = Stage(3);
        RegisterComponents();

        ModuleList<SeBottleneck> Stage(int s) => ModuleList<SeBottleneck>([.. Enumerable.Range(0, Blocks[s]).Select(b =>
            new SeBottleneck(b == 0 ? Widths[s] : Widths[s + 1], width << s, b == 0 && s > 0 ? 2 : 1, groups, precision))]);
    }

    public override IReadOnlyList<int> Widths { get; }

    public override Tensor[] Maps(Tensor x)
    {
        Demand(x, channels);
        using var scope = NewDisposeScope();
        var first = layer0.call(x);
        var second = Through(layer1, F.max_pool2d(first, 3L, stride: 2L, ceil_mode: true));
        var third = Through(layer2, second);
        var fourth = Through(layer3, third);
        Tensor[] maps = [first, second, third, fourth, Through(layer4, fourth)];
        return [.. maps.Select(m => m.MoveToOuterDisposeScope())];
    }

    public override string[] WriteMaps(OnnxGraph graph, string x)
    {
        var first = layer0.Write(graph, x);
        var second = Through(graph, layer1, graph.MaxPool(first, 3, 2, 0, ceil: true));
        var third = Through(graph, layer2, second);
        var fourth = Through(graph, layer3, third);
        return [first, second, third, fourth, Through(graph, layer4, fourth)];
    }

    public override Tensor forward(Tensor x) // [N, C, H, W] -> [N, 2048, H / 32, W / 32]
    {
        using var scope = NewDisposeScope();
        return Maps(x)[^1].MoveToOuterDisposeScope();
    }
}

/// <summary>The 7x7 convolution of stride 2, its norm and ReLU.</summary>
internal sealed class SeStem : Module<Tensor, Tensor>, IOnnxModule
{
    private readonly Conv2d conv1;
    private readonly BatchNorm2d bn1;
    private readonly Precision precision;

    public SeStem(int channels, int width, Precision precision) : base(nameof(SeStem))
    {
        conv1 = Layers.Conv(channels, width, 7L, stride: 2L, padding: 3L, bias: false);
        bn1 = BatchNorm2d(width);
        this.precision = precision;
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => ConvNorm.Relu(conv1, bn1, x, precision); // [N, C, H, W] -> [N, D, H / 2, W / 2]

    public string Write(OnnxGraph graph, string x) => graph.ConvNorm(conv1, bn1, x, relu: true);
}

/// <summary>ResNeXt's bottleneck (Xie et al. 2017, arXiv 1611.05431) whose branch is reweighed by channel before it is added.</summary>
internal sealed class SeBottleneck : Module<Tensor, Tensor>, IOnnxModule
{
    /// <summary>Output channels over a stage's nominal ones; inside there are twice the nominal ones, in groups.</summary>
    public const int Expansion = 4;

    private readonly Conv2d conv1;
    private readonly BatchNorm2d bn1;
    private readonly Conv2d conv2;
    private readonly BatchNorm2d bn2;
    private readonly Conv2d conv3;
    private readonly BatchNorm2d bn3;
    private readonly SqueezeExcitation se_module; // Cadene's name
    private readonly ConvNorm? downsample;
    private readonly Precision precision;

    public SeBottleneck(int input, int planes, int stride, int groups, Precision precision) : base(nameof(SeBottleneck))
    {
        conv1 = Layers.Conv(input, 2 * planes, 1L, bias: false);
        bn1 = BatchNorm2d(2 * planes);
        conv2 = Layers.Conv(2 * planes, 2 * planes, 3L, stride: stride, padding: 1L, groups: groups, bias: false);
        bn2 = BatchNorm2d(2 * planes);
        conv3 = Layers.Conv(2 * planes, planes * Expansion, 1L, bias: false);
        bn3 = BatchNorm2d(planes * Expansion);
        se_module = new SqueezeExcitation(planes * Expansion);
        downsample = stride == 1 && input == planes * Expansion ? null
            : new ConvNorm(input, planes * Expansion, 1, stride, relu: false, precision);
        this.precision = precision;
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) // [N, C, H, W] -> [N, 4 planes, H / stride, W / stride]
    {
        using var scope = NewDisposeScope();
        var h = ConvNorm.Relu(conv1, bn1, x, precision);
        h = ConvNorm.Relu(conv2, bn2, h, precision);
        h = se_module.call(ConvNorm.Of(conv3, bn3, h, precision));
        return F.relu(h + (downsample is null ? x : downsample.call(x))).MoveToOuterDisposeScope();
    }

    public string Write(OnnxGraph graph, string x)
    {
        var h = graph.ConvNorm(conv2, bn2, graph.ConvNorm(conv1, bn1, x, relu: true), relu: true);
        h = se_module.Write(graph, graph.ConvNorm(conv3, bn3, h, relu: false));
        return graph.Relu(graph.Add(h, downsample?.Write(graph, x) ?? x));
    }
}

/// <summary>
/// Each channel times a number in (0, 1) that is computed from all channels' means (Hu et al. 2018, section 3), in float32.
/// </summary>
internal sealed class SqueezeExcitation : Module<Tensor, Tensor>, IOnnxModule
{
    private const int Reduction = 16;
    private readonly Conv2d fc1;
    private readonly Conv2d fc2;

    public SqueezeExcitation(int channels) : base(nameof(SqueezeExcitation))
    {
        fc1 = Layers.Conv(channels, channels / Reduction, 1L);
        fc2 = Layers.Conv(channels / Reduction, channels, 1L);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) // [N, C, H, W] -> the same
    {
        using var scope = NewDisposeScope();
        var weights = fc2.call(F.relu(fc1.call(x.mean([2, 3], keepdim: true)))).sigmoid(); // [N, C, 1, 1]
        return (x * weights).MoveToOuterDisposeScope();
    }

    public string Write(OnnxGraph graph, string x)
        => graph.Multiply(x, graph.Sigmoid(graph.Conv(fc2, graph.Relu(graph.Conv(fc1, graph.GlobalMean(x))))));
}
