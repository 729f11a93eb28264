using System.Runtime.InteropServices;

namespace SixLabors.ImageSharp.PixelFormats;

/// <summary>Colour, 16 bits a channel.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct Rgb48 : IPixel<Rgb48>
{
    internal ushort R;
    internal ushort G;
    internal ushort B;

    internal Rgb48(ushort r, ushort g, ushort b) => (R, G, B) = (r, g, b);

    public void FromL8(L8 source) => R = G = B = Convert.To16(source.PackedValue);

    public void FromL16(L16 source) => R = G = B = source.PackedValue;

    public void FromRgb24(Rgb24 source) => this = new Rgb48(Convert.To16(source.R), Convert.To16(source.G), Convert.To16(source.B));

    public void FromRgba32(Rgba32 source) => this = new Rgb48(Convert.To16(source.R), Convert.To16(source.G), Convert.To16(source.B));

    public void ToRgba32(ref Rgba32 dest) => dest = new Rgba32(Convert.To8(R), Convert.To8(G), Convert.To8(B), byte.MaxValue);
}
