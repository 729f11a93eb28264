using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Odm.Classify.Networks;

/// <summary>Images at a network's size.</summary>
internal static class Resizing
{
    /// <summary>Images [N, C, H, W] at a square size: bilinear, antialiased where it shrinks; 0 leaves them.</summary>
    public static Tensor To(Tensor images, int size) => size == 0 || (images.shape[2] == size && images.shape[3] == size)
        ? images
        : F.interpolate(images, size: [size, size], mode: InterpolationMode.Bilinear, align_corners: false, antialias: true);
}
