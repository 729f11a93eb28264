using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TorchSharp;

public static unsafe partial class torch
{
    public static Tensor arange(Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => arange(0, stop, 1, dtype, device, requires_grad);
    public static Tensor arange(Scalar start, Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => arange(start, stop, 1, dtype, device, requires_grad);
    public static Tensor arange(Scalar start, Scalar stop, Scalar step, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
    {
        var floating = start.Tag == Native.Tag.Double || stop.Tag == Native.Tag.Double || step.Tag == Native.Tag.Double;
        return Aten.arange_start_step.Call(start, stop, step, dtype ?? (floating ? ScalarType.Float32 : ScalarType.Int64), Arg.None, device).Grad(requires_grad);
    }

    public static Tensor linspace(double start, double end, long steps, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => Aten.linspace.Call((Scalar)start, (Scalar)end, steps, dtype ?? ScalarType.Float32, Arg.None, device).Grad(requires_grad);

    public static Tensor eye(long rows, long columns = -1, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) => Aten.eye_m.Call(rows, columns < 0 ? rows : columns, dtype ?? ScalarType.Float32, Arg.None, device).Grad(requires_grad);

    public static Tensor randint(long high, long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) => randint(0, high, size, dtype, device, requires_grad, generator, names);
    public static Tensor randint(long low, long high, long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) => Aten.randint_low_generator.Call(low, high, size, generator, dtype ?? ScalarType.Int64, Arg.None, device).Grad(requires_grad);
    public static Tensor randperm(long n, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null) => Aten.randperm_generator.Call(n, generator, dtype ?? ScalarType.Int64, Arg.None, device).Grad(requires_grad);
    public static Tensor normal(double mean, double std, ReadOnlySpan<long> size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) => empty(size, dtype, device, names: names).normal_(mean, std, generator).Grad(requires_grad);

    private static Tensor Empty(ReadOnlySpan<long> size, ScalarType? dtype, Device? device, bool requires_grad, string[]? names) => Unnamed(names, Aten.empty_memory_format.Call(size, dtype ?? ScalarType.Float32, Arg.None, device)).Grad(requires_grad);
    private static Tensor Zeros(ReadOnlySpan<long> size, ScalarType? dtype, Device? device, bool requires_grad, string[]? names) => Unnamed(names, Aten.zeros.Call(size, dtype ?? ScalarType.Float32, Arg.None, device)).Grad(requires_grad);
    private static Tensor Ones(ReadOnlySpan<long> size, ScalarType? dtype, Device? device, bool requires_grad, string[]? names) => Unnamed(names, Aten.ones.Call(size, dtype ?? ScalarType.Float32, Arg.None, device)).Grad(requires_grad);
    private static Tensor Full(ReadOnlySpan<long> size, Scalar value, ScalarType? dtype, Device? device, bool requires_grad, string[]? names) => Unnamed(names, Aten.full.Call(size, value, dtype ?? ScalarType.Float32, Arg.None, device)).Grad(requires_grad);
    private static Tensor Rand(ReadOnlySpan<long> size, ScalarType? dtype, Device? device, bool requires_grad, Generator? generator, string[]? names) => Unnamed(names, Aten.rand_generator.Call(size, generator, dtype ?? ScalarType.Float32, Arg.None, device)).Grad(requires_grad);
    private static Tensor Randn(ReadOnlySpan<long> size, ScalarType? dtype, Device? device, bool requires_grad, Generator? generator, string[]? names) => Unnamed(names, Aten.randn_generator.Call(size, generator, dtype ?? ScalarType.Float32, Arg.None, device)).Grad(requires_grad);

    private static Tensor Unnamed(string[]? names, Tensor made) => names is null ? made : throw new NotSupportedException("named dimensions");

    /// <summary>A tensor from any array of numbers; copied.</summary>
    public static Tensor from_array(Array rawArray, Device? device = null) => from_array(rawArray, null, device);

    public static Tensor from_array(Array rawArray, ScalarType? dtype, Device? device = null, bool requires_grad = false, string[]? names = null)
    {
        var type = rawArray.GetType().GetElementType()!;
        var element = type == typeof(float) ? ScalarType.Float32 : type == typeof(double) ? ScalarType.Float64 : type == typeof(int) ? ScalarType.Int32 : type == typeof(long) ? ScalarType.Int64
            : type == typeof(byte) ? ScalarType.Byte : type == typeof(bool) ? ScalarType.Bool : type == typeof(short) ? ScalarType.Int16 : type == typeof(sbyte) ? ScalarType.Int8 : type == typeof(Half) ? ScalarType.Float16
            : throw new ArgumentException($"no tensor of {type}", nameof(rawArray));
        fixed (byte* bytes = &MemoryMarshal.GetArrayDataReference(rawArray)) return FromMemory(bytes, Sizes(rawArray), element, dtype, device, requires_grad);
    }

    private static Tensor FromSpan<T>(ReadOnlySpan<T> values, ReadOnlySpan<long> sizes, ScalarType? dtype, Device? device, bool requires_grad) where T : unmanaged
    {
        long count = 1;
        foreach (var size in sizes) count *= size;
        if (count != values.Length) throw new ArgumentException($"Mismatched total size creating a tensor from an array: {values.Length} values for {count} elements.");
        fixed (T* bytes = values) return FromMemory(bytes, sizes, TypeOf<T>(), dtype, device, requires_grad);
    }

    /// <summary>A tensor that owns a copy of contiguous elements.</summary>
    internal static Tensor FromMemory(void* bytes, ReadOnlySpan<long> sizes, ScalarType element, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
    {
        nint handle;
        fixed (long* pointer = sizes) handle = Native.Check(Native.odm_from_bytes(bytes, pointer, sizes.Length, (int)element));
        var made = new Tensor(handle);
        if ((dtype is { } type && type != element) || device is { type: not DeviceType.CPU }) made = made.to(dtype ?? element, device ?? CPU, disposeAfter: true);
        return made.Grad(requires_grad);
    }

    private static long[] Sizes(Array array) => [.. Enumerable.Range(0, array.Rank).Select(array.GetLongLength)];

    private static ReadOnlySpan<T> Flat<T>(Array array) => MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(array)), array.Length);

    private static ReadOnlySpan<T> Flat<T>(IList<T> list) => list is T[] array ? array : list is List<T> given ? CollectionsMarshal.AsSpan(given) : list.ToArray();
}
