using Odm.Engine.Runtime;
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

    /// <summary>
    /// Images [N, C, H, W] in [0, 1] at a square size as clean-fid resizes them (Parmar, Zhang and Zhu 2022): Pillow's bicubic filter on
    /// each
    /// channel in floats, widened where it shrinks, cut to the range.
    /// </summary>
    public static Tensor CleanFid(Tensor images, int size)
    {
        using var scope = NewDisposeScope();
        return F.interpolate(images, size: [size, size], mode: InterpolationMode.Bicubic, align_corners: false, antialias: true)
            .clamp(Number.Of(0), Number.Of(1)).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The middle of images [N, C, H, W]: resized to a square side, then the central square of <paramref name="crop"/> pixels.
    /// </summary>
    public static Tensor Centre(Tensor images, int size, int crop)
    {
        using var scope = NewDisposeScope();
        var edge = (size - crop) / 2;
        return To(images, size).narrow(2, edge, crop).narrow(3, edge, crop).MoveToOuterDisposeScope();
    }
}
