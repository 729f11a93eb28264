using Odm.Classify.Exchange;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Classify.Networks;

/// <summary>A network that halves an image five times.</summary>
internal abstract class Encoder(string name) : nn.Module<Tensor, Tensor>(name)
{
    /// <summary>Channels after each halving.</summary>
    public abstract IReadOnlyList<int> Widths { get; }

    /// <summary>[N, C, H, W] normalised -> the maps after each halving, [N, Widths[i], H / 2^(i+1), W / 2^(i+1)].</summary>
    public abstract Tensor[] Maps(Tensor x);

    /// <summary>The same as ONNX; the names of the maps.</summary>
    public abstract string[] WriteMaps(OnnxGraph graph, string x);

    /// <exception cref="ArgumentException">Not a batch of images with that many channels.</exception>
    protected static void Demand(Tensor x, int channels)
    {
        if (x.dim() != 4 || x.shape[1] != channels)
        {
            throw new ArgumentException($"images have shape [{string.Join(", ", x.shape)}]; expected [N, {channels}, H, W]", nameof(x));
        }
    }

    /// <summary>The blocks of a stage one after the other.</summary>
    protected static Tensor Through(IEnumerable<nn.Module<Tensor, Tensor>> stage, Tensor x)
    {
        using var scope = NewDisposeScope();
        var h = x;
        foreach (var block in stage)
        {
            h = block.call(h);
        }
        return h.MoveToOuterDisposeScope();
    }

    /// <summary>The same as ONNX.</summary>
    protected static string Through(OnnxGraph graph, IEnumerable<nn.Module<Tensor, Tensor>> stage, string x)
        => stage.Aggregate(x, (h, block) => ((IOnnxModule)block).Write(graph, h));
}
