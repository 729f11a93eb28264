using Odm.Augment.Gan.Family;
using Odm.Engine.Runtime;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace Odm.Augment.Gan.CellGan;

/// <summary>
/// CellGAN's generator (Shen et al. 2023): latents become 4 x 4 maps; each block normalises them by the class (AdaIN), doubles them and
/// convolves; global contexts of small maps are added to big ones. For sides below 256 it ends earlier, with the links that fit.
/// </summary>
internal sealed class CellGanGenerator : Module<Tensor, Tensor, Tensor>
{
    private const int Layers = 4; // of the class mapping
    private const double Slope = .2;

    private readonly ModuleList<Module<Tensor, Tensor>> mapping = [];
    private readonly SpectralProduct start;
    private readonly ModuleList<Module<Tensor, Tensor>> styles = [];
    private readonly ModuleList<Module<Tensor, Tensor>> convolutions = [];
    private readonly ModuleList<Module<Tensor, Tensor, Tensor>> links = [];
    private readonly SpectralProduct picture;
    private readonly int[] sides;

    public CellGanGenerator(CellGanNetworkConfig config, GanShape shape, Rng rng, Precision precision) : base(nameof(CellGanGenerator))
    {
        var width = config.Condition;
        for (var i = 0; i < Layers; i++)
        {
            mapping.Add(new SpectralProduct(rng, i == 0 ? Math.Max(1, shape.Classes.Count) : width, width,
                new(ProductKind.Linear, Bias: true), precision));
        }
        start = new(rng, config.Latent, config.Of(4), new(ProductKind.Transposed, 4), precision);
        sides = [.. Enumerable.Range(3, (int)Math.Log2(shape.Size) - 2).Select(k => 1 << k)]; // 8, 16, ..., the image's
        foreach (var side in sides)
        {
            styles.Add(new SpectralProduct(rng, width, 2 * config.Of(side / 2), new(ProductKind.Linear, Bias: true), precision));
            convolutions.Add(new SpectralProduct(rng, config.Of(side / 2), config.Of(side), ProductForm.Three, precision));
        }
        foreach (var side in sides.Where(s => s >= 8 * GlobalContext.Factor))
        {
            links.Add(new GlobalContext(config.Of(side / GlobalContext.Factor), config.Of(side), rng, precision));
        }
        picture = new(rng, config.Of(shape.Size), shape.DataChannels, ProductForm.Three, precision);
        RegisterComponents();
    }

    // [N, latent] and the codes of classes [N, K] -> [N, C, H, W]
    public override Tensor forward(Tensor z, Tensor code)
    {
        using var scope = NewDisposeScope();
        var condition = code;
        foreach (var layer in mapping)
        {
            condition = F.leaky_relu(layer.call(condition), Slope);
        }
        var x = start.call(z.reshape(z.shape[0], z.shape[1], 1, 1));
        var maps = new List<Tensor>();
        for (var i = 0; i < sides.Length; i++)
        {
            // before the doubling, as both commute with it and here there is a quarter of the work
            var styled = F.leaky_relu(Styled(x, styles[i].call(condition)), Slope);
            x = convolutions[i].call(F.interpolate(styled, scale_factor: [2, 2], mode: InterpolationMode.Nearest));
            if (i >= 3)
            {
                x = links[i - 3].call(maps[i - 3], x); // from the map of an eighth of the side
            }
            maps.Add(x);
        }
        return picture.call(x).tanh().MoveToOuterDisposeScope();
    }

    /// <summary>Adaptive instance norm: (1 + γ) (x - mean) / √(variance + ε) + β for each map (Huang and Belongie 2017).</summary>
    private static Tensor Styled(Tensor x, Tensor style)
    {
        const double Epsilon = 1e-5;
        var mean = x.mean([2L, 3], keepdim: true);
        var apart = x - mean;
        var deviation = (apart.square().mean([2L, 3], keepdim: true) + Number.Of(Epsilon)).sqrt();
        var halves = style.reshape(x.shape[0], -1, 1, 1).chunk(2, 1);
        return (halves[0] + Number.Of(1)) * (apart / deviation) + halves[1];
    }
}

/// <summary>
/// Skip-layer global context: the mean of a small map's places, weighted by the softmax of one channel, becomes a vector by two layers and
/// is added to every place of a map eight times as wide (Shen et al. 2023; Cao et al. 2019, figure 4d).
/// </summary>
internal sealed class GlobalContext : Module<Tensor, Tensor, Tensor>
{
    /// <summary>Sides of the two maps, the one over the other.</summary>
    public const int Factor = 8;

    private const int Reduction = 4;
    private const double Slope = .2;

    private readonly SpectralProduct attention;
    private readonly SpectralProduct squeeze;
    private readonly SpectralProduct expand;

    public GlobalContext(int small, int big, Rng rng, Precision precision) : base(nameof(GlobalContext))
    {
        attention = new(rng, small, 1, ProductForm.Point, precision);
        squeeze = new(rng, small, Math.Max(1, big / Reduction), ProductForm.Point, precision);
        expand = new(rng, Math.Max(1, big / Reduction), big, ProductForm.Point, precision);
        RegisterComponents();
    }

    // [N, c, h, w] and [N, C, 8 h, 8 w] -> the latter
    public override Tensor forward(Tensor small, Tensor big)
    {
        using var scope = NewDisposeScope();
        var weights = attention.call(small).flatten(2).softmax(-1);                     // [N, 1, h w]
        var context = small.flatten(2).bmm(weights.transpose(1, 2)).unsqueeze(-1);      // [N, c, 1, 1]
        return (big + expand.call(F.leaky_relu(squeeze.call(context), Slope))).MoveToOuterDisposeScope();
    }
}
