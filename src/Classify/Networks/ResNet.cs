using Odm.Classify.Exchange;
using Odm.Engine.Kernels;
using Odm.Engine.Layers;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace Odm.Classify.Networks;

/// <summary>
/// ResNet-18 and -50 (He et al. 2016, arXiv 1512.03385, table 1) for images of any size; parameter names are torchvision's. Batch norm
/// keeps torch's momentum of .1: running statistics span some 30 steps, so that after a few hundred they suit the weights if the rate has
/// come down by then.
/// </summary>
internal sealed class ResNet : Encoder, IOnnxModule
{
    private readonly Conv2d conv1;
    private readonly BatchNorm2d bn1;
    private readonly ModuleList<Module<Tensor, Tensor>> layer1;
    private readonly ModuleList<Module<Tensor, Tensor>> layer2;
    private readonly ModuleList<Module<Tensor, Tensor>> layer3;
    private readonly ModuleList<Module<Tensor, Tensor>> layer4;
    private readonly Module<Tensor, Tensor>? fc; // none in an encoder
    private readonly ResNetConfig config;

    public ResNet(ResNetConfig config) : base(nameof(ResNet))
    {
        this.config = config;
        conv1 = Layers.Conv(config.Channels, config.Width, 7L, stride: 2L, padding: 3L, bias: false);
        bn1 = BatchNorm2d(config.Width);
        var (expansion, blocks) = config.Depth == 18 ? (1, new[] { 2, 2, 2, 2 }) : (Bottleneck.Expansion, [3, 4, 6, 3]);
        Widths = [config.Width, .. Enumerable.Range(0, 4).Select(s => (config.Width << s) * expansion)];
        layer1 = Stage(0, blocks[0]);
        layer2 = Stage(1, blocks[1]);
        layer3 = Stage(2, blocks[2]);
        layer4 = Stage(3, blocks[3]);
        fc = (config.Classes, config.Hidden) switch
        {
            (0, _) => null,
            (_, 0) => Linear(Widths[4], config.Classes),
            _ => Sequential(Linear(Widths[4], config.Hidden), ReLU(), Linear(config.Hidden, config.Classes)),
        };
        RegisterComponents();
        foreach (var parameter in config.Frozen ? Body.SelectMany(m => m.parameters()) : [])
        {
            parameter.requires_grad = false;
        }
    }

    public override IReadOnlyList<int> Widths { get; }

    private IEnumerable<Module> Body => [conv1, bn1, layer1, layer2, layer3, layer4];

    public override Tensor[] Maps(Tensor x)
    {
        Demand(x, config.Channels);
        using var graph = config.Frozen ? no_grad() : null;
        using var scope = NewDisposeScope();
        var first = ConvNorm.Relu(conv1, bn1, Layout.ChannelsLast(x), config.Precision);
        var second = Through(layer1, config.Stem == Stem.Paper ? F.max_pool2d(first, 3L, stride: 2L, padding: 1L) : first);
        var third = Through(layer2, second);
        var fourth = Through(layer3, third);
        Tensor[] maps = [first, second, third, fourth, Through(layer4, fourth)];
        return [.. maps.Select(m => m.MoveToOuterDisposeScope())];
    }

    public override string[] WriteMaps(OnnxGraph graph, string x)
    {
        var first = graph.ConvNorm(conv1, bn1, x, relu: true);
        var second = Through(graph, layer1, config.Stem == Stem.Paper ? graph.MaxPool(first, 3, 2, 1) : first);
        var third = Through(graph, layer2, second);
        var fourth = Through(graph, layer3, third);
        return [first, second, third, fourth, Through(graph, layer4, fourth)];
    }

    public string Write(OnnxGraph graph, string x)
    {
        var features = graph.Flatten(graph.GlobalMean(WriteMaps(graph, x)[4]));
        return fc switch
        {
            Linear linear => graph.Linear(linear, features),
            Sequential two => graph.Linear((Linear)two[2], graph.Relu(graph.Linear((Linear)two[0], features))),
            _ => throw new InvalidOperationException("an encoder has no classes"),
        };
    }

    /// <summary>The mean of the last stage's maps: [N, C, H, W] normalised -> [N, 2048] (ResNet-18: 512).</summary>
    public Tensor Features(Tensor x)
    {
        using var scope = NewDisposeScope();
        return Maps(x)[4].mean([2, 3]).MoveToOuterDisposeScope(); // [N, 2048, h, w] -> [N, 2048]
    }

    public override Tensor forward(Tensor x) // [N, C, H, W] -> logits [N, K]
    {
        using var scope = NewDisposeScope();
        return (fc ?? throw new InvalidOperationException("an encoder has no classes")).call(Features(x)).MoveToOuterDisposeScope();
    }

    /// <summary>A frozen body stays in evaluation mode: its batch norms keep ImageNet's statistics.</summary>
    public override void train(bool train = true)
    {
        base.train(train);
        foreach (var module in config.Frozen ? Body : [])
        {
            module.train(false);
        }
    }

    private ModuleList<Module<Tensor, Tensor>> Stage(int s, int blocks) =>
        ModuleList([.. Enumerable.Range(0, blocks).Select(b =>
        {
            var (input, width, stride) = (b == 0 ? Widths[s] : Widths[s + 1], config.Width << s, b == 0 && s > 0 ? 2 : 1);
            return config.Depth == 18
                ? (Module<Tensor, Tensor>)new BasicBlock(input, width, stride, config.Precision)
                : new Bottleneck(input, width, stride, config.Variant, config.Precision);
        })]);
}
