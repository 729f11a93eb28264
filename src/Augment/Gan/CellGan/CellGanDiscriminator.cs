using Odm.Augment.Gan.Family;
using Odm.Engine.Runtime;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace Odm.Augment.Gan.CellGan;

/// <summary>
/// CellGAN's discriminator: residual blocks that halve the maps down to 8 x 8, a logit at each of these places, the class by projection at
/// each (Miyato and Koyama 2018); and two decoders, which rebuild real images from its maps.
/// </summary>
internal sealed class CellGanDiscriminator : Module
{
    private const int Least = 8; // side of the last maps
    private const double Slope = .2;

    private readonly SpectralProduct picture;
    private readonly ModuleList<Module<Tensor, Tensor>> blocks = [];
    private readonly SpectralProduct logits;
    private readonly SpectralProduct projection;
    private readonly MapDecoder part;
    private readonly MapDecoder whole;

    public CellGanDiscriminator(CellGanNetworkConfig config, GanShape shape, Rng rng, Precision precision)
        : base(nameof(CellGanDiscriminator))
    {
        picture = new(rng, shape.DataChannels, config.Judged(shape.Size), ProductForm.Three, precision);
        for (var side = shape.Size / 2; side >= Least; side /= 2)
        {
            blocks.Add(new HalvingBlock(config.Judged(2 * side), config.Judged(side), rng, precision));
        }
        logits = new(rng, config.Judged(Least), 1, ProductForm.Point, precision);
        projection = new(rng, Math.Max(1, shape.Classes.Count), config.Judged(Least), new(ProductKind.Linear), precision);
        part = new(config.Judged(2 * Least), shape, config, rng, precision);
        whole = new(config.Judged(Least), shape, config, rng, precision);
        RegisterComponents();
    }

    /// <summary>Logits [N, 1, 8, 8] of images [N, C, H, W] with the codes of their classes [N, K].</summary>
    public Tensor Judge(Tensor x, Tensor code)
    {
        using var scope = NewDisposeScope();
        var (_, map) = Maps(x);
        var told = projection.call(code).reshape(x.shape[0], -1, 1, 1);
        return (logits.call(map) + (told * map).sum([1L], keepdim: true)).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Mean absolute differences of what the decoders rebuild: from a quarter of the 16 x 16 map the same quarter of the image, from the
    /// 8 x 8 map all of it at half the side, every second pixel. One part for all images, its place from the seed.
    /// </summary>
    public Tensor Rebuilding(Tensor x, ulong seed)
    {
        var (half, rng) = ((int)x.shape[2] / 2, new Rng(seed));
        return Rebuilding(x, rng.NextInt(half), rng.NextInt(half));
    }

    /// <summary>The same with the place of the part in pixels.</summary>
    internal Tensor Rebuilding(Tensor x, long row, long column)
    {
        using var scope = NewDisposeScope();
        var (before, map) = Maps(x);
        var (side, half) = (x.shape[2], x.shape[2] / 2);
        var (mapRow, mapColumn) = (row * 2 * Least / side, column * 2 * Least / side);
        var piece = before.narrow(2, mapRow, Least).narrow(3, mapColumn, Least);
        var target = x.narrow(2, row, half).narrow(3, column, half);
        var small = F.interpolate(x, size: [half, half], mode: InterpolationMode.Nearest);
        return ((part.call(piece) - target).abs().mean() + (whole.call(map) - small).abs().mean()).MoveToOuterDisposeScope();
    }

    // the maps of 16 and 8 places a side
    private (Tensor Before, Tensor Last) Maps(Tensor x)
    {
        var (before, last) = (x, picture.call(x));
        foreach (var block in blocks)
        {
            (before, last) = (last, block.call(last));
        }
        return (before, last);
    }

    /// <summary>LeakyReLU, convolution of stride 2, LeakyReLU, convolution; beside it the mean of 2 x 2 and a product.</summary>
    private sealed class HalvingBlock : Module<Tensor, Tensor>
    {
        private readonly SpectralProduct first;
        private readonly SpectralProduct second;
        private readonly SpectralProduct shortcut;

        public HalvingBlock(int input, int output, Rng rng, Precision precision) : base(nameof(HalvingBlock))
        {
            first = new(rng, input, output, ProductForm.Halving, precision);
            second = new(rng, output, output, ProductForm.Three, precision);
            shortcut = new(rng, input, output, ProductForm.Point, precision);
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            using var scope = NewDisposeScope();
            var inner = second.call(F.leaky_relu(first.call(F.leaky_relu(x, Slope)), Slope));
            return (inner + shortcut.call(F.avg_pool2d(x, [2, 2]))).MoveToOuterDisposeScope();
        }
    }

    /// <summary>From 8 x 8 maps to images of half the side: LeakyReLU, doubling, convolution; at last tanh.</summary>
    private sealed class MapDecoder : Module<Tensor, Tensor>
    {
        private readonly ModuleList<Module<Tensor, Tensor>> convolutions = [];
        private readonly SpectralProduct picture;

        public MapDecoder(int input, GanShape shape, CellGanNetworkConfig config, Rng rng, Precision precision) : base(nameof(MapDecoder))
        {
            for (var side = 2 * Least; side <= shape.Size / 2; side *= 2)
            {
                convolutions.Add(new SpectralProduct(rng, input, input = config.Rebuilt(side), ProductForm.Three, precision));
            }
            picture = new(rng, input, shape.DataChannels, ProductForm.Three, precision);
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            using var scope = NewDisposeScope();
            foreach (var convolution in convolutions)
            {
                x = convolution.call(F.interpolate(F.leaky_relu(x, Slope), scale_factor: [2, 2], mode: InterpolationMode.Nearest));
            }
            return picture.call(x).tanh().MoveToOuterDisposeScope();
        }
    }
}
