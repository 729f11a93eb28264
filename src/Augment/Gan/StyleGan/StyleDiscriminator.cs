using Odm.Augment.Gan.Networks;
using Odm.Engine.Runtime;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Odm.Augment.Gan.StyleGan;

/// <summary>A convolution with equalised learning rate; filtered and halved first where asked.</summary>
internal sealed class EqualConvolution : Module<Tensor, Tensor>
{
    private readonly Parameter weight;
    private readonly Parameter? bias;
    private readonly (double Gain, int Stride, int Padding, FixedFilter? Filter, bool Activate, Precision Precision) form;

    /// <param name="rng">Stream of the weights.</param>
    /// <param name="input">Channels.</param>
    /// <param name="output">Channels.</param>
    /// <param name="kernel">1 or 3.</param>
    /// <param name="precision">Number format of the product.</param>
    /// <param name="halves">Whether the maps are halved.</param>
    /// <param name="activate">Whether a bias and LeakyReLU follow.</param>
    public EqualConvolution(Rng rng, int input, int output, int kernel, Precision precision, bool halves = false, bool activate = true)
        : base(nameof(EqualConvolution))
    {
        weight = NormalWeights.Draw(rng, 1, 0, output, input, kernel, kernel);
        bias = activate ? NormalWeights.Constant(0, output) : null;
        // 1 x 1: the filter halves; 3 x 3: it widens by a row, and the convolution's stride halves
        var filter = halves ? new FixedFilter(kernel == 1 ? Resampling.Halve : Resampling.BeforeHalving) : null;
        var strided = filter is not null && kernel > 1;
        form = (1 / Math.Sqrt(input * kernel * kernel), strided ? 2 : 1, strided ? 0 : kernel / 2, filter, activate, precision);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var seen = form.Filter?.Apply(x) ?? x;
        var y = Equalized.Convolve(seen, weight * Number.Of(form.Gain), form.Precision, form.Stride, form.Padding);
        return (form.Activate ? Equalized.Activate(y + Equalized.OverMaps(bias!)) : y).MoveToOuterDisposeScope();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            form.Filter?.Dispose();
        }
        base.Dispose(disposing);
    }
}

/// <summary>
/// The residual discriminator (Karras et al. 2020, "Analyzing and improving", figure 7c) with the minibatch standard deviation (Karras et
/// al. 2018, section 3); a class is told by projection onto its mapped embedding (Karras et al. 2020, "Training GANs with limited data",
/// appendix C).
/// </summary>
internal sealed class StyleDiscriminator : Module<Tensor, Tensor?, Tensor>
{
    private const int MappingDepth = 8;

    private readonly EqualConvolution colours;
    private readonly ModuleList<EqualConvolution> first = [];
    private readonly ModuleList<EqualConvolution> second = [];
    private readonly ModuleList<EqualConvolution> skips = [];
    private readonly EqualConvolution last;
    private readonly EqualLinear dense;
    private readonly EqualLinear output;
    private readonly MappingNetwork? mapping;
    private readonly int group;

    public StyleDiscriminator(StyleGanNetworkConfig config, int size, int channels, int classes, Rng rng, Precision precision)
        : base(nameof(StyleDiscriminator))
    {
        group = config.MinibatchGroup;
        var width = config.ChannelsAt(size);
        colours = new(rng, channels, width, 1, precision);
        for (var side = size; side > 4; side /= 2)
        {
            var next = config.ChannelsAt(side / 2);
            first.Add(new(rng, width, width, 3, precision));
            second.Add(new(rng, width, next, 3, precision, halves: true));
            skips.Add(new(rng, width, next, 1, precision, halves: true, activate: false));
            width = next;
        }
        last = new(rng, width + 1, width, 3, precision);
        dense = new(rng, width * 16, width, activate: true);
        output = new(rng, width, classes > 0 ? width : 1);
        mapping = classes > 0 ? new(rng, 0, classes, width, MappingDepth) : null;
        RegisterComponents();
    }

    // images [N, C, H, W], classes [N] -> [N]
    public override Tensor forward(Tensor x, Tensor? y)
    {
        using var scope = NewDisposeScope();
        x = colours.call(x);
        for (var i = 0; i < first.Count; i++)
        {
            x = (second[i].call(first[i].call(x)) + skips[i].call(x)) * Number.Of(Math.Sqrt(.5));
        }
        x = last.call(cat([x, Deviation(x, group)], 1));
        x = output.call(dense.call(x.reshape(x.shape[0], -1)));
        return (mapping is null ? x.reshape(-1) : (x * mapping.call(null, y)).sum([1L]) * Number.Of(1 / Math.Sqrt(x.shape[1])))
            .MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The mean standard deviation within groups of images, one map [N, 1, H, W]. Groups are as large as the batch can be divided into, at
    /// most <paramref name="most"/> images; image k is in group k modulo their number.
    /// </summary>
    internal static Tensor Deviation(Tensor x, int most)
    {
        using var scope = NewDisposeScope();
        var (n, h, w) = (x.shape[0], x.shape[2], x.shape[3]);
        var size = Enumerable.Range(1, (int)Math.Min(most, n)).Last(k => n % k == 0);
        var y = x.reshape(size, n / size, -1);
        y -= y.mean([0], keepdim: true);
        var deviation = (y.square().mean([0L]) + Number.Of(1e-8)).sqrt().mean([1L]); // [groups]
        return deviation.repeat([size]).reshape(n, 1, 1, 1).expand(n, 1, h, w).MoveToOuterDisposeScope();
    }
}
