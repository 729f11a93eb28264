using System.Runtime.InteropServices;

namespace SixLabors.ImageSharp.PixelFormats;

/// <summary>Grey, 8 bits.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct L8 : IPixel<L8>, IEquatable<L8>
{
    public L8(byte luminance) => PackedValue = luminance;

    public byte PackedValue { get; set; }

    public static bool operator ==(L8 left, L8 right) => left.Equals(right);

    public static bool operator !=(L8 left, L8 right) => !left.Equals(right);

    public void FromL8(L8 source) => PackedValue = source.PackedValue;

    public void FromL16(L16 source) => PackedValue = Convert.To8(source.PackedValue);

    public void FromRgb24(Rgb24 source) => PackedValue = Convert.Luminance(source.R, source.G, source.B);

    public void FromRgba32(Rgba32 source) => PackedValue = Convert.Luminance(source.R, source.G, source.B);

    public void ToRgba32(ref Rgba32 dest) => dest = new Rgba32(PackedValue, PackedValue, PackedValue, byte.MaxValue);

    public readonly bool Equals(L8 other) => PackedValue == other.PackedValue;

    public override readonly bool Equals(object? obj) => obj is L8 other && Equals(other);

    public override readonly int GetHashCode() => PackedValue.GetHashCode();

    public override readonly string ToString() => $"L8({PackedValue})";
}
