using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Odm.Classify.Features;

/// <summary>
/// The means of 8x8 blocks of each channel, [0, 1]: cheap, and it knows colour and layout but no texture. For quickstarts and tests.
/// </summary>
internal sealed class PixelFeatures : IFeatureExtractor
{
    private const int Blocks = 8;

    public string Name => "pixels";

    public string Preprocessing => "means of 8x8 blocks";

    public string Weights => "";

    public int Dimension => 3 * Blocks * Blocks;

    public Tensor Extract(Tensor images) // [N, 3, H, W] -> [N, 192]
    {
        using var scope = NewDisposeScope();
        return F.adaptive_avg_pool2d(images, Blocks).flatten(1).MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
    }
}
