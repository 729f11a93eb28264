using System.Runtime.InteropServices;

namespace SixLabors.ImageSharp.PixelFormats;

/// <summary>Colour, 8 bits a channel.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct Rgb24 : IPixel<Rgb24>, IEquatable<Rgb24>
{
    public byte R;
    public byte G;
    public byte B;

    public Rgb24(byte r, byte g, byte b) => (R, G, B) = (r, g, b);

    public static bool operator ==(Rgb24 left, Rgb24 right) => left.Equals(right);

    public static bool operator !=(Rgb24 left, Rgb24 right) => !left.Equals(right);

    public void FromL8(L8 source) => R = G = B = source.PackedValue;

    public void FromL16(L16 source) => R = G = B = Convert.To8(source.PackedValue);

    public void FromRgb24(Rgb24 source) => this = source;

    public void FromRgba32(Rgba32 source) => this = new Rgb24(source.R, source.G, source.B);

    public void ToRgba32(ref Rgba32 dest) => dest = new Rgba32(R, G, B, byte.MaxValue);

    public readonly bool Equals(Rgb24 other) => R == other.R && G == other.G && B == other.B;

    public override readonly bool Equals(object? obj) => obj is Rgb24 other && Equals(other);

    public override readonly int GetHashCode() => HashCode.Combine(R, G, B);

    public override readonly string ToString() => $"Rgb24({R}, {G}, {B})";
}
