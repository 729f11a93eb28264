using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace Odm.Classify.Networks;

/// <summary>
/// Inception-v3 (Szegedy et al. 2016, arXiv 1512.00567) in the variant that the FID is defined by: TensorFlow's graph of 2015-12-05, whose
/// average pools leave padding out and whose last block takes a maximum, as pytorch-fid ported it; parameters by that port's names. Up to
/// the pooled 2048 numbers.
/// </summary>
internal sealed class Inception : Module<Tensor, Tensor>
{
    private readonly InceptionConv[] stem;
    private readonly InceptionBlock[] blocks;

    /// <param name="divisor">Divides all channels; 1 is Inception-v3, more is for tests.</param>
    public Inception(int divisor = 1) : base(nameof(Inception))
    {
        int Of(int channels) => channels / divisor;
        stem =
        [
            new(3, Of(32), 3, 3, stride: 2), new(Of(32), Of(32), 3, 3), new(Of(32), Of(64), 3, 3, padding: (1, 1)),
            new(Of(64), Of(80), 1, 1), new(Of(80), Of(192), 3, 3),
        ];
        foreach (var (name, conv) in new[] { "Conv2d_1a_3x3", "Conv2d_2a_3x3", "Conv2d_2b_3x3", "Conv2d_3b_1x1", "Conv2d_4a_3x3" }
            .Zip(stem))
        {
            register_module(name, conv);
        }
        blocks =
        [
            new InceptionA(Of(192), Of(32), divisor), new InceptionA(Of(256), Of(64), divisor), new InceptionA(Of(288), Of(64), divisor),
            new InceptionB(Of(288), divisor),
            new InceptionC(Of(768), Of(128), divisor), new InceptionC(Of(768), Of(160), divisor),
                new InceptionC(Of(768), Of(160), divisor), new InceptionC(Of(768), Of(192), divisor),
            new InceptionD(Of(768), divisor),
            new InceptionE(Of(1280), divisor, maximum: false), new InceptionE(Of(2048), divisor, maximum: true),
        ];
        foreach (var (name, block) in "5b 5c 5d 6a 6b 6c 6d 6e 7a 7b 7c".Split(' ').Zip(blocks))
        {
            register_module("Mixed_" + name, block);
        }
        Dimension = Of(2048);
    }

    /// <summary>Numbers an image.</summary>
    public int Dimension { get; }

    public override Tensor forward(Tensor x) // [N, 3, H, W] in [-1, 1], sides at least 75 -> [N, 2048]
    {
        using var scope = NewDisposeScope();
        var h = F.max_pool2d(stem[2].call(stem[1].call(stem[0].call(x))), 3L, stride: 2L);
        h = F.max_pool2d(stem[4].call(stem[3].call(h)), 3L, stride: 2L);
        foreach (var block in blocks)
        {
            h = block.call(h);
        }
        return h.mean([2, 3]).MoveToOuterDisposeScope(); // [N, 2048, h, w] -> [N, 2048]
    }
}
