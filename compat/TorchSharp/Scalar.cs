using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>A number with its type, as ATen's scalars are: an integer, a double or a bool.</summary>
public sealed class Scalar : IDisposable
{
    internal readonly Native.Tag Tag;
    internal readonly long Bits;

    internal Scalar(Native.Tag tag, long bits)
    {
        Tag = tag;
        Bits = bits;
    }

    /// <summary>Int64, Float64 or Bool.</summary>
    public ScalarType Type => Tag switch
    {
        Native.Tag.Double => ScalarType.Float64,
        Native.Tag.Bool => ScalarType.Bool,
        _ => ScalarType.Int64,
    };

    public static implicit operator Scalar(byte value) => new(Native.Tag.Int, value);
    public static implicit operator Scalar(sbyte value) => new(Native.Tag.Int, value);
    public static implicit operator Scalar(short value) => new(Native.Tag.Int, value);
    public static implicit operator Scalar(int value) => new(Native.Tag.Int, value);
    public static implicit operator Scalar(long value) => new(Native.Tag.Int, value);
    public static implicit operator Scalar(float value) => new(Native.Tag.Double, BitConverter.DoubleToInt64Bits(value));
    public static implicit operator Scalar(double value) => new(Native.Tag.Double, BitConverter.DoubleToInt64Bits(value));
    public static implicit operator Scalar(Half value) => (double)value;
    public static implicit operator Scalar(bool value) => new(Native.Tag.Bool, value ? 1 : 0);

    internal double Double => Tag == Native.Tag.Double ? BitConverter.Int64BitsToDouble(Bits) : Bits;
    internal long Long => Tag == Native.Tag.Double ? checked((long)BitConverter.Int64BitsToDouble(Bits)) : Bits;

    /// <summary>Nothing to free here; TorchSharp's scalars own native memory.</summary>
    public void Dispose() { }
}

/// <summary>Conversions from and to <see cref="Scalar"/>.</summary>
public static class ScalarExtensionMethods
{
    public static Scalar ToScalar(this byte value) => value;
    public static Scalar ToScalar(this sbyte value) => value;
    public static Scalar ToScalar(this short value) => value;
    public static Scalar ToScalar(this int value) => value;
    public static Scalar ToScalar(this long value) => value;
    public static Scalar ToScalar(this float value) => value;
    public static Scalar ToScalar(this double value) => value;
    public static Scalar ToScalar(this Half value) => value;
    public static Scalar ToScalar(this bool value) => value;
    public static float ToSingle(this Scalar value) => (float)value.Double;
    public static double ToDouble(this Scalar value) => value.Double;
    public static Half ToHalf(this Scalar value) => (Half)value.Double;
    public static sbyte ToSByte(this Scalar value) => checked((sbyte)value.Long);
    public static byte ToByte(this Scalar value) => checked((byte)value.Long);
    public static short ToInt16(this Scalar value) => checked((short)value.Long);
    public static int ToInt32(this Scalar value) => checked((int)value.Long);
    public static long ToInt64(this Scalar value) => value.Long;
    public static bool ToBoolean(this Scalar value) => value.Tag == Native.Tag.Double ? value.Double != 0 : value.Bits != 0;
}
