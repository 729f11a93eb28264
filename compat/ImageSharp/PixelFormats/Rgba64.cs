using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SixLabors.ImageSharp.PixelFormats;

/// <summary>Colour and alpha, 16 bits a channel, not premultiplied.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct Rgba64 : IPixel<Rgba64>
{
    internal ushort R;
    internal ushort G;
    internal ushort B;
    internal ushort A;

    public Rgba64(Rgb24 source)
        : this(Convert.To16(source.R), Convert.To16(source.G), Convert.To16(source.B), ushort.MaxValue)
    {
    }

    public Rgba64(Rgba32 source)
        : this(Convert.To16(source.R), Convert.To16(source.G), Convert.To16(source.B), Convert.To16(source.A))
    {
    }

    internal Rgba64(ushort r, ushort g, ushort b, ushort a) => (R, G, B, A) = (r, g, b, a);

    public void FromL8(L8 source) => FromL16(new L16(Convert.To16(source.PackedValue)));

    public void FromL16(L16 source) => this = new Rgba64(source.PackedValue, source.PackedValue, source.PackedValue, ushort.MaxValue);

    public void FromRgb24(Rgb24 source) => this = new Rgba64(source);

    public void FromRgba32(Rgba32 source) => this = new Rgba64(source);

    public readonly Rgb24 ToRgb24() => new(Convert.To8(R), Convert.To8(G), Convert.To8(B));

    public readonly Rgba32 ToRgba32() => new(Convert.To8(R), Convert.To8(G), Convert.To8(B), Convert.To8(A));

    public void ToRgba32(ref Rgba32 dest) => dest = ToRgba32();

    /// <summary>Puts a 16 bit colour into a pixel of any format without going through 8 bits where the format has 16.</summary>
    internal static void Assign<TPixel>(ref TPixel pixel, Rgba64 source)
        where TPixel : unmanaged, IPixel<TPixel>
    {
        if (typeof(TPixel) == typeof(Rgba64)) pixel = Unsafe.As<Rgba64, TPixel>(ref source);
        else if (typeof(TPixel) == typeof(Rgb48)) Unsafe.As<TPixel, Rgb48>(ref pixel) = new Rgb48(source.R, source.G, source.B);
        else if (typeof(TPixel) == typeof(L16)) pixel.FromL16(new L16(Convert.Luminance(source.R, source.G, source.B)));
        else pixel.FromRgba32(source.ToRgba32());
    }
}
