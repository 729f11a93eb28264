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
/// The IDRiD thesis' own network (Berdjouh and Lakas 2023, chapter 4, 3.1): three convolutions, each with batch norm; three linear layers
/// with dropout; an output layer. The text gives no sizes: here 3x3 convolutions of 32, 64 and 128 channels, each halved by a maximum, the
/// maps averaged to 4x4 so that any image size fits, 512, 256 and 128 units, dropout .5.
/// </summary>
internal sealed class ThesisCnn : Module<Tensor, Tensor>
{
    private const int Grid = 4;
    private readonly Conv2d conv1;
    private readonly BatchNorm2d bn1;
    private readonly Conv2d conv2;
    private readonly BatchNorm2d bn2;
    private readonly Conv2d conv3;
    private readonly BatchNorm2d bn3;
    private readonly Linear fc1;
    private readonly Linear fc2;
    private readonly Linear fc3;
    private readonly Linear fc;
    private readonly double dropout;
    private readonly Precision precision;

    /// <param name="classes">Classes to tell apart.</param>
    /// <param name="channels">Image channels.</param>
    /// <param name="dropout">Share of units dropped after each linear layer but the last.</param>
    /// <param name="precision">Number format of convolutions.</param>
    /// <param name="width">Channels of the first convolution; less than 32 is for tests.</param>
    public ThesisCnn(int classes, int channels = 3, double dropout = .5, Precision precision = Precision.Fp32, int width = 32)
        : base(nameof(ThesisCnn))
    {
        conv1 = Layers.Conv(channels, width, 3L, padding: 1L);
        bn1 = BatchNorm2d(width);
        conv2 = Layers.Conv(width, 2 * width, 3L, padding: 1L);
        bn2 = BatchNorm2d(2 * width);
        conv3 = Layers.Conv(2 * width, 4 * width, 3L, padding: 1L);
        bn3 = BatchNorm2d(4 * width);
        fc1 = Linear(4 * width * Grid * Grid, 16 * width);
        fc2 = Linear(16 * width, 8 * width);
        fc3 = Linear(8 * width, 4 * width);
        fc = Linear(4 * width, classes);
        this.dropout = dropout;
        this.precision = precision;
        RegisterComponents();
    }

    /// <summary>What the output layer sees: [N, C, H, W] normalised -> [N, 128].</summary>
    public Tensor Features(Tensor x)
    {
        using var scope = NewDisposeScope();
        var h = F.max_pool2d(ConvNorm.Relu(conv1, bn1, x, precision), 2L);
        h = F.max_pool2d(ConvNorm.Relu(conv2, bn2, h, precision), 2L);
        h = F.max_pool2d(ConvNorm.Relu(conv3, bn3, h, precision), 2L); // [N, 128, H / 8, W / 8]
        h = F.adaptive_avg_pool2d(h, Grid).flatten(1);                                  // [N, 2048]
        h = F.dropout(F.relu(fc1.call(h)), dropout, training);
        h = F.dropout(F.relu(fc2.call(h)), dropout, training);
        h = F.dropout(F.relu(fc3.call(h)), dropout, training);
        return h.MoveToOuterDisposeScope();
    }

    public override Tensor forward(Tensor x) // [N, C, H, W] -> logits [N, K]
    {
        using var scope = NewDisposeScope();
        return fc.call(Features(x)).MoveToOuterDisposeScope();
    }

    /// <summary>The same as ONNX, for images of one size: the mean to 4x4 has windows that depend on it.</summary>
    public string Write(OnnxGraph graph, string x, int height, int width)
    {
        var h = graph.MaxPool(graph.ConvNorm(conv1, bn1, x, relu: true), 2, 2, 0);
        h = graph.MaxPool(graph.ConvNorm(conv2, bn2, h, relu: true), 2, 2, 0);
        h = graph.MaxPool(graph.ConvNorm(conv3, bn3, h, relu: true), 2, 2, 0);
        h = graph.Flatten(graph.AdaptiveMean(h, height / 8, width / 8, Grid));
        foreach (var linear in new[] { fc1, fc2, fc3 })
        {
            h = graph.Relu(graph.Linear(linear, h));
        }
        return graph.Linear(fc, h);
    }
}
