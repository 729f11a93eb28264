using System.Runtime.InteropServices;

namespace SixLabors.ImageSharp.PixelFormats;

/// <summary>Grey, 16 bits.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct L16 : IPixel<L16>, IEquatable<L16>
{
    public L16(ushort luminance) => PackedValue = luminance;

    public ushort PackedValue { get; set; }

    public static bool operator ==(L16 left, L16 right) => left.Equals(right);

    public static bool operator !=(L16 left, L16 right) => !left.Equals(right);

    public void FromL8(L8 source) => PackedValue = Convert.To16(source.PackedValue);

    public void FromL16(L16 source) => PackedValue = source.PackedValue;

    public void FromRgb24(Rgb24 source) => PackedValue = Convert.Luminance(Convert.To16(source.R), Convert.To16(source.G), Convert.To16(source.B));

    public void FromRgba32(Rgba32 source) => PackedValue = Convert.Luminance(Convert.To16(source.R), Convert.To16(source.G), Convert.To16(source.B));

    public void ToRgba32(ref Rgba32 dest) => dest = new Rgba32(Convert.To8(PackedValue), Convert.To8(PackedValue), Convert.To8(PackedValue), byte.MaxValue);

    public readonly bool Equals(L16 other) => PackedValue == other.PackedValue;

    public override readonly bool Equals(object? obj) => obj is L16 other && Equals(other);

    public override readonly int GetHashCode() => PackedValue.GetHashCode();

    public override readonly string ToString() => $"L16({PackedValue})";
}
