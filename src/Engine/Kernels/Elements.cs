using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Engine.Kernels;

/// <summary>A number format in memory, computed with as float32, eight at a time.</summary>
internal unsafe interface IElement
{
    /// <summary>Bytes of one number.</summary>
    static abstract int Size { get; }

    /// <summary>Numbers <paramref name="at"/> to <paramref name="at"/> + 7.</summary>
    static abstract Vector256<float> Load(byte* numbers, nint at);

    /// <summary>Rounds eight numbers to the format, to nearest, ties to even.</summary>
    static abstract void Store(Vector256<float> value, byte* numbers, nint at);
}

/// <summary>IEEE single precision.</summary>
internal readonly unsafe struct Float32 : IElement
{
    public static int Size => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Load(byte* numbers, nint at) => Vector256.Load((float*)numbers + at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<float> value, byte* numbers, nint at) => value.Store((float*)numbers + at);
}

/// <summary>bfloat16: the upper half of a single-precision number.</summary>
internal readonly unsafe struct Bfloat16 : IElement
{
    public static int Size => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Load(byte* numbers, nint at)
    {
        var halves = Vector128.Load((ushort*)numbers + at);
        var (low, high) = Vector128.Widen(halves);
        return Vector256.ShiftLeft(Vector256.Create(low, high), 16).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<float> value, byte* numbers, nint at)
    {
        var bits = value.AsUInt32();
        var rounded = bits + Vector256.Create(0x7fffu) + (Vector256.ShiftRightLogical(bits, 16) & Vector256<uint>.One);
        var halves = Vector256.ShiftRightLogical(rounded, 16);
        Vector128.Narrow(halves.GetLower(), halves.GetUpper()).Store((ushort*)numbers + at);
    }
}
