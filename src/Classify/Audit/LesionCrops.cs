using Odm.Data.Images;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Odm.Classify.Audit;

/// <summary>
/// Lesions cut out of images by their masks: the square about the mask (cut short where the image is smaller), brought to one size by
/// block means, so that a lesion is compared with another one wherever it lies and however large it is.
/// </summary>
public static class LesionCrops
{
    /// <summary>Places of the images that have a lesion.</summary>
    /// <param name="set">Images with masks.</param>
    public static int[] Places(ImageSet set)
    {
        ArgumentNullException.ThrowIfNull(set);
        return set.HasMasks ? [.. Enumerable.Range(0, set.Count).Where(i => set.Mask(i).IndexOfAnyExcept((byte)0) >= 0)] : [];
    }

    /// <summary>The lesions of some images as a set without masks: what people look at.</summary>
    /// <param name="set">Images with masks.</param>
    /// <param name="places">Those to show; each has a lesion.</param>
    /// <param name="side">Side in pixels.</param>
    public static ImageSet Shown(ImageSet set, IReadOnlyList<int> places, int side)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(places);
        using var scope = NewDisposeScope();
        var images = Of(set, places, side).Images;
        var pixels = (images * 255).round().to(ScalarType.Byte).contiguous().bytes.ToArray();
        ImageRow[] rows = [.. places.Select(i => set.Rows[i] with { Sha256 = "" })];
        return ImageSet.FromPixels(pixels, set.Channels, side, side, rows, set.Classes);
    }

    /// <summary>
    /// The lesions of some images: [n, C, side, side] in [0, 1], and 1 for each pixel that is a mean of the lesion alone, else 0,
    /// [n, 1, side, side]; where the lesion is too small for such a pixel, the share of each that lies in it.
    /// </summary>
    internal static (Tensor Images, Tensor Inside) Of(ImageSet set, IReadOnlyList<int> places, int side)
    {
        using var scope = NewDisposeScope();
        var images = empty([places.Count, set.Channels, side, side], ScalarType.Float32);
        var inside = empty([places.Count, 1, side, side], ScalarType.Float32);
        for (var i = 0; i < places.Count; i++)
        {
            using var own = NewDisposeScope();
            var box = Box(set.Mask(places[i]), set.Height, set.Width);
            images[i].copy_(Cut(set.Pixels([places[i]]), box, side)[0]);
            var share = Cut(set.MaskPixels([places[i]]), box, side)[0];
            var whole = share.ge(Number.Of(1 - 1e-6)).to(ScalarType.Float32);
            inside[i].copy_(whole.any().item<bool>() ? whole : share);
        }
        return (images.MoveToOuterDisposeScope(), inside.MoveToOuterDisposeScope());
    }

    /// <summary>The square about what is not 0 in a mask, moved into the image where it reaches beyond.</summary>
    internal static (int Top, int Left, int Height, int Width) Box(ReadOnlySpan<byte> mask, int height, int width)
    {
        var (top, left, bottom, right) = (height, width, -1, -1);
        for (var y = 0; y < height; y++)
        {
            var row = mask.Slice(y * width, width);
            if (row.IndexOfAnyExcept((byte)0) is var first && first >= 0)
            {
                (top, bottom) = (Math.Min(top, y), y);
                (left, right) = (Math.Min(left, first), Math.Max(right, row.LastIndexOfAnyExcept((byte)0)));
            }
        }
        if (bottom < 0)
        {
            throw new ArgumentException("the mask is empty", nameof(mask));
        }
        var side = Math.Max(bottom - top, right - left) + 1;
        var (down, across) = (Math.Min(side, height), Math.Min(side, width));
        return (Math.Clamp((top + bottom + 1 - down) / 2, 0, height - down), Math.Clamp((left + right + 1 - across) / 2, 0, width - across),
            down, across);
    }

    private static Tensor Cut(Tensor bytes, (int Top, int Left, int Height, int Width) box, int side) => F.adaptive_avg_pool2d(
        bytes.narrow(2, box.Top, box.Height).narrow(3, box.Left, box.Width).to(ScalarType.Float32) / 255, side);
}
