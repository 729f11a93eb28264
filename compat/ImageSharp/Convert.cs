using System.Runtime.InteropServices;
using SixLabors.ImageSharp.PixelFormats;

namespace SixLabors.ImageSharp;

/// <summary>Conversions between sample depths and from colour to grey, with ImageSharp's rounding.</summary>
internal static class Convert
{
    /// <summary>v / 257 rounded to nearest.</summary>
    internal static byte To8(ushort v) => (byte)((v * 255 + 32895) >> 16);

    internal static ushort To16(byte v) => (ushort)(v * 257);

    /// <summary>Luminance with the weights of ITU-R BT.709.</summary>
    internal static byte Luminance(byte r, byte g, byte b) => (byte)((r * .2126F) + (g * .7152F) + (b * .0722F) + 0.5F);

    internal static ushort Luminance(ushort r, ushort g, ushort b) => (ushort)((r * .2126F) + (g * .7152F) + (b * .0722F) + 0.5F);

    /// <summary>Turns interleaved samples (1, 2, 3 or 4 channels of 8 or 16 bits) into pixels.</summary>
    internal static void Samples<TPixel>(ReadOnlySpan<byte> samples, int channels, int depth, Span<TPixel> to)
        where TPixel : unmanaged, IPixel<TPixel>
    {
        var same = (channels, depth) switch
        {
            (1, 8) => typeof(TPixel) == typeof(L8),
            (1, 16) => typeof(TPixel) == typeof(L16),
            (3, 8) => typeof(TPixel) == typeof(Rgb24),
            (3, 16) => typeof(TPixel) == typeof(Rgb48),
            (4, 8) => typeof(TPixel) == typeof(Rgba32),
            (4, 16) => typeof(TPixel) == typeof(Rgba64),
            _ => false,
        };
        if (same) samples.CopyTo(MemoryMarshal.AsBytes(to));
        else if (depth == 8) Samples8(samples, channels, to);
        else Samples16(MemoryMarshal.Cast<byte, ushort>(samples), channels, to);
    }

    private static void Samples8<TPixel>(ReadOnlySpan<byte> s, int channels, Span<TPixel> to)
        where TPixel : unmanaged, IPixel<TPixel>
    {
        for (int i = 0, at = 0; i < to.Length; i++, at += channels)
        {
            switch (channels)
            {
                case 1: to[i].FromL8(new L8(s[at])); break;
                case 2: to[i].FromRgba32(new Rgba32(s[at], s[at], s[at], s[at + 1])); break;
                case 3: to[i].FromRgb24(new Rgb24(s[at], s[at + 1], s[at + 2])); break;
                default: to[i].FromRgba32(new Rgba32(s[at], s[at + 1], s[at + 2], s[at + 3])); break;
            }
        }
    }

    private static void Samples16<TPixel>(ReadOnlySpan<ushort> s, int channels, Span<TPixel> to)
        where TPixel : unmanaged, IPixel<TPixel>
    {
        for (int i = 0, at = 0; i < to.Length; i++, at += channels)
        {
            switch (channels)
            {
                case 1: to[i].FromL16(new L16(s[at])); break;
                case 2: Rgba64.Assign(ref to[i], new Rgba64(s[at], s[at], s[at], s[at + 1])); break;
                case 3: Rgba64.Assign(ref to[i], new Rgba64(s[at], s[at + 1], s[at + 2], ushort.MaxValue)); break;
                default: Rgba64.Assign(ref to[i], new Rgba64(s[at], s[at + 1], s[at + 2], s[at + 3])); break;
            }
        }
    }
}
