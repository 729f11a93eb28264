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
/// U-Net++ (Zhou et al. 2018, arXiv 1807.10165) as segmentation_models.pytorch 0.2 and 0.3 build it, parameters by the same names: nested
/// blocks
/// <c>x_{i}_{j}</c> between an encoder's maps, nearest upsampling, batch norm, a 3x3 convolution to the classes.
/// </summary>
internal sealed class UNetPlusPlus : Module<Tensor, Tensor>, IOnnxModule
{
    private readonly Encoder encoder;
    private readonly Nested decoder;
    private readonly ModuleList<Conv2d> segmentation_head; // smp's name; a list, so that its convolution is called 0

    /// <param name="encoder">What halves the image five times; becomes a part of this network.</param>
    /// <param name="widths">Decoder channels from the coarsest to the image's own resolution; five.</param>
    /// <param name="classes">Output maps.</param>
    /// <param name="precision">Number format of the decoder's convolutions.</param>
    public UNetPlusPlus(Encoder encoder, IReadOnlyList<int> widths, int classes, Precision precision) : base(nameof(UNetPlusPlus))
    {
        this.encoder = encoder;
        decoder = new Nested(encoder.Widths, widths, precision);
        segmentation_head = ModuleList<Conv2d>(Layers.Conv(widths[^1], classes, 3L, padding: 1L));
        RegisterComponents();
    }

    /// <summary>What halves the image.</summary>
    public Encoder Encoder => encoder;

    public override Tensor forward(Tensor x) // [N, C, H, W], sides multiples of 32 -> logits [N, K, H, W]
    {
        if (x.shape[^1] % 32 != 0 || x.shape[^2] % 32 != 0)
        {
            throw new ArgumentException($"images have shape [{string.Join(", ", x.shape)}]; expected sides that are multiples of 32",
                nameof(x));
        }
        using var scope = NewDisposeScope();
        return segmentation_head[0].call(decoder.Of(encoder.Maps(x))).MoveToOuterDisposeScope();
    }

    public string Write(OnnxGraph graph, string x)
        => graph.Conv(segmentation_head[0], decoder.Write(graph, encoder.WriteMaps(graph, x)));
}

/// <summary>
/// The triangle of blocks: x_i_j is the i-th node from the coarse side's end of the j-th diagonal, fed by the one before it upsampled and
/// by all finer ones of its row.
/// </summary>
internal sealed class Nested : Module<Tensor, Tensor>
{
    private readonly Triangle blocks = new();
    private readonly int depth;

    public Nested(IReadOnlyList<int> encoder, IReadOnlyList<int> widths, Precision precision) : base(nameof(Nested))
    {
        int[] maps = [.. encoder.Reverse()]; // coarsest first
        int[] inputs = [maps[0], .. widths.SkipLast(1)];
        depth = inputs.Length - 1;
        for (var j = 0; j < depth; j++)
        {
            var skip = maps[j + 1];
            for (var i = 0; i <= j; i++)
            {
                blocks.Add(i, j, i == 0
                    ? new DecoderBlock(inputs[j], skip * (j + 1), widths[j], precision)
                    : new DecoderBlock(maps[j], skip * (j + 1 - i), skip, precision));
            }
        }
        blocks.Add(0, depth, new DecoderBlock(inputs[depth], 0, widths[depth], precision));
        RegisterComponents();
    }

    /// <summary>Encoder maps, finest first -> [N, widths[^1], H, W].</summary>
    public Tensor Of(Tensor[] encoded)
    {
        using var scope = NewDisposeScope();
        Tensor[] maps = [.. encoded.Reverse()];
        var nodes = new Dictionary<(int, int), Tensor>();
        for (var layer = 0; layer < depth; layer++)
        {
            for (var i = 0; i < depth - layer; i++)
            {
                var j = i + layer;
                Tensor[] skips = [.. Enumerable.Range(i + 1, layer).Select(k => nodes[(k, j)]), maps[j + 1]];
                nodes[(i, j)] = blocks.At(i, j).Of(layer == 0 ? maps[i] : nodes[(i, j - 1)], skips);
            }
        }
        return blocks.At(0, depth).Of(nodes[(0, depth - 1)], []).MoveToOuterDisposeScope();
    }

    /// <summary>The same as ONNX.</summary>
    public string Write(OnnxGraph graph, string[] encoded)
    {
        string[] maps = [.. encoded.Reverse()];
        var nodes = new Dictionary<(int, int), string>();
        for (var layer = 0; layer < depth; layer++)
        {
            for (var i = 0; i < depth - layer; i++)
            {
                var j = i + layer;
                string[] skips = [.. Enumerable.Range(i + 1, layer).Select(k => nodes[(k, j)]), maps[j + 1]];
                nodes[(i, j)] = blocks.At(i, j).Write(graph, layer == 0 ? maps[i] : nodes[(i, j - 1)], skips);
            }
        }
        return blocks.At(0, depth).Write(graph, nodes[(0, depth - 1)], []);
    }

    public override Tensor forward(Tensor x) => throw new NotSupportedException("the decoder takes all of an encoder's maps");
}

/// <summary>The decoder's blocks, called x_i_j. No ModuleDict: in TorchSharp 0.107 one cannot be moved to another number format.</summary>
internal sealed class Triangle() : Module<Tensor, Tensor>(nameof(Triangle))
{
    private readonly Dictionary<(int, int), DecoderBlock> blocks = [];

    public void Add(int i, int j, DecoderBlock block)
    {
        blocks.Add((i, j), block);
        register_module($"x_{i}_{j}", block);
    }

    public DecoderBlock At(int i, int j) => blocks[(i, j)];

    public override Tensor forward(Tensor x) => throw new NotSupportedException("a list of blocks");
}

/// <summary>Doubles a map, joins others of that size, two 3x3 convolutions with norm and ReLU.</summary>
internal sealed class DecoderBlock : Module<Tensor, Tensor>
{
    private readonly ConvNorm conv1;
    private readonly ConvNorm conv2;

    public DecoderBlock(int input, int skip, int output, Precision precision) : base(nameof(DecoderBlock))
    {
        conv1 = new ConvNorm(input + skip, output, 3, 1, relu: true, precision);
        conv2 = new ConvNorm(output, output, 3, 1, relu: true, precision);
        RegisterComponents();
    }

    /// <summary>[N, C, h, w] and maps [N, D, 2h, 2w] -> [N, E, 2h, 2w].</summary>
    public Tensor Of(Tensor x, Tensor[] skips)
    {
        using var scope = NewDisposeScope();
        var doubled = F.interpolate(x, scale_factor: [2, 2], mode: InterpolationMode.Nearest);
        return conv2.call(conv1.call(skips.Length == 0 ? doubled : cat([doubled, .. skips], 1))).MoveToOuterDisposeScope();
    }

    /// <summary>The same as ONNX.</summary>
    public string Write(OnnxGraph graph, string x, string[] skips)
    {
        var doubled = graph.Double(x);
        return conv2.Write(graph, conv1.Write(graph, skips.Length == 0 ? doubled : graph.Concat([doubled, .. skips])));
    }

    public override Tensor forward(Tensor x) => Of(x, []);
}
