using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Odm.Augment.Traditional;

/// <summary>
/// An image and its mask as plain arrays: at the sizes of training images loops over these cost less than tensor calls.
/// Transforms make a new one and leave theirs alone.
/// </summary>
/// <param name="Pixels">C*H*W planar, [0, 1].</param>
/// <param name="Mask">H*W, 0 or 1; null where there is none.</param>
/// <param name="Channels">C.</param>
/// <param name="Height">H in pixels.</param>
/// <param name="Width">W in pixels.</param>
internal sealed record Picture(float[] Pixels, float[]? Mask, int Channels, int Height, int Width)
{
    /// <summary>Copies float [C, H, W] and, or null, [1, H, W].</summary>
    public static Picture Of(Tensor image, Tensor? mask)
    {
        if (image.shape.Length != 3)
        {
            throw new ArgumentException($"an image [C, H, W] was expected, not [{string.Join(", ", image.shape)}]", nameof(image));
        }
        var (c, h, w) = ((int)image.shape[0], (int)image.shape[1], (int)image.shape[2]);
        if (mask is not null && mask.shape.Aggregate(1L, (n, d) => n * d) != h * w)
        {
            throw new ArgumentException($"a mask [1, {h}, {w}] was expected, not [{string.Join(", ", mask.shape)}]", nameof(mask));
        }
        return new(Values(image), mask is null ? null : Values(mask), c, h, w);
    }

    /// <summary>From uint8 planar pixels and a mask of 0 and 255.</summary>
    public static Picture Of(ReadOnlySpan<byte> pixels, ReadOnlySpan<byte> mask, int channels, int height, int width)
    {
        var (values, marks) = (new float[pixels.Length], mask.IsEmpty ? null : new float[mask.Length]);
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = pixels[i] / 255f;
        }
        for (var i = 0; i < mask.Length; i++)
        {
            marks![i] = mask[i] > 127 ? 1 : 0;
        }
        return new(values, marks, channels, height, width);
    }

    /// <summary>float [C, H, W] and [1, H, W].</summary>
    public (Tensor Image, Tensor? Mask) ToTensors() =>
        (ToTensor(Pixels, Channels, Height, Width), Mask is null ? null : ToTensor(Mask, 1, Height, Width));

    /// <summary>Pixels as uint8, rounded to nearest.</summary>
    public byte[] PixelBytes() => Array.ConvertAll(Pixels, v => (byte)(v * 255 + .5f));

    /// <summary>Mask as uint8, 0 or 255; null where there is none.</summary>
    public byte[]? MaskBytes() => Mask is null ? null : Array.ConvertAll(Mask, v => v > .5f ? (byte)255 : (byte)0);

    private static float[] Values(Tensor tensor)
    {
        if (tensor.dtype != ScalarType.Float32)
        {
            throw new ArgumentException($"float32 was expected, not {tensor.dtype}", nameof(tensor));
        }
        using var whole = tensor.contiguous();
        return MemoryMarshal.Cast<byte, float>(whole.bytes).ToArray();
    }

    private static Tensor ToTensor(float[] values, long channels, long height, long width)
    {
        var tensor = empty([channels, height, width], ScalarType.Float32);
        MemoryMarshal.AsBytes(values.AsSpan()).CopyTo(tensor.bytes);
        return tensor;
    }
}
