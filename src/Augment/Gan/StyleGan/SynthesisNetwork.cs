using Odm.Augment.Gan.Networks;
using Odm.Engine.Runtime;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Odm.Augment.Gan.StyleGan;

/// <summary>
/// A 3 x 3 convolution modulated by a style, demodulated, with noise, bias and LeakyReLU (Karras et al. 2020, "Analyzing and improving",
/// section 2.2, equations 1 and 3). Inputs are scaled by the style and outputs by the demodulation, with one weight for all images: the
/// same numbers as a convolution with a weight for each image, and on a processor faster (docs/gans.md has the measurement).
/// </summary>
internal sealed class ModulatedLayer : Module<Tensor, Tensor, Tensor, Tensor>
{
    private readonly EqualLinear affine;
    private readonly Parameter weight;
    private readonly Parameter bias;
    private readonly Parameter noise_strength;
    private readonly (FixedFilter? Blur, Precision Precision) form;

    /// <param name="rng">Stream of the weights.</param>
    /// <param name="input">Channels.</param>
    /// <param name="output">Channels.</param>
    /// <param name="style">Width of the style.</param>
    /// <param name="doubles">Whether the maps are doubled first.</param>
    /// <param name="precision">Number format of the product.</param>
    public ModulatedLayer(Rng rng, int input, int output, int style, bool doubles, Precision precision) : base(nameof(ModulatedLayer))
    {
        affine = new(rng, style, input, start: 1);
        weight = NormalWeights.Draw(rng, 1, 0, doubles ? [input, output, 3, 3] : [output, input, 3, 3]);
        (bias, noise_strength) = (NormalWeights.Constant(0, output), NormalWeights.Constant(0, 1));
        form = (doubles ? new(Resampling.AfterDoubling) : null, precision);
        RegisterComponents();
    }

    // maps [N, I, H, W], style [N, S], noise [N, 1, H', W'] -> [N, O, H', W']
    public override Tensor forward(Tensor x, Tensor w, Tensor noise)
    {
        using var scope = NewDisposeScope();
        var style = affine.call(w);
        var (up, squares) = (form.Blur is not null, weight.square().sum([2L, 3])); // [O, I], transposed [I, O]
        var scale = (style.square().matmul(up ? squares : squares.t()) + Number.Of(1e-8)).rsqrt();
        var y = Equalized.Convolve(x * style.unsqueeze(-1).unsqueeze(-1), weight, form.Precision, up ? 2 : 1, up ? 0 : 1, up);
        y = form.Blur?.Apply(y) ?? y;
        y = y * scale.unsqueeze(-1).unsqueeze(-1) + noise * noise_strength + Equalized.OverMaps(bias);
        return Equalized.Activate(y).MoveToOuterDisposeScope();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            form.Blur?.Dispose();
        }
        base.Dispose(disposing);
    }
}

/// <summary>Colours of maps: a modulated 1 x 1 convolution without demodulation.</summary>
internal sealed class ColourLayer : Module<Tensor, Tensor, Tensor>
{
    private readonly EqualLinear affine;
    private readonly Parameter weight;
    private readonly Parameter bias;
    private readonly Precision precision;

    public ColourLayer(Rng rng, int input, int output, int style, Precision precision) : base(nameof(ColourLayer))
    {
        affine = new(rng, style, input, start: 1);
        weight = NormalWeights.Draw(rng, 1, 0, output, input, 1, 1);
        bias = NormalWeights.Constant(0, output);
        this.precision = precision;
        RegisterComponents();
    }

    // maps [N, I, H, W], style [N, S] -> [N, O, H, W]
    public override Tensor forward(Tensor x, Tensor w)
    {
        using var scope = NewDisposeScope();
        var style = affine.call(w) * Number.Of(1 / Math.Sqrt(weight.shape[1]));
        return (Equalized.Convolve(x * style.unsqueeze(-1).unsqueeze(-1), weight, precision) + Equalized.OverMaps(bias))
            .MoveToOuterDisposeScope();
    }
}

/// <summary>
/// The skip generator (Karras et al. 2020, "Analyzing and improving", figure 7b): a learned 4 x 4 constant, doubled level by level; the
/// colours of all levels add up.
/// </summary>
internal sealed class SynthesisNetwork : Module<Tensor, IReadOnlyList<ulong>, Tensor>
{
    private readonly Parameter constant;
    private readonly ModuleList<ModulatedLayer> layers = [];
    private readonly ModuleList<ColourLayer> colours = [];
    private readonly FixedFilter doubling = new(Resampling.Double);

    public SynthesisNetwork(StyleGanNetworkConfig config, int size, int channels, Rng rng, Precision precision)
        : base(nameof(SynthesisNetwork))
    {
        var width = config.ChannelsAt(4);
        constant = NormalWeights.Draw(rng, 1, 0, width, 4, 4);
        layers.Add(new(rng, width, width, config.Style, doubles: false, precision));
        colours.Add(new(rng, width, channels, config.Style, precision));
        for (var side = 4; side < size; side *= 2)
        {
            var next = config.ChannelsAt(2 * side);
            layers.Add(new(rng, width, next, config.Style, doubles: true, precision));
            layers.Add(new(rng, next, next, config.Style, doubles: false, precision));
            colours.Add(new(rng, next, channels, config.Style, precision));
            width = next;
        }
        RegisterComponents();
    }

    /// <summary>Styles that an image takes: one for each layer, and one for the last colours.</summary>
    public int Styles => layers.Count + 1;

    // styles [N, layers, S], a seed of noise for each image -> [N, C, H, W]
    public override Tensor forward(Tensor styles, IReadOnlyList<ulong> seeds)
        => Of(styles, (layer, side) => NormalLatents.Of(seeds, [1, side, side], styles.device, $"noise of layer {layer}"));

    /// <summary>The images of styles [N, layers, S] with the noise [N, 1, side, side] of each layer.</summary>
    internal Tensor Of(Tensor styles, Func<int, long, Tensor> noise)
    {
        using var scope = NewDisposeScope();
        var w = styles.unbind(1);
        var x = constant.unsqueeze(0).expand(styles.shape[0], -1, -1, -1);
        x = layers[0].call(x, w[0], noise(0, 4));
        var image = colours[0].call(x, w[1]);
        for (var level = 1; level < colours.Count; level++)
        {
            var side = 4L << level;
            x = layers[2 * level - 1].call(x, w[2 * level - 1], noise(2 * level - 1, side));
            x = layers[2 * level].call(x, w[2 * level], noise(2 * level, side));
            image = doubling.Apply(image) + colours[level].call(x, w[2 * level + 1]);
        }
        return image.MoveToOuterDisposeScope();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            doubling.Dispose();
        }
        base.Dispose(disposing);
    }
}
