using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace Odm.Classify;

/// <summary>
/// ResNet-50 (He et al. 2016, arXiv 1512.03385, table 1) for images of any size; parameter names are torchvision's. Batch norm keeps
/// torch's momentum of .1: running statistics span some 30 steps, so that after a few hundred they suit the weights if the rate has come down by then.
/// </summary>
internal sealed class ResNet50 : Module<Tensor, Tensor>
{
    private readonly Conv2d conv1;
    private readonly BatchNorm2d bn1;
    private readonly ModuleList<Bottleneck> layer1;
    private readonly ModuleList<Bottleneck> layer2;
    private readonly ModuleList<Bottleneck> layer3;
    private readonly ModuleList<Bottleneck> layer4;
    private readonly Module<Tensor, Tensor> fc;
    private readonly ResNetConfig config;

    public ResNet50(ResNetConfig config) : base(nameof(ResNet50))
    {
        this.config = config;
        conv1 = Conv2d(config.Channels, config.Width, 7L, stride: 2L, padding: 3L, bias: false);
        bn1 = BatchNorm2d(config.Width);
        layer1 = Stage(config.Width, config.Width, blocks: 3, stride: 1);
        layer2 = Stage(4 * config.Width, 2 * config.Width, blocks: 4, stride: 2);
        layer3 = Stage(8 * config.Width, 4 * config.Width, blocks: 6, stride: 2);
        layer4 = Stage(16 * config.Width, 8 * config.Width, blocks: 3, stride: 2);
        var features = 32 * config.Width;
        fc = config.Hidden == 0
            ? Linear(features, config.Classes)
            : Sequential(Linear(features, config.Hidden), ReLU(), Linear(config.Hidden, config.Classes));
        RegisterComponents();
        foreach (var parameter in config.Frozen ? Body.SelectMany(m => m.parameters()) : [])
        {
            parameter.requires_grad = false;
        }
    }

    private IEnumerable<Module> Body => [conv1, bn1, layer1, layer2, layer3, layer4];

    /// <summary>The mean of the last stage's maps: [N, C, H, W] normalised -> [N, 2048].</summary>
    public Tensor Features(Tensor x)
    {
        if (x.dim() != 4 || x.shape[1] != config.Channels)
        {
            throw new ArgumentException($"images have shape [{string.Join(", ", x.shape)}]; expected [N, {config.Channels}, H, W]", nameof(x));
        }
        using var graph = config.Frozen ? no_grad() : null;
        using var scope = NewDisposeScope();
        var h = F.relu(bn1.call(Mixed.Convolution(conv1, x, config.Precision)));
        if (config.Stem == Stem.Paper)
        {
            h = F.max_pool2d(h, 3L, stride: 2L, padding: 1L);
        }
        foreach (var block in layer1.Concat(layer2).Concat(layer3).Concat(layer4))
        {
            h = block.call(h);
        }
        return h.mean([2, 3]).MoveToOuterDisposeScope(); // [N, 2048, h, w] -> [N, 2048]
    }

    public override Tensor forward(Tensor x) // [N, C, H, W] -> logits [N, K]
    {
        using var scope = NewDisposeScope();
        return fc.call(Features(x)).MoveToOuterDisposeScope();
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

    private ModuleList<Bottleneck> Stage(int input, int width, int blocks, int stride) =>
        ModuleList<Bottleneck>([.. Enumerable.Range(0, blocks).Select(b =>
            new Bottleneck(b == 0 ? input : width * Bottleneck.Expansion, width, b == 0 ? stride : 1, config.Variant, config.Precision))]);
}
