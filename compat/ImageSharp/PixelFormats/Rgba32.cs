using System.Runtime.InteropServices;

namespace SixLabors.ImageSharp.PixelFormats;

/// <summary>Colour and alpha, 8 bits a channel, not premultiplied.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct Rgba32 : IPixel<Rgba32>, IEquatable<Rgba32>
{
    public byte R;
    public byte G;
    public byte B;
    public byte A;

    public Rgba32(byte r, byte g, byte b)
        : this(r, g, b, byte.MaxValue)
    {
    }

    public Rgba32(byte r, byte g, byte b, byte a) => (R, G, B, A) = (r, g, b, a);

    public static bool operator ==(Rgba32 left, Rgba32 right) => left.Equals(right);

    public static bool operator !=(Rgba32 left, Rgba32 right) => !left.Equals(right);

    public void FromL8(L8 source) => this = new Rgba32(source.PackedValue, source.PackedValue, source.PackedValue);

    public void FromL16(L16 source) => FromL8(new L8(Convert.To8(source.PackedValue)));

    public void FromRgb24(Rgb24 source) => this = new Rgba32(source.R, source.G, source.B);

    public void FromRgba32(Rgba32 source) => this = source;

    public void ToRgba32(ref Rgba32 dest) => dest = this;

    public readonly bool Equals(Rgba32 other) => R == other.R && G == other.G && B == other.B && A == other.A;

    public override readonly bool Equals(object? obj) => obj is Rgba32 other && Equals(other);

    public override readonly int GetHashCode() => HashCode.Combine(R, G, B, A);

    public override readonly string ToString() => $"Rgba32({R}, {G}, {B}, {A})";
}
